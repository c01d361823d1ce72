import type { EpochMetrics } from "../../core/training-record.js";

/** Mean width of a character of a sans serif face, in parts of its size; a little more than it is. @internal */
export const CHARACTER_WIDTH = 0.58;

/** Where the picture's parts lie, in pixels. @internal */
export interface CurveLayout {
  /** Left edge of the plot. */
  readonly left: number;
  /** Right edge of the plot. */
  readonly right: number;
  /** Upper edge of the plot. */
  readonly top: number;
  /** Lower edge of the plot. */
  readonly bottom: number;
  /** Places an epoch. */
  readonly x: (epoch: number) => number;
  /** Places an accuracy. */
  readonly y: (accuracy: number) => number;
  /** Epochs with a number below them. */
  readonly epochTicks: readonly number[];
  /** Accuracies with a line across. */
  readonly accuracyTicks: readonly number[];
}

/**
 * Lays out the plot: accuracies from a round value below the lowest to 1, epochs as the log counts them.
 *
 * @param epochs - The epochs, in order.
 * @param size - Size of the picture, height of its head, and the chance level where it is drawn.
 * @returns The layout.
 * @internal
 */
export function layOutCurve(
  epochs: readonly EpochMetrics[],
  size: { readonly width: number; readonly height: number; readonly head: number; readonly chance: number | undefined },
): CurveLayout {
  const { width, height, head, chance } = size;
  const [left, right, top, bottom] = [52, width - 22, head, height - 46];
  const accuracies = epochs.flatMap(({ trainAccuracy, validationAccuracy }) => [
    ...(trainAccuracy === undefined ? [] : [trainAccuracy]),
    ...(validationAccuracy === undefined ? [] : [validationAccuracy]),
  ]);
  const lowest = accuracies.reduce((least, accuracy) => Math.min(least, accuracy), chance ?? 0.9);
  const floor = Math.max(0, Math.min(0.9, Math.floor(lowest * 10 - 0.2) / 10));
  const [lowestEpoch, highestEpoch] = [epochs[0]?.epoch ?? 0, epochs.at(-1)?.epoch ?? 0];
  // One epoch alone stands in the middle.
  const margin = lowestEpoch === highestEpoch ? 0.5 : 0;
  const [first, last] = [lowestEpoch - margin, highestEpoch + margin];
  const widest = String(highestEpoch).length * 12 * CHARACTER_WIDTH + 14;
  const epochStep = niceStep((last - first) / Math.max(1, Math.floor((right - left) / widest)), 1);
  const accuracyStep = niceStep((1 - floor) / Math.max(1, Math.floor((bottom - top) / 34)), 0.05);
  return {
    left,
    right,
    top,
    bottom,
    x: (epoch) => left + ((epoch - first) / (last - first)) * (right - left),
    y: (accuracy) => bottom - ((accuracy - floor) / (1 - floor)) * (bottom - top),
    epochTicks: multiples(epochStep, first, last),
    accuracyTicks: multiples(accuracyStep, floor, 1),
  };
}

/** The smallest of 1, 2, 5 times a power of ten that is as large as needed. */
function niceStep(needed: number, least: number): number {
  let unit = least;
  for (;;) {
    for (const factor of least === 1 ? [1, 2, 5] : [1, 2, 4]) {
      if (unit * factor >= needed - 1e-9) return unit * factor;
    }
    unit *= 10;
  }
}

function multiples(step: number, first: number, last: number): readonly number[] {
  const begin = Math.ceil(first / step - 1e-9);
  const end = Math.floor(last / step + 1e-9);
  return Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) =>
    Number(((begin + index) * step).toFixed(6)),
  );
}
