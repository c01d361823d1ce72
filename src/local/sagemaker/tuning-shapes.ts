import type { Shape } from "../shapes.js";
import { trainingJobMembers } from "./job-shapes.js";
import { integer, listOf, oneOf, structure, tags, text, timestamp } from "./shape-parts.js";

/*
 * Requests about hyper-parameter tuning jobs.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.11).
 */

const jobName = text({ min: 1, max: 32, pattern: /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}/ });
const key = text({ max: 256 });
const value = text({ max: 256 });
const scalingType = oneOf("Auto", "Linear", "Logarithmic", "ReverseLogarithmic");
const numberRange = structure(
  { Name: key, MinValue: value, MaxValue: value, ScalingType: scalingType },
  "Name",
  "MinValue",
  "MaxValue",
);
const parameterRanges = structure({
  IntegerParameterRanges: listOf(numberRange, { max: 30 }),
  ContinuousParameterRanges: listOf(numberRange, { max: 30 }),
  CategoricalParameterRanges: listOf(
    structure({ Name: key, Values: listOf(value, { min: 1, max: 30 }) }, "Name", "Values"),
    { max: 30 },
  ),
});
const objective = structure(
  { Type: oneOf("Maximize", "Minimize"), MetricName: text({ min: 1, max: 255 }) },
  "Type",
  "MetricName",
);
const { HyperParameters, TrainingJobName: _name, Tags: _tags, ...definitionMembers } = trainingJobMembers;
const definition = structure(
  {
    ...definitionMembers,
    DefinitionName: text({ min: 1, max: 64, pattern: /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}/ }),
    TuningObjective: objective,
    HyperParameterRanges: parameterRanges,
    StaticHyperParameters: HyperParameters,
    AlgorithmSpecification: structure(
      {
        TrainingImage: text({ max: 255 }),
        TrainingInputMode: oneOf("Pipe", "File", "FastFile"),
        MetricDefinitions: listOf(
          structure({ Name: text({ min: 1, max: 255 }), Regex: text({ min: 1, max: 500 }) }, "Name", "Regex"),
          { max: 40 },
        ),
      },
      "TrainingInputMode",
    ),
    Environment: { kind: "map", key: text({ max: 512 }), value: text({ max: 512 }), max: 48 },
  },
  "AlgorithmSpecification",
  "RoleArn",
  "OutputDataConfig",
  "StoppingCondition",
);

const page = { NextToken: text({ max: 8192 }), MaxResults: integer({ min: 1, max: 100 }) };
const sortOrder = oneOf("Ascending", "Descending");
const named = structure({ HyperParameterTuningJobName: jobName }, "HyperParameterTuningJobName");

/** The shape of each request about tuning jobs, by operation. @internal */
export const tuningShapes = {
  CreateHyperParameterTuningJob: structure(
    {
      HyperParameterTuningJobName: jobName,
      HyperParameterTuningJobConfig: structure(
        {
          Strategy: oneOf("Bayesian", "Random", "Hyperband", "Grid"),
          HyperParameterTuningJobObjective: objective,
          ResourceLimits: structure(
            {
              MaxNumberOfTrainingJobs: integer({ min: 1 }),
              MaxParallelTrainingJobs: integer({ min: 1 }),
              MaxRuntimeInSeconds: integer({ min: 120, max: 15_768_000 }),
            },
            "MaxParallelTrainingJobs",
          ),
          ParameterRanges: parameterRanges,
          TrainingJobEarlyStoppingType: oneOf("Off", "Auto"),
          TuningJobCompletionCriteria: structure({ TargetObjectiveMetricValue: { kind: "number", integer: false } }),
          RandomSeed: integer({ min: 0 }),
        },
        "Strategy",
        "ResourceLimits",
      ),
      TrainingJobDefinition: definition,
      Tags: tags,
    },
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobConfig",
  ),
  DescribeHyperParameterTuningJob: named,
  StopHyperParameterTuningJob: named,
  ListHyperParameterTuningJobs: structure({
    ...page,
    SortBy: oneOf("Name", "Status", "CreationTime"),
    SortOrder: sortOrder,
    NameContains: text({ max: 63, pattern: /[a-zA-Z0-9-]+/ }),
    CreationTimeAfter: timestamp,
    CreationTimeBefore: timestamp,
    LastModifiedTimeAfter: timestamp,
    LastModifiedTimeBefore: timestamp,
    StatusEquals: oneOf("Completed", "InProgress", "Failed", "Stopped", "Stopping", "Deleting", "DeleteFailed"),
  }),
  ListTrainingJobsForHyperParameterTuningJob: structure(
    {
      ...page,
      HyperParameterTuningJobName: jobName,
      StatusEquals: oneOf("InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting"),
      SortBy: oneOf("Name", "CreationTime", "Status", "FinalObjectiveMetricValue"),
      SortOrder: sortOrder,
    },
    "HyperParameterTuningJobName",
  ),
} as const satisfies Readonly<Record<string, Shape>>;
