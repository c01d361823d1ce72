import { describe, expect, it } from "vitest";
import {
  type BuildTuningJobRequestOptions,
  buildTuningJobRequest,
} from "../../../src/training/tuning/build-tuning-job-request.js";
import { ROLE_ARN, stagedDataset } from "../../helpers/contracts.js";

const build = (changes: Partial<BuildTuningJobRequestOptions>) =>
  buildTuningJobRequest({
    dataset: stagedDataset(),
    region: "us-east-1",
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    ranges: { learningRate: { min: 0.0001, max: 0.1, scale: "logarithmic" } },
    tuningJobName: "tune",
    ...changes,
  });

const small = stagedDataset({ train: { ...stagedDataset().train, count: 100 } });

describe("the request of a tuning job", () => {
  it("holds ranges, objective, limits, and the training job without what is tuned", () => {
    const request = build({
      hyperparameters: { epochs: 5, earlyStopping: true },
      ranges: {
        learningRate: { min: 0.0001, max: 0.1, scale: "logarithmic" },
        miniBatchSize: { min: 16, max: 64 },
        momentum: { min: 0.5, max: 0.99, scale: "reverseLogarithmic" },
        optimizer: ["sgd", "nag"],
      },
      maxJobs: 6,
      targetAccuracy: 0.9,
      jobEarlyStopping: "auto",
      seed: 7,
      spot: { maxWaitSeconds: 7200 },
      tags: { team: "scones" },
    });
    expect(request).toMatchObject({
      HyperParameterTuningJobName: "tune",
      HyperParameterTuningJobConfig: {
        Strategy: "Bayesian",
        HyperParameterTuningJobObjective: { Type: "Maximize", MetricName: "validation:accuracy" },
        ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 },
        ParameterRanges: {
          CategoricalParameterRanges: [{ Name: "optimizer", Values: ["sgd", "nag"] }],
          ContinuousParameterRanges: [
            { Name: "learning_rate", MinValue: "0.0001", MaxValue: "0.1", ScalingType: "Logarithmic" },
            { Name: "momentum", MinValue: "0.5", MaxValue: "0.99", ScalingType: "ReverseLogarithmic" },
          ],
          IntegerParameterRanges: [{ Name: "mini_batch_size", MinValue: "16", MaxValue: "64", ScalingType: "Auto" }],
        },
        TrainingJobEarlyStoppingType: "Auto",
        TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 0.9 },
        RandomSeed: 7,
      },
      TrainingJobDefinition: {
        EnableManagedSpotTraining: true,
        StaticHyperParameters: { epochs: "5", early_stopping: "True", num_classes: "2", num_training_samples: "1000" },
        StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
        InputDataConfig: [{ ChannelName: "train" }, {}, {}, {}],
      },
      Tags: [
        { Key: "team", Value: "scones" },
        { Key: "created-by", Value: "scones-ml" },
      ],
    });
    expect(Object.keys(request.TrainingJobDefinition ?? {})).not.toContain("TrainingJobName");
    expect(Object.keys(request.TrainingJobDefinition?.StaticHyperParameters ?? {})).not.toContain("learning_rate");
  });

  it("takes a fixed hyper-parameter that has an effect with one of the optimizers", () => {
    const request = build({ hyperparameters: { beta1: 0.8 }, ranges: { optimizer: ["sgd", "adam"] } });
    expect(request.TrainingJobDefinition?.StaticHyperParameters).toMatchObject({ beta_1: "0.8" });
    expect(() => build({ hyperparameters: { beta1: 0.8 }, ranges: { optimizer: ["sgd", "nag"] } })).toThrow(/beta1/);
  });

  it("leaves the number of jobs of a grid to AWS, and has a name of its own", () => {
    const grid = build({ strategy: "Grid", ranges: { optimizer: ["sgd", "adam"], miniBatchSize: [16, 32] } });
    expect(grid.HyperParameterTuningJobConfig?.ResourceLimits).toEqual({ MaxParallelTrainingJobs: 2 });
    const names = [1, 2].map(() => build({ tuningJobName: undefined }).HyperParameterTuningJobName ?? "");
    for (const name of names) expect(name).toMatch(/^scones-\d{12}-[0-9a-f]{8}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  it.each<[RegExp, Partial<BuildTuningJobRequestOptions>]>([
    [/must name a hyper-parameter/, { ranges: {} }],
    [/ranges.learningRate.max/, { ranges: { learningRate: { min: 0.1, max: 0.9 } } }],
    [/min must be below max/, { ranges: { learningRate: { min: 0.1, max: 0.1 } } }],
    [/above 0 with a logarithmic/, { ranges: { momentum: { min: 0, max: 0.9, scale: "logarithmic" } } }],
    [/below 1 with a reverse/, { ranges: { eps: { min: 0.1, max: 1, scale: "reverseLogarithmic" } } }],
    [/only with optimizer adam, but optimizer is sgd/, { ranges: { beta1: { min: 0.1, max: 0.9 } } }],
    [/must be a list with the strategy Grid/, { strategy: "Grid" }],
    [/either tuned or fixed/, { hyperparameters: { learningRate: 0.1 } }],
    [/must not exceed the 100 training images/, { dataset: small, ranges: { miniBatchSize: { min: 8, max: 512 } } }],
    [/32 letters/, { tuningJobName: "a".repeat(33) }],
    [/twice/, { ranges: { optimizer: ["sgd", "sgd"] } }],
  ])("refuses with %s", (message, changes) => {
    expect(() => build(changes)).toThrow(message);
  });
});
