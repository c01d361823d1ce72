import { describe, expect, it } from "vitest";
import { layOutNetwork } from "../../../src/local/training/architecture.js";
import { createClassifier } from "../../../src/local/training/classifier.js";
import { createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { createSequence } from "../../../src/local/training/random.js";
import { learningRate } from "../../../src/local/training/recipe.js";
import { runWorkers } from "../../../src/local/training/run-workers.js";
import {
  type LabelledPixels,
  type TrainNetworkOptions,
  trainNetwork,
} from "../../../src/local/training/train-network.js";

/** Pictures whose class shows in the width of their stripes, over noise. */
function stripes(count: number, classes: number, seed: number): LabelledPixels {
  const next = createSequence(seed);
  const pixels = new Uint8Array(count * 16 * 16 * 3);
  const labels = Uint32Array.from({ length: count }, (_, index) => index % classes);
  for (let image = 0; image < count; image++) {
    const frequency = 0.7 + 0.8 * (labels[image] ?? 0);
    const phase = next() * 6;
    for (let pixel = 0; pixel < 256; pixel++) {
      const light = 128 + 70 * Math.sin((pixel % 16) * frequency + phase);
      for (let c = 0; c < 3; c++) pixels[(image * 256 + pixel) * 3 + c] = light + 90 * (next() - 0.5);
    }
  }
  return { pixels, labels, count };
}

const options = (changes: Partial<TrainNetworkOptions> = {}): TrainNetworkOptions => ({
  train: stripes(96, 2, 1),
  imageShape: { height: 16, width: 16 },
  classes: 2,
  epochs: 2,
  batchSize: 16,
  widths: [8, 8, 8],
  threads: 1,
  ...changes,
});

const workersLeft = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;

describe("trainNetwork", () => {
  it("learns, reports each epoch, and its classifier answers as the validation said", async () => {
    const validation = stripes(60, 3, 2);
    const reports: number[] = [];
    const trained = await trainNetwork(
      options({
        train: stripes(240, 3, 1),
        validation,
        classes: 3,
        epochs: 12,
        onEpoch: ({ epoch }) => reports.push(epoch),
      }),
    );
    expect(reports).toEqual(Array.from({ length: 12 }, (_, epoch) => epoch));
    const last = trained.epochs.at(-1);
    expect(last?.validationAccuracy).toBeGreaterThan(0.9);
    const classifier = createClassifier(trained.weights);
    let right = 0;
    for (let image = 0; image < validation.count; image++) {
      const answer = classifier.classify(validation.pixels.subarray(image * 768, (image + 1) * 768));
      expect(answer.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      if (answer.indexOf(Math.max(...answer)) === validation.labels[image]) right++;
    }
    expect(right / validation.count).toBe(last?.validationAccuracy);
  });

  it("gives the same bytes on one thread and on two, and others for another seed", async () => {
    const validation = stripes(10, 2, 2);
    const one = await trainNetwork(options({ validation, batchSize: 15 }));
    const two = await trainNetwork(options({ validation, batchSize: 15, threads: 2 }));
    const other = await trainNetwork(options({ validation, batchSize: 15, seed: 1 }));
    expect(two.weights).toEqual(one.weights);
    expect(two.epochs.map((epoch) => epoch.validationAccuracy)).toEqual(one.epochs.map((e) => e.validationAccuracy));
    expect(other.weights).not.toEqual(one.weights);
  });

  it("ends at once when it is aborted, with the signal's reason and no thread left", async () => {
    const before = workersLeft();
    const controller = new AbortController();
    const reason = new Error("enough");
    let abortedAt = 0;
    const training = trainNetwork(
      options({
        epochs: 100_000,
        threads: 2,
        signal: controller.signal,
        onEpoch: () => {
          abortedAt = performance.now();
          controller.abort(reason);
        },
      }),
    );
    await expect(training).rejects.toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    expect(workersLeft()).toBe(before);
    await expect(trainNetwork(options({ signal: controller.signal }))).rejects.toBe(reason);
  });

  it("brings every thread down when one fails", async () => {
    const before = workersLeft();
    const architecture = { widths: [8, 8, 8] as const, imageShape: { height: 16, width: 16 }, classes: 2 };
    const layout = layOutNetwork(architecture);
    const needs = { layout, shards: 2, shardSize: 8, trainCount: 16, validationCount: 0, forTraining: true };
    const plan = planMemory(needs);
    const work = runWorkers({
      memory: createMemory(plan.size),
      architecture,
      plan: { ...plan, trainPixels: 2 ** 31 },
      settings: { seed: 0, epochs: 1, batchSize: 16, trainCount: 16, validationCount: 0 },
      threads: 2,
      signal: undefined,
      onEpoch: () => {},
    });
    await expect(work).rejects.toThrow(/memory access out of bounds/);
    expect(workersLeft()).toBe(before);
  });

  it("hands on what the listener throws", async () => {
    const failure = new Error("listener");
    const onEpoch = () => {
      throw failure;
    };
    await expect(trainNetwork(options({ onEpoch }))).rejects.toBe(failure);
  });

  it.each([
    ["fewer images than a batch", { batchSize: 97 }, /must be bigger or equal to the mini_batch_size\. There are 96/],
    ["a label without a class", { train: stripes(96, 3, 1) }, /label 2 of a training image does not fit num_classes 2/],
    ["one class", { classes: 1 }, /num_classes is 1; a classifier has 2 to/],
    ["images of another size", { imageShape: { height: 16, width: 15 } }, /are not 96 images of 16 x 15/],
    ["tiny images", { imageShape: { height: 4, width: 4 } }, /each side must have 8 to 4096/],
    ["more than fits into memory", { batchSize: 96, imageShape: { height: 2048, width: 2048 } }, /are not 96 images/],
  ])("refuses %s", async (_, changes, message) => {
    await expect(trainNetwork(options(changes))).rejects.toMatchObject({ code: "LOCAL_TRAINING_REFUSED" });
    await expect(trainNetwork(options(changes))).rejects.toThrow(message);
  });
});

describe("the learning rate", () => {
  it("rises to its peak over a fifth of the steps and falls to almost nothing", () => {
    const rates = Array.from({ length: 100 }, (_, step) => learningRate(step, 100, 0.006));
    expect(Math.max(...rates)).toBe(0.006);
    expect(rates.indexOf(0.006)).toBe(19);
    expect(rates.at(-1)).toBeLessThan(0.00001);
    expect(learningRate(0, 1, 0.006)).toBeGreaterThan(0);
  });
});
