import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTrainingLog } from "../../../src/training/logs/parse-training-log.js";
import { TrainingLogReader } from "../../../src/training/logs/training-log-reader.js";
import { TrainingRecord } from "../../../src/training/logs/training-record.js";
import { FORMS, jobs, writeLog } from "./written-log.js";

const shared = (name: string) =>
  readFileSync(new URL(`../../../../shared/data/training-logs/${name}`, import.meta.url), "utf8");
const PLAIN = "[07/09/2022 09:16:03 INFO 140319757993792] ";

describe("the log of a real job", () => {
  it("that went well has thirty epochs, of which the twenty-seventh was kept", () => {
    const log = parseTrainingLog(shared("p3-2022-07-completed-mgray39.log"), { trainingImages: 1000 });
    expect(log.epochs).toHaveLength(30);
    expect(log.epochs[4]).toEqual({
      epoch: 4,
      trainAccuracy: 0.771169,
      validationAccuracy: 0.822917,
      seconds: 3.646,
      samplesPerSecond: 262.815,
    });
    expect(log.bestEpoch).toMatchObject({ epoch: 26, validationAccuracy: 0.869792 });
    expect(log.lastEpoch).toMatchObject({ epoch: 29, validationAccuracy: 0.848958 });
    expect(log).toMatchObject({ plannedEpochs: 30, instances: 1, billableSeconds: 327, errors: [] });
    expect(log.hyperparameters).toMatchObject({ num_training_samples: "1000", optimizer: "sgd" });
    expect(log.advice.map(({ code }) => code)).toEqual(["OVERFITTING"]);
  });

  it("on images that were all alike is told to have learned nothing", () => {
    const log = parseTrainingLog(shared("p3-2022-12-constant-images-bug-SallyPeter.log"));
    expect(log.epochs).toHaveLength(50);
    expect(log.bestEpoch).toMatchObject({ epoch: 6, validationAccuracy: 0.515625 });
    expect(log.advice).toMatchObject([{ code: "CHANCE_LEVEL", severity: "error" }]);
  });

  it("that used half the images is told so, for certain where their number is known", () => {
    const text = shared("p3-2023-09-num-training-samples-500-djarrin.log");
    const certain = parseTrainingLog(text, { trainingImages: 1000 });
    expect(certain.bestEpoch).toMatchObject({ epoch: 12, validationAccuracy: 0.838542 });
    expect(certain.advice).toMatchObject([
      { code: "NUM_TRAINING_SAMPLES", severity: "warning", message: expect.stringContaining("480") },
    ]);
    expect(parseTrainingLog(text).advice).toMatchObject([{ code: "NUM_TRAINING_SAMPLES", severity: "info" }]);
    expect(parseTrainingLog(text, { trainingImages: 500 }).advice).toEqual([]);
  });
});

describe("any log of the algorithm", () => {
  it.each(Object.entries(FORMS))("is read in the form: %s", (_, write) => {
    fc.assert(
      fc.property(jobs, (job) => {
        const log = parseTrainingLog(write(writeLog(job)));
        const epochs = job.epochs.map((epoch, index) => ({ epoch: index, ...epoch }));
        expect(log.epochs.map(({ epoch }) => epoch)).toEqual(epochs.map(({ epoch }) => epoch));
        for (const [index, epoch] of epochs.entries()) {
          const read = log.epochs[index];
          expect(read?.trainAccuracy).toBeCloseTo(epoch.trainAccuracy, 9);
          expect(read?.validationAccuracy).toBe(job.hasValidation ? epoch.validationAccuracy : undefined);
          expect(read?.seconds).toBe(epoch.seconds);
          expect(read?.samplesPerSecond).toBeCloseTo(epoch.samplesPerSecond * log.instances, 3);
          expect(read?.validationTopKAccuracy).toBe(job.hasValidation && job.topK !== undefined ? 0.7 : undefined);
        }
        expect(log.instances).toBe(job.instances);
        expect(log.plannedEpochs).toBe(epochs.length);
        const best = job.hasValidation
          ? epochs.reduce((one, other) => (other.validationAccuracy > one.validationAccuracy ? other : one))
          : epochs.at(-1);
        expect(log.bestEpoch?.epoch).toBe(best?.epoch);
        expect(log.lastEpoch?.epoch).toBe(epochs.length - 1);
      }),
      { numRuns: 40 },
    );
  });

  it("says the same when CloudWatch breaks its lines in two", () => {
    fc.assert(
      fc.property(jobs, fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 1 }), (job, cuts) => {
        const lines = writeLog(job);
        const reader = new TrainingLogReader();
        const record = new TrainingRecord();
        for (const [index, { instance, text }] of lines.entries()) {
          const cut = Math.ceil((cuts[index % cuts.length] ?? 0.5) * text.length);
          for (const half of [text.slice(0, cut), text.slice(cut)]) {
            for (const line of reader.read(half, instance)) record.add(line);
          }
        }
        const whole = parseTrainingLog(FORMS["filter-log-events"]?.(lines) ?? "");
        expect(record.epochs).toEqual(whole.epochs);
        expect(record.bestEpoch).toEqual(whole.bestEpoch);
        expect(record.configuration).toEqual(whole.hyperparameters);
      }),
      { numRuns: 100 },
    );
  });

  it("may be any text: nothing is made of what is no log", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json(), fc.lorem()), (text) => {
        expect(parseTrainingLog(text).epochs).toEqual([]);
      }),
    );
  });
});

describe("a text that is no log", () => {
  it.each(["a\n", "{'a", '[{"', "algo-", "Epoch[", "Epoch[0] Batch [20] a-", "Final configuration: {'\n", "1", " "])(
    "takes no longer the longer it is: %j",
    (piece) => {
      // Quadratic time would be minutes here, and the test would run into its limit.
      expect(parseTrainingLog(piece.repeat(500_000 / piece.length)).lastEpoch?.trainAccuracy).toBeUndefined();
    },
  );
});

describe("a log", () => {
  const parse = (...lines: readonly string[]) => parseTrainingLog(lines.map((line) => PLAIN + line).join("\n"));

  it("that was cut before its end says which epoch was kept, or is just about to be", () => {
    const saved = 'Saved checkpoint to "/opt/ml/model/image-classification-0002.params"';
    const validation = (...accuracies: readonly number[]) =>
      accuracies.map((accuracy, epoch) => `Epoch[${epoch}] Validation-accuracy=${accuracy}`);
    expect(parse(...validation(0.5, 0.6, 0.6), saved).bestEpoch?.epoch).toBe(1);
    expect(parse(...validation(0.5, 0.6), saved, "Epoch[2] Validation-accuracy=0.7").bestEpoch?.epoch).toBe(2);
    const storing = "Storing the best model with validation accuracy: 0.600000";
    expect(parse(...validation(0.5, 0.6), storing).bestEpoch?.epoch).toBe(1);
    expect(parse(...validation(0.6, 0.6)).bestEpoch?.epoch).toBe(0);
    // The local AWS keeps the last one, and says so.
    expect(parse(...validation(0.7, 0.6), saved).bestEpoch?.epoch).toBe(1);
  });

  it("of a job with checkpoint_frequency names the best of the checkpoints that were kept", () => {
    const lines = [0.5, 0.9, 0.7, 0.8, 0.6, 0.6].flatMap((accuracy, epoch) => [
      `Epoch[${epoch}] Validation-accuracy=${accuracy}`,
      ...(epoch % 2 === 1 ? [`Saved checkpoint to "/opt/ml/model/image-classification-000${epoch + 1}.params"`] : []),
    ]);
    expect(parse(...lines).bestEpoch?.epoch).toBe(1);
  });

  it("of a job that a spot interruption started again counts its second life", () => {
    const lives = ["140319757993792", "140319757990000"].flatMap((thread, life) =>
      [0, 1, 2].map(
        (epoch) => `[07/09/2022 09:16:03 INFO ${thread}] Epoch[${epoch + life}] Train-accuracy=0.${life + 5}`,
      ),
    );
    const log = parseTrainingLog(lives.join("\n"));
    expect(log.instances).toBe(1);
    expect(log.epochs.map(({ trainAccuracy }) => trainAccuracy)).toEqual([0.5, 0.6, 0.6, 0.6]);
  });

  it("tells errors, early stopping, NaN and cross-entropy", () => {
    const log = parse(
      "early_stopping: True",
      "Epoch[0] Batch [0-20]#011Speed: 1e2 samples/sec#011accuracy=nan#011cross-entropy=0.512345",
      "Epoch[0] Train-accuracy=nan",
      "Epoch[0] Train-cross-entropy=0.512345",
      "Epoch[0] Validation-accuracy=0.250000",
      "Early stopping criterion met",
      "Customer Error: Invalid lst file in the train channel.",
    );
    expect(log.epochs).toEqual([{ epoch: 0, samplesPerSecond: 100, trainLoss: 0.512345, validationAccuracy: 0.25 }]);
    expect(log.stoppedEarly).toBe(true);
    expect(log.errors).toEqual(["Customer Error: Invalid lst file in the train channel."]);
    expect(log.advice[0]).toMatchObject({ code: "DIVERGED", severity: "error" });
    expect(parse("early_stopping: True").stoppedEarly).toBe(false);
  });

  it("is read with a byte order mark, tabs, and several records in one line", () => {
    const text = `\uFEFF${PLAIN}Epoch[0] Batch [20]\tSpeed: 10.5 samples/sec\taccuracy=0.5${PLAIN}Epoch[0] Train-accuracy=0.5`;
    expect(parseTrainingLog(text).epochs).toEqual([{ epoch: 0, samplesPerSecond: 10.5, trainAccuracy: 0.5 }]);
  });

  it("refuses a number of images that is none", () => {
    expect(() => parseTrainingLog("", { trainingImages: 0 })).toThrow(/trainingImages/);
  });
});
