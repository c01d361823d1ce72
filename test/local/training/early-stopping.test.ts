import { describe, expect, it } from "vitest";
import { watchAccuracy } from "../../../src/local/training/early-stopping.js";

/** Epochs that are trained before the watch ends them. */
function epochsOf(accuracies: readonly (number | undefined)[], settings?: Parameters<typeof watchAccuracy>[0]): number {
  const isLast = watchAccuracy(settings);
  const index = accuracies.findIndex((accuracy) => isLast(accuracy));
  return index === -1 ? accuracies.length : index + 1;
}

describe("watchAccuracy", () => {
  const flat = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];

  it("never ends a training without settings or without validation", () => {
    expect(epochsOf(flat)).toBe(8);
    expect(epochsOf([undefined, undefined], { minEpochs: 1, patience: 1, tolerance: 0 })).toBe(2);
  });

  it("waits for the patience after the last improvement, and for the least number of epochs", () => {
    expect(epochsOf(flat, { minEpochs: 1, patience: 2, tolerance: 0 })).toBe(3);
    expect(epochsOf(flat, { minEpochs: 6, patience: 2, tolerance: 0 })).toBe(6);
    expect(epochsOf([0.5, 0.4, 0.6, 0.5, 0.55, 0.9], { minEpochs: 1, patience: 2, tolerance: 0 })).toBe(5);
  });

  it("takes a rise below the tolerance for none", () => {
    const slow = [0.5, 0.51, 0.52, 0.53, 0.54];
    expect(epochsOf(slow, { minEpochs: 1, patience: 2, tolerance: 0 })).toBe(5);
    expect(epochsOf(slow, { minEpochs: 1, patience: 2, tolerance: 0.1 })).toBe(3);
  });
});
