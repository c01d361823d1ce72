import { describe, expect, it } from "vitest";
import { createProgressDisplay } from "../../examples/end-to-end/progress-display.js";
import { createTrainingDisplay, describeTraining } from "../../examples/training-display.js";
import type { TrainingProgressEvent } from "../../src/training/follow/training-progress.js";
import { trainedModel } from "../helpers/contracts.js";

const epoch = (number: number, validationAccuracy: number, isBest: boolean): TrainingProgressEvent => ({
  type: "epoch",
  metrics: { epoch: number, trainAccuracy: 0.954637, validationAccuracy },
  plannedEpochs: 30,
  isBest,
  secondsLeft: 83,
});
const EVENTS: readonly TrainingProgressEvent[] = [
  { type: "status", status: "InProgress", secondaryStatus: "Downloading", message: "Downloading input data" },
  epoch(26, 0.869792, true),
  epoch(27, 0.866071, false),
  {
    type: "estimate",
    elapsedSeconds: 100,
    secondsLeft: 80,
    cost: {
      usd: 12.345,
      usdPerHour: 3.825,
      instanceType: "ml.p3.2xlarge",
      instanceCount: 1,
      seconds: 100,
      priceSource: "given by the caller",
    },
  },
  { type: "retry", of: "status", attempt: 1, error: Object.assign(new Error("Rate"), { name: "ThrottlingException" }) },
];

function show(isTTY: boolean): string {
  const shown: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string) => shown.push(text) };
  const display = createProgressDisplay(stream, false);
  display.start("Train");
  const onProgress = createTrainingDisplay(display, { isLog: !isTTY, showCost: true });
  for (const event of EVENTS) onProgress(event);
  return shown.join("");
}

describe("the display of a training", () => {
  it("prints plain lines into a log, one for each epoch", () => {
    expect(show(false).split("\n")).toEqual([
      "> Train",
      "  Downloading: Downloading input data",
      "  epoch 27 of 30, training 95.5 %, validation 87.0 % (best 87.0 %), 1:23 left",
      "  epoch 28 of 30, training 95.5 %, validation 86.6 % (best 87.0 %), 1:23 left",
      "  ThrottlingException: asking again (1)",
      "",
    ]);
  });

  it("redraws one line of a terminal, which is not cut at eighty columns", () => {
    const lines = show(true).split("\r\u001b[2K");
    expect(lines).toContainEqual(
      expect.stringMatching(/▸ Train {4} █{22}░{2} 28\/30 train 95.5% val 86.6% -1:20 \$12.35$/),
    );
    expect(lines.filter((line) => line.includes("…"))).toEqual([]);
  });

  it("says which epoch was kept", () => {
    const epochs = [0.9, 0.8].map((validationAccuracy, number) => ({ epoch: number, validationAccuracy }));
    const model = trainedModel({ epochs, bestEpoch: epochs[0], lastEpoch: epochs[1] });
    expect(describeTraining(model)).toBe(
      "2 epochs, kept epoch 1 with validation accuracy 90.0 %, the last one had 80.0 %",
    );
    expect(describeTraining(trainedModel())).toBe("validation accuracy 86.0 %");
  });
});
