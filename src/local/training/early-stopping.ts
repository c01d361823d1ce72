/** When a training ends before its last epoch. @internal */
export interface EarlyStopping {
  /** Epochs that are trained in any case. */
  readonly minEpochs: number;
  /** Epochs without an improvement after which the training ends. */
  readonly patience: number;
  /** Share by which an accuracy must exceed the best one before to be an improvement, 0 to 1. */
  readonly tolerance: number;
}

/**
 * Watches the validation accuracy. Every thread has a watch of its own; they see the same figures and agree.
 *
 * @param settings - See {@link EarlyStopping}; without them the training never ends early.
 * @returns A function that takes the accuracy of the next epoch and says whether it was the last one.
 * @internal
 */
export function watchAccuracy(settings: EarlyStopping | undefined): (accuracy: number | undefined) => boolean {
  let epochs = 0;
  let best = 0;
  let waited = 0;
  return (accuracy) => {
    if (settings === undefined || accuracy === undefined) return false;
    epochs++;
    const isBetter = accuracy > best * (1 + settings.tolerance);
    waited = isBetter ? 0 : waited + 1;
    if (isBetter) best = accuracy;
    return epochs >= settings.minEpochs && waited >= settings.patience;
  };
}
