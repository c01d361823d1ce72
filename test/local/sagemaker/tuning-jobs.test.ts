import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListTagsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from "@aws-sdk/client-sagemaker";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { countCombinations, sampleHyperparameters } from "../../../src/local/sagemaker/sample-hyperparameters.js";
import { putImages, trainingRequest, until } from "./fixture.js";

let local: LocalAws;
beforeEach(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
  await putImages(local);
});
afterEach(() => local.close());

type Config = NonNullable<CreateHyperParameterTuningJobCommandInput["HyperParameterTuningJobConfig"]>;

function tuningRequest(
  changes: Partial<Config> = {},
  hyperparameters: Readonly<Record<string, string>> = {},
): CreateHyperParameterTuningJobCommandInput {
  const { TrainingJobName: _, HyperParameters, Tags: __, ...definition } = trainingRequest("any", hyperparameters);
  return {
    HyperParameterTuningJobName: "tune",
    HyperParameterTuningJobConfig: {
      Strategy: "Random",
      HyperParameterTuningJobObjective: { Type: "Maximize", MetricName: "validation:accuracy" },
      ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
      ParameterRanges: {
        IntegerParameterRanges: [{ Name: "mini_batch_size", MinValue: "4", MaxValue: "12" }],
        ContinuousParameterRanges: [
          { Name: "learning_rate", MinValue: "0.0001", MaxValue: "0.5", ScalingType: "Logarithmic" },
        ],
      },
      ...changes,
    },
    TrainingJobDefinition: {
      ...definition,
      RoleArn: definition.RoleArn,
      OutputDataConfig: definition.OutputDataConfig,
      StoppingCondition: definition.StoppingCondition,
      AlgorithmSpecification: { TrainingInputMode: "File", ...definition.AlgorithmSpecification },
      StaticHyperParameters: HyperParameters,
    },
    Tags: [{ Key: "team", Value: "scones" }],
  };
}

const create = (request: CreateHyperParameterTuningJobCommandInput) =>
  local.clients.sagemaker.send(new CreateHyperParameterTuningJobCommand(request));
const named = { HyperParameterTuningJobName: "tune" };
const describeJob = () => local.clients.sagemaker.send(new DescribeHyperParameterTuningJobCommand(named));
const isOver = ({ HyperParameterTuningJobStatus: status }: { HyperParameterTuningJobStatus?: string | undefined }) =>
  status !== "InProgress" && status !== "Stopping";
const listChildren = (query: object = {}) =>
  local.clients.sagemaker.send(new ListTrainingJobsForHyperParameterTuningJobCommand({ ...named, ...query }));

describe("a local tuning job", () => {
  it("runs its training jobs, no more at once than it may, and names the best", async () => {
    await create(tuningRequest());
    let most = 0;
    const end = await until(async () => {
      const seen = await describeJob();
      most = Math.max(most, seen.TrainingJobStatusCounters?.InProgress ?? 0);
      return seen;
    }, isOver);
    expect(most).toBe(2);
    expect(end).toMatchObject({
      HyperParameterTuningJobStatus: "Completed",
      TrainingJobStatusCounters: { Completed: 4, InProgress: 0, NonRetryableError: 0, Stopped: 0 },
      ObjectiveStatusCounters: { Succeeded: 4, Pending: 0, Failed: 0 },
    });
    const { TrainingJobSummaries: children = [] } = await listChildren({
      SortBy: "FinalObjectiveMetricValue",
      SortOrder: "Descending",
    });
    expect(children).toHaveLength(4);
    expect(new Set(children.map(({ TunedHyperParameters: tuned }) => tuned?.["learning_rate"])).size).toBe(4);
    const values = children.map((child) => child.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? -1);
    expect(values).toEqual(values.toSorted((one, other) => other - one));
    const best = end.BestTrainingJob;
    expect(best?.FinalHyperParameterTuningJobObjectiveMetric).toEqual({
      Type: "Maximize",
      MetricName: "validation:accuracy",
      Value: values[0],
    });
    expect(best?.TrainingJobName).toMatch(/^tune-00\d-[0-9a-f]{8}$/);
    const training = await local.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: best?.TrainingJobName }),
    );
    expect(training.TuningJobArn).toBe(end.HyperParameterTuningJobArn);
    expect(training.HyperParameters).toMatchObject({ epochs: "2", ...best?.TunedHyperParameters });
    const tags = await local.clients.sagemaker.send(new ListTagsCommand({ ResourceArn: training.TrainingJobArn }));
    expect(tags.Tags).toEqual([{ Key: "team", Value: "scones" }]);
    const list = await local.clients.sagemaker.send(new ListHyperParameterTuningJobsCommand({}));
    expect(list.HyperParameterTuningJobSummaries).toMatchObject([{ Strategy: "Random", ...named }]);
  });

  it("takes its training jobs with it when it is stopped", async () => {
    await create(tuningRequest({}, { epochs: "2000" }));
    await until(describeJob, (seen) => seen.TrainingJobStatusCounters?.InProgress === 2);
    await local.clients.sagemaker.send(new StopHyperParameterTuningJobCommand(named));
    const end = await until(describeJob, isOver);
    expect(end).toMatchObject({
      HyperParameterTuningJobStatus: "Stopped",
      TrainingJobStatusCounters: { Stopped: 2, InProgress: 0 },
    });
    expect(end.BestTrainingJob).toBeUndefined();
  });

  it("ends when its target is reached, and fails when every training job did", async () => {
    await create(tuningRequest({ TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 0 } }));
    const end = await until(describeJob, isOver);
    expect(end.TrainingJobStatusCounters?.Completed).toBeLessThan(4);
    await create({ ...tuningRequest({}, { image_shape: "3,16,16" }), HyperParameterTuningJobName: "fails" });
    const failed = await until(
      () =>
        local.clients.sagemaker.send(
          new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "fails" }),
        ),
      isOver,
    );
    expect(failed).toMatchObject({
      HyperParameterTuningJobStatus: "Failed",
      FailureReason: expect.stringContaining("All training jobs failed"),
      TrainingJobStatusCounters: { NonRetryableError: 4 },
    });
  });

  it("goes through every combination of a grid", async () => {
    const ParameterRanges = {
      CategoricalParameterRanges: [
        { Name: "optimizer", Values: ["sgd", "adam"] },
        { Name: "mini_batch_size", Values: ["4", "8"] },
      ],
    };
    const limits = { ResourceLimits: { MaxParallelTrainingJobs: 1 } };
    await create(tuningRequest({ Strategy: "Grid", ParameterRanges, ...limits }));
    await until(describeJob, isOver);
    const { TrainingJobSummaries: children = [] } = await listChildren();
    expect(children.map((child) => Object.values(child.TunedHyperParameters ?? {}).join()).toSorted()).toEqual([
      "adam,4",
      "adam,8",
      "sgd,4",
      "sgd,8",
    ]);
  });

  it.each<[string, Partial<Config>]>([
    ["Hyperband", { Strategy: "Hyperband" }],
    ["at least one", { ParameterRanges: {} }],
    ["categorical", { Strategy: "Grid" }],
    ["MaxParallel", { ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 2 } }],
    ["required", { ResourceLimits: { MaxParallelTrainingJobs: 2 } }],
    ["Maximize", { HyperParameterTuningJobObjective: { Type: "Minimize", MetricName: "validation:accuracy" } }],
  ])("refuses what it cannot do: %s", async (word, changes) => {
    await expect(create(tuningRequest(changes))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(word),
    });
  });

  it("is there once under a name, and not there under another", async () => {
    await create(tuningRequest());
    await expect(create(tuningRequest())).rejects.toMatchObject({ name: "ResourceInUse" });
    const none = new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "none" });
    await expect(local.clients.sagemaker.send(none)).rejects.toMatchObject({ name: "ResourceNotFound" });
  });
});

describe("a tuning job in a directory", () => {
  it("is there again with its training jobs, and has failed if it ran when the process ended", async () => {
    await local.close();
    const directory = await mkdtemp(join(tmpdir(), "scones-tuning-"));
    const open = () => createLocalAws({ directory, trainer: { network: "small", threads: 1 } });
    local = await open();
    await putImages(local);
    await create(tuningRequest());
    const before = await until(describeJob, isOver);
    await create({ ...tuningRequest({}, { epochs: "20000" }), HyperParameterTuningJobName: "ran" });
    await local.close();
    local = await open();
    const after = await describeJob();
    expect({ ...after, $metadata: {} }).toEqual({ ...before, $metadata: {} });
    const ran = await local.clients.sagemaker.send(
      new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "ran" }),
    );
    expect(["Failed", "Stopped"]).toContain(ran.HyperParameterTuningJobStatus);
    await rm(directory, { recursive: true });
  });
});

describe("chosen hyper-parameters", () => {
  const scales = fc.constantFrom("Auto", "Linear", "Logarithmic", "ReverseLogarithmic");

  it("stay in their ranges, and are the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.49, noNaN: true }),
        scales,
        fc.nat(),
        fc.nat(1000),
        (min, width, ScalingType, seed, index) => {
          const max = min + width;
          const ranges = {
            ContinuousParameterRanges: [{ Name: "x", MinValue: String(min), MaxValue: String(max), ScalingType }],
            IntegerParameterRanges: [{ Name: "n", MinValue: "8", MaxValue: "512" }],
          };
          const chosen = sampleHyperparameters(ranges, { strategy: "Random", seed, index });
          expect(Number(chosen["x"])).toBeGreaterThanOrEqual(min);
          expect(Number(chosen["x"])).toBeLessThanOrEqual(max);
          expect(Number(chosen["n"])).toBeGreaterThanOrEqual(8);
          expect(Number(chosen["n"])).toBeLessThanOrEqual(512);
          expect(sampleHyperparameters(ranges, { strategy: "Random", seed, index })).toEqual(chosen);
        },
      ),
    );
    expect(countCombinations({})).toBe(1);
  });
});
