import { expectTypeOf, it } from "vitest";
import type { StagedDataset, TrainedModel } from "../../src/core/contracts.js";
import type { Hyperparameters } from "../../src/training/hyperparameters/hyperparameters.js";
import type { TrainingJobOptions } from "../../src/training/request/training-job-options.js";

it("hyper-parameters are numbers, booleans, words and lists", () => {
  expectTypeOf<Hyperparameters["learningRate"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Hyperparameters["earlyStopping"]>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<Hyperparameters["lrSchedulerStep"]>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<Hyperparameters["optimizer"]>().toEqualTypeOf<"sgd" | "adam" | "rmsprop" | "nag" | undefined>();
  expectTypeOf<{ numLayers: 20 }>().toExtend<Hyperparameters>();
  expectTypeOf<{ numLayers: 19 }>().not.toExtend<Hyperparameters>();
});

it("what the data set decides is no hyper-parameter", () => {
  expectTypeOf<Hyperparameters>().not.toHaveProperty("numClasses");
  expectTypeOf<Hyperparameters>().not.toHaveProperty("numTrainingSamples");
  expectTypeOf<Hyperparameters>().not.toHaveProperty("imageShape");
});

it("a staged data set and a trained model are options as they are", () => {
  expectTypeOf<StagedDataset>().toExtend<TrainingJobOptions["dataset"]>();
  expectTypeOf<TrainedModel>().toExtend<NonNullable<TrainingJobOptions["initialModel"]>>();
});
