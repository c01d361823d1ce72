import { describe, expect, it } from "vitest";
import { layOutNetwork } from "../../../src/local/training/architecture.js";
import { createClassifier } from "../../../src/local/training/classifier.js";
import { createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { createSequence } from "../../../src/local/training/random.js";
import { learningRate, peakRate } from "../../../src/local/training/recipe.js";
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

  it("sees each image upright and mirrored, in the validation as in the classifier", async () => {
    const next = createSequence(8);
    const noise = {
      pixels: Uint8Array.from({ length: 300 * 768 }, () => next() * 256),
      labels: Uint32Array.from({ length: 300 }, (_, index) => index % 2),
      count: 300,
    };
    const trained = await trainNetwork(options({ train: noise, validation: noise, epochs: 8 }));
    const classifier = createClassifier(trained.weights);
    let right = 0;
    for (let image = 0; image < noise.count; image++) {
      const pixels = noise.pixels.subarray(image * 768, (image + 1) * 768);
      const mirrored = pixels.map((_, at) => {
        const [row, column, channel] = [Math.floor(at / 48), Math.floor(at / 3) % 16, at % 3];
        return pixels[(row * 16 + 15 - column) * 3 + channel] ?? 0;
      });
      const answer = classifier.classify(pixels);
      expect(classifier.classify(mirrored)).toEqual(answer);
      if (answer.indexOf(Math.max(...answer)) === noise.labels[image]) right++;
    }
    expect(right / noise.count).toBe(trained.epochs.at(-1)?.validationAccuracy);
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

  it("takes any batch size and any image size, on one thread and on two", async () => {
    const shape = { height: 9, width: 21 };
    const next = createSequence(5);
    const pixels = Uint8Array.from({ length: 20 * 9 * 21 * 3 }, () => next() * 256);
    const train = { pixels, labels: Uint32Array.from({ length: 20 }, (_, index) => index % 5), count: 20 };
    for (const batchSize of [1, 2, 7, 20]) {
      const changes = { train, imageShape: shape, classes: 5, batchSize, epochs: 1 };
      const one = await trainNetwork(options(changes));
      const two = await trainNetwork(options({ ...changes, threads: 2 }));
      expect(two.weights, `batches of ${batchSize}`).toEqual(one.weights);
      const answer = createClassifier(one.weights).classify(pixels.subarray(0, 9 * 21 * 3));
      expect(answer.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    }
  });

  it("names the epoch with the best validation, the earliest of equals", async () => {
    const validation = stripes(20, 2, 2);
    const { epochs, bestEpoch } = await trainNetwork(options({ validation, epochs: 8 }));
    const accuracies = epochs.map(({ validationAccuracy }) => validationAccuracy ?? Number.NaN);
    expect(bestEpoch).toBe(accuracies.indexOf(Math.max(...accuracies)));
    const blind = await trainNetwork(options({ epochs: 3 }));
    expect(blind.bestEpoch).toBe(2);
    expect(blind.epochs[0]).not.toHaveProperty("validationAccuracy");
  });

  it("leaves the event loop free", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await trainNetwork(options({ epochs: 20, threads: 2 }));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it("ends within 100 ms when it is aborted, with the signal's reason and no thread left", async () => {
    const before = workersLeft();
    const delays: number[] = [];
    // The middle of five: one of them may fall into a pause of a busy machine.
    for (let round = 0; round < 5; round++) {
      const controller = new AbortController();
      const reason = new Error("enough");
      let abortedAt = 0;
      const training = trainNetwork(
        options({
          epochs: 100_000,
          threads: 2,
          signal: controller.signal,
          onEpoch: ({ epoch }) => {
            if (epoch !== 2) return;
            expect(workersLeft()).toBe(before + 2);
            abortedAt = performance.now();
            controller.abort(reason);
          },
        }),
      );
      await expect(training).rejects.toBe(reason);
      delays.push(performance.now() - abortedAt);
      expect(workersLeft()).toBe(before);
      await expect(trainNetwork(options({ signal: controller.signal }))).rejects.toBe(reason);
    }
    expect(delays.toSorted((a, b) => a - b)[2]).toBeLessThan(100);
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
      settings: {
        seed: 0,
        epochs: 1,
        batchSize: 16,
        trainCount: 16,
        validationCount: 0,
        firstEpoch: 0,
        earlyStopping: undefined,
        checkpointEvery: 0,
        keepBest: false,
      },
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
    ["images of no whole size", { imageShape: { height: 16, width: 16.5 } }, /16 x 16.5 pixels are not possible/],
    ["images beyond what a network file may hold", { imageShape: { height: 16, width: 4097 } }, /8 to 4096/],
    [
      "labels that are missing",
      { train: { ...stripes(96, 2, 1), labels: new Uint32Array(95) } },
      /95 labels are not 96/,
    ],
    ["validation that does not fit", { validation: stripes(4, 3, 1) }, /label 2 of a validation image/],
    ["no epoch", { epochs: 0 }, /epochs is 0/],
    ["half an image a step", { batchSize: 0.5 }, /mini_batch_size is 0.5/],
    ["no thread", { threads: 0 }, /threads is 0/],
    ["a seed that is no whole number", { seed: Number.NaN }, /seed is NaN/],
    ["widths that the kernels cannot take", { widths: [8, 12, 16] as const }, /multiple of 8/],
    [
      "more than fits into memory",
      {
        train: { pixels: new Uint8Array(2 * 2048 * 2048 * 3), labels: new Uint32Array(2), count: 2 },
        imageShape: { height: 2048, width: 2048 },
        batchSize: 2,
      },
      /need \d+ bytes, but the local trainer takes 2147483648/,
    ],
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
    expect(peakRate([16, 32, 64])).toBeLessThan(peakRate([16, 16, 32]));
  });
});
