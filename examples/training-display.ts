import type { TrainedModel } from "scones-ml/core";
import type { TrainingProgressEvent } from "scones-ml/training";
import type { ProgressDisplay } from "./end-to-end/progress-display.js";

/** What the display of a training shows. */
export interface TrainingDisplayOptions {
  /** Whether each epoch gets a line that stays, for a log; a terminal redraws one line instead. */
  readonly isLog: boolean;
  /** Whether the cost is shown. */
  readonly showCost: boolean;
}

const percent = (share: number | undefined) => (share === undefined ? "-" : `${(share * 100).toFixed(1)} %`);

/**
 * Makes what shows the events of a training: a bar of epochs, accuracies, the time left, and the cost so far.
 *
 * @param display - Where it is shown.
 * @param options - See {@link TrainingDisplayOptions}.
 * @returns Takes the events.
 */
export function createTrainingDisplay(
  display: ProgressDisplay,
  { isLog, showCost }: TrainingDisplayOptions,
): (event: TrainingProgressEvent) => void {
  let phase = "Starting";
  let share: number | undefined;
  let epochs = "";
  let best = 0;
  let left = "";
  let cost = "";
  // A line of a terminal is short, and one that wraps cannot be redrawn.
  const describe = () =>
    [epochs === "" ? phase : epochs, left, cost].filter((part) => part !== "").join(isLog ? ", " : " ");

  const formatLeft = (seconds: number | undefined) => {
    if (seconds === undefined) return "";
    return isLog ? `${formatTime(seconds)} left` : `-${formatTime(seconds)}`;
  };

  return (event) => {
    switch (event.type) {
      case "status":
        phase = event.message === "" ? event.secondaryStatus : event.message;
        if (isLog) display.note(`  ${event.secondaryStatus}: ${event.message}`);
        break;
      case "epoch": {
        const { metrics, plannedEpochs, isBest } = event;
        const done = metrics.epoch + 1;
        if (isBest) best = metrics.validationAccuracy ?? best;
        if (plannedEpochs !== undefined) share = done / plannedEpochs;
        const [training, validation] = [percent(metrics.trainAccuracy), percent(metrics.validationAccuracy)];
        epochs = isLog
          ? `epoch ${done} of ${plannedEpochs ?? "?"}, training ${training}, validation ${validation} (best ${percent(best)})`
          : `${done}/${plannedEpochs ?? "?"} train ${training} val ${validation}`.replaceAll(" %", "%");
        left = formatLeft(event.secondsLeft);
        if (isLog) display.note(`  ${describe()}`);
        break;
      }
      case "estimate":
        left = formatLeft(event.secondsLeft);
        if (showCost && event.cost !== undefined) cost = `$${event.cost.usd.toFixed(2)}${isLog ? " so far" : ""}`;
        break;
      case "finding":
        display.note(`  ${event.finding.severity}: ${event.finding.message} ${event.finding.remedy}`);
        break;
      case "retry":
        display.note(`  ${event.error.name}: asking again (${event.attempt})`);
        break;
      case "logUnavailable":
      case "leftRunning":
        display.note(`  ${event.message}`);
        break;
    }
    if (!isLog) display.update(describe(), share);
  };
}

/**
 * Says what came of a training.
 *
 * @param model - The model.
 * @returns The best and the last epoch, in one line.
 */
export function describeTraining({ bestEpoch, lastEpoch, epochs, metrics }: TrainedModel): string {
  if (bestEpoch === undefined || lastEpoch === undefined) {
    return `validation accuracy ${percent(metrics.validationAccuracy)}`;
  }
  const last = bestEpoch.epoch === lastEpoch.epoch ? "" : `, the last one had ${percent(lastEpoch.validationAccuracy)}`;
  return `${epochs?.length ?? 0} epochs, kept epoch ${bestEpoch.epoch + 1} with validation accuracy ${percent(bestEpoch.validationAccuracy)}${last}`;
}

function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
