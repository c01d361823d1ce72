import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  datasetHyperparameterFields,
  formatHyperparameterName,
  hyperparameterFields,
} from "../../../src/training/hyperparameters/hyperparameter-fields.js";
import {
  HyperparameterMapSchema,
  type Hyperparameters,
  HyperparametersSchema,
} from "../../../src/training/hyperparameters/hyperparameters.js";
import { sharedData } from "../../helpers/shared-data.js";

const dataset = { numClasses: 2, numTrainingSamples: 1000, imageShape: [3, 32, 32] as const };
const names = [...Object.keys(hyperparameterFields), ...Object.keys(datasetHyperparameterFields)];
const guide = readFileSync(new URL("../../../docs/training.md", import.meta.url), "utf8");
const facts = sharedData("facts/image-classification-algorithm.json");

/** One value of each, in combinations that go together. */
const samples: readonly (readonly [Hyperparameters, Readonly<Record<string, string>>])[] = [
  [{}, {}],
  [{ augmentationType: "crop_color_transform" }, { augmentation_type: "crop_color_transform" }],
  [
    { optimizer: "adam", beta1: 0.9, beta2: 0.999, eps: 1e-8 },
    { optimizer: "adam", beta_1: "0.9", beta_2: "0.999", eps: "1e-8" },
  ],
  [{ checkpointFrequency: 5 }, { checkpoint_frequency: "5" }],
  [
    { earlyStopping: true, earlyStoppingMinEpochs: 3, earlyStoppingPatience: 2, earlyStoppingTolerance: 0 },
    {
      early_stopping: "True",
      early_stopping_min_epochs: "3",
      early_stopping_patience: "2",
      early_stopping_tolerance: "0",
    },
  ],
  [{ earlyStopping: false }, { early_stopping: "False" }],
  [{ epochs: 20 }, { epochs: "20" }],
  [
    { optimizer: "rmsprop", gamma: 0.5 },
    { optimizer: "rmsprop", gamma: "0.5" },
  ],
  [{ kvStore: "dist_async" }, { kv_store: "dist_async" }],
  [
    { learningRate: 0.001, lrSchedulerFactor: 0.5, lrSchedulerStep: [10, 20] },
    { learning_rate: "0.001", lr_scheduler_factor: "0.5", lr_scheduler_step: "10,20" },
  ],
  [{ miniBatchSize: 64 }, { mini_batch_size: "64" }],
  [
    { optimizer: "nag", momentum: 0, weightDecay: 1 },
    { optimizer: "nag", momentum: "0", weight_decay: "1" },
  ],
  [
    { multiLabel: true, useWeightedLoss: true },
    { multi_label: "1", use_weighted_loss: "1" },
  ],
  [
    { multiLabel: false, useWeightedLoss: false },
    { multi_label: "0", use_weighted_loss: "0" },
  ],
  [
    { numLayers: 20, precisionDtype: "float16" },
    { num_layers: "20", precision_dtype: "float16" },
  ],
  [
    { resize: 32, topK: 2, usePretrainedModel: false },
    { resize: "32", top_k: "2", use_pretrained_model: "0" },
  ],
];

describe("HyperparameterMapSchema", () => {
  it.each(samples)("writes %j as AWS takes it", (values, map) => {
    expect(HyperparametersSchema.parse(values)).toEqual(values);
    expect(HyperparameterMapSchema.parse({ ...values, ...dataset })).toEqual({
      image_shape: "3,32,32",
      num_classes: "2",
      num_training_samples: "1000",
      ...map,
    });
  });

  it("has a sample of each hyper-parameter above", () => {
    const shown = samples.flatMap(([values]) => Object.keys(values));
    expect([...new Set(shown)].sort()).toEqual(Object.keys(hyperparameterFields).sort());
  });

  it("writes text only, whatever is accepted", () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const values = fc.record(
      {
        learningRate: fraction,
        momentum: fraction,
        epochs: fc.integer({ min: 1 }),
        lrSchedulerStep: fc.array(fc.nat()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(values, (given) => {
        const result = HyperparameterMapSchema.safeParse({ ...given, ...dataset });
        fc.pre(result.success);
        for (const text of Object.values(result.data ?? {})) {
          expect(text).toMatch(/^(\d+(\.\d+)?(e-\d+)?)(,\d+)*$/);
          expect(text.length).toBeLessThanOrEqual(2500);
        }
      }),
    );
  });
});

describe("a hyper-parameter that AWS would refuse, ignore, or fail the job for", () => {
  it.each<[object, RegExp]>([
    [{ beta1: 0.5 }, /beta1.*only with optimizer adam, but optimizer is sgd.*set optimizer to adam/s],
    [{ optimizer: "rmsprop", beta2: 0.5 }, /beta2.*only with optimizer adam/s],
    [{ eps: 0.5 }, /eps.*only with optimizer adam or rmsprop/s],
    [{ optimizer: "adam", gamma: 0.5 }, /gamma.*only with optimizer rmsprop/s],
    [{ optimizer: "adam", momentum: 0.5 }, /momentum.*only with optimizer sgd or nag/s],
    [{ optimizer: "rmsprop", weightDecay: 0.5 }, /weightDecay.*only with optimizer sgd or nag/s],
    [{ earlyStoppingPatience: 3 }, /earlyStoppingPatience.*needs earlyStopping: true/s],
    [{ earlyStopping: false, earlyStoppingTolerance: 0 }, /earlyStoppingTolerance.*needs earlyStopping: true/s],
    [{ lrSchedulerFactor: 0.5 }, /lrSchedulerFactor.*needs lrSchedulerStep/s],
    [{ lrSchedulerStep: [] }, /lrSchedulerStep/],
    [{ lrSchedulerStep: [20, 10] }, /ascending order, but is 20,10/],
    [{ lrSchedulerStep: [10, 10] }, /ascending order/],
    [{ lrSchedulerStep: Array.from({ length: 900 }, (_, index) => index + 1) }, /at most 2500 characters/],
    [{ epochs: 5, checkpointFrequency: 6 }, /checkpointFrequency.*at most the number of epochs \(5\), but is 6/s],
    [{ checkpointFrequency: 31 }, /at most the number of epochs \(30\)/],
    [{ usePretrainedModel: true, numLayers: 20 }, /numLayers.*must be one of 18, 34, 50, 101, 152, 200/s],
    [{ useWeightedLoss: true }, /useWeightedLoss.*needs multiLabel: true/s],
    [{ topK: 1 }, /topK/],
    [{ numLayers: 19 }, /numLayers/],
    [{ epochs: 0 }, /epochs/],
    [{ epochs: 1.5 }, /epochs/],
    [{ epochs: "20" }, /epochs/],
    [{ learningRate: 1.01 }, /learningRate/],
    [{ momentum: -0.1 }, /momentum/],
    [{ learningRate: Number.NaN }, /learningRate/],
    [{ learning_rate: 0.1 }, /learning_rate is written learningRate here/],
    [{ beta_1: 0.1 }, /beta_1 is written beta1 here/],
    [{ num_classes: 2 }, /num_classes comes from the data set; leave it out/],
    [{ numTrainingSamples: 500 }, /numTrainingSamples comes from the data set/],
    [{ epoch: 3 }, /\\"epoch\\" is no hyper-parameter/],
  ])("%j is refused with the rule", (values, message) => {
    expect(HyperparametersSchema.safeParse(values).error?.message).toMatch(message);
  });

  it.each<[object, object, RegExp]>([
    [
      {},
      { numTrainingSamples: 31 },
      /miniBatchSize.*must not exceed .* 31, but is 32 by default; set miniBatchSize to/s,
    ],
    [{ miniBatchSize: 1001 }, {}, /must not exceed the number of training images, 1000, but is 1001/],
    [{ topK: 3 }, {}, /topK.*must not exceed the number of classes, 2/s],
    [{ resize: 31 }, {}, /resize.*must not be less than .* 32 x 32/s],
    [{ usePretrainedModel: true }, {}, /usePretrainedModel.*needs images of 224 x 224 pixels, but they have 32 x 32/s],
    [{}, { imageShape: [1, 32, 32] }, /imageShape/],
  ])("%j with %j of the data set is refused with the rule", (values, changes, message) => {
    expect(HyperparameterMapSchema.safeParse({ ...values, ...dataset, ...changes }).error?.message).toMatch(message);
  });
});

describe("the table in docs/training.md", () => {
  const [, table = ""] = guide.split("## Hyper-parameters");
  const rows = [...table.matchAll(/^\| `([a-z_0-9]+)` \| `([a-zA-Z0-9]+)` \|/gm)].map(([, aws, ours]) => [aws, ours]);

  it("gives every hyper-parameter its TypeScript name, and no other", () => {
    expect(rows.toSorted()).toEqual(names.map((name) => [formatHyperparameterName(name), name]).toSorted());
  });

  it.skipIf(facts === undefined)("lists what AWS documents (needs the shared facts)", () => {
    const { hyperparameters } = JSON.parse(readFileSync(facts ?? "", "utf8"));
    const documented = hyperparameters.map(({ name }: { readonly name: string }) => name);
    expect(documented).toHaveLength(29);
    expect(rows.map(([aws]) => aws).toSorted()).toEqual(documented.toSorted());
  });
});
