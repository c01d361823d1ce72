import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { layOutNetwork } from "../../../src/local/training/architecture.js";
import { createBarrier } from "../../../src/local/training/barrier.js";
import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { createSequence } from "../../../src/local/training/random.js";
import { type EpochReport, trainNetwork } from "../../../src/local/training/train-network.js";
import { type EpochFigures, runTraining } from "../../../src/local/training/training-program.js";
import { turnAllWeights } from "../../../src/local/training/update-weights.js";
import { decodeWeights } from "../../../src/local/training/weights-file.js";
import { measureChannels, writeInitialWeights, writeInputScale } from "../../../src/local/training/write-memory.js";

describe("the training program", () => {
  it("computes on the calling thread what it computes in workers", async () => {
    const architecture = { widths: [8, 8, 16] as const, imageShape: { height: 8, width: 8 }, classes: 3 };
    const settings = { seed: 4, epochs: 3, batchSize: 9, trainCount: 30, validationCount: 7 };
    const next = createSequence(9);
    const draw = (count: number) => ({
      pixels: Uint8Array.from({ length: count * 8 * 8 * 3 }, () => next() * 256),
      labels: Uint32Array.from({ length: count }, (_, index) => index % 3),
      count,
    });
    const [train, validation] = [draw(30), draw(7)];
    const reports: EpochReport[] = [];
    const { weights } = await trainNetwork({
      ...architecture,
      ...settings,
      train,
      validation,
      threads: 2,
      onEpoch: (report) => reports.push(report),
    });

    const layout = layOutNetwork(architecture);
    const plan = planMemory({ ...settings, layout, shards: 2, shardSize: 5, forTraining: true });
    const memory = createMemory(plan.size);
    const bytes = memory.buffer;
    const network = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
    new Uint8Array(bytes, plan.trainPixels, train.pixels.length).set(train.pixels);
    new Uint32Array(bytes, plan.trainLabels, train.count).set(train.labels);
    new Uint8Array(bytes, plan.validationPixels, validation.pixels.length).set(validation.pixels);
    new Uint32Array(bytes, plan.validationLabels, validation.count).set(validation.labels);
    writeInputScale(network, measureChannels(train.pixels));
    writeInitialWeights(network, settings.seed);
    turnAllWeights(network);
    const meet = createBarrier(new Int32Array(bytes, plan.control, 2), 1);
    const figures: EpochFigures[] = [];
    const position = { index: 0, threads: 1, meet, results: new Float64Array(4) };
    const plain = { firstEpoch: 0, earlyStopping: undefined, checkpointEvery: 0, keepBest: false };
    runTraining(network, { ...settings, ...plain }, position, (epoch) => figures.push(epoch));

    const trained = decodeWeights(weights);
    expect(new Float32Array(bytes, plan.parameters, layout.parameters)).toEqual(trained.parameters);
    expect(new Float32Array(bytes, plan.runningMean, layout.channels)).toEqual(trained.runningMean);
    expect(new Float32Array(bytes, plan.runningVariance, layout.channels)).toEqual(trained.runningVariance);
    expect(reports).toMatchObject(figures);
    expect(figures).toHaveLength(3);
  });
});

describe("the barrier", () => {
  it("holds a thread back until the other has arrived, time after time", () => {
    const control = new Int32Array(new SharedArrayBuffer(12));
    const rounds = 200;
    const worker = new Worker(
      `const { control, rounds, createBarrier } = require("node:worker_threads").workerData;
       const meet = new Function("COUNT", "GENERATION", "SPINS", "return " + createBarrier)(0, 1, 5)(control, 2);
       for (let round = 0; round < rounds; round++) {
         Atomics.add(control, 2, 1);
         meet();
         meet();
       }`,
      { eval: true, workerData: { control, rounds, createBarrier: createBarrier.toString() } },
    );
    const meet = createBarrier(control, 2);
    for (let round = 0; round < rounds; round++) {
      meet();
      expect(Atomics.load(control, 2)).toBe(round + 1);
      meet();
    }
    return worker.terminate();
  });
});
