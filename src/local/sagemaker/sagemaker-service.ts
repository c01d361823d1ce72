import { createJsonService } from "../json-service.js";
import { validationError } from "../service-error.js";
import type { WireService } from "../wire.js";
import type { CreateEndpointRequest, Endpoints, UpdateEndpointRequest, UpdateWeightsRequest } from "./endpoints.js";
import type { ListRequest } from "./list-resources.js";
import type { CreateEndpointConfigRequest, CreateModelRequest, Models } from "./models.js";
import { requestShapes, type SageMakerOperation } from "./request-shapes.js";
import type { Tag, Tags } from "./tags.js";
import type { CreateTrainingJobRequest, TrainingJobs } from "./training-jobs.js";
import type { CreateTransformJobRequest, TransformJobs } from "./transform-jobs.js";
import type { CreateTuningJobRequest, ListTunedJobsRequest, TuningJobs } from "./tuning-jobs.js";

/** What the operations work on. @internal */
export interface SageMakerParts {
  /** Training jobs. */
  readonly jobs: TrainingJobs;
  /** Models and endpoint configurations. */
  readonly models: Models;
  /** Endpoints. */
  readonly endpoints: Endpoints;
  /** Transform jobs. */
  readonly transforms: TransformJobs;
  /** Tuning jobs. */
  readonly tunings: TuningJobs;
  /** Tags of all resources. */
  readonly tags: Tags;
}

/**
 * Makes the local SageMaker control plane. Every request is first held against the service model's constraints.
 *
 * @param parts - What the operations work on.
 * @returns The service.
 * @internal
 */
export function createSageMakerService(parts: SageMakerParts): WireService {
  return createJsonService({
    name: "sagemaker",
    targetPrefix: "SageMaker.",
    shapes: requestShapes,
    operations: createOperations(parts),
    refuse: validationError,
  });
}

/** The shapes are checked before an operation runs, which is what the casts stand on. */
function createOperations({
  jobs,
  models,
  endpoints,
  transforms,
  tunings,
  tags,
}: SageMakerParts): Readonly<Record<SageMakerOperation, (input: unknown) => unknown>> {
  type Job = { readonly TrainingJobName: string };
  type Model = { readonly ModelName: string };
  type Config = { readonly EndpointConfigName: string };
  type Endpoint = { readonly EndpointName: string };
  type Transform = { readonly TransformJobName: string };
  type Tuning = { readonly HyperParameterTuningJobName: string };
  type Tagged = { readonly ResourceArn: string; readonly Tags: readonly Tag[]; readonly TagKeys: readonly string[] };
  return {
    CreateTrainingJob: (input) => jobs.create(input as CreateTrainingJobRequest),
    DescribeTrainingJob: (input) => jobs.describe(input as Job),
    StopTrainingJob: (input) => jobs.stop(input as Job),
    ListTrainingJobs: (input) => jobs.list(input as ListRequest),
    CreateTransformJob: (input) => transforms.create(input as CreateTransformJobRequest),
    DescribeTransformJob: (input) => transforms.describe(input as Transform),
    StopTransformJob: (input) => transforms.stop(input as Transform),
    ListTransformJobs: (input) => transforms.list(input as ListRequest),
    CreateHyperParameterTuningJob: (input) => tunings.create(input as CreateTuningJobRequest),
    DescribeHyperParameterTuningJob: (input) => tunings.describe(input as Tuning),
    StopHyperParameterTuningJob: (input) => tunings.stop(input as Tuning),
    ListHyperParameterTuningJobs: (input) => tunings.list(input as ListRequest),
    ListTrainingJobsForHyperParameterTuningJob: (input) => tunings.listTrainingJobs(input as ListTunedJobsRequest),
    CreateModel: (input) => models.createModel(input as CreateModelRequest),
    DescribeModel: (input) => models.describeModel(input as Model),
    DeleteModel: (input) => models.deleteModel(input as Model),
    ListModels: (input) => models.listModels(input as ListRequest),
    CreateEndpointConfig: (input) => models.createConfig(input as CreateEndpointConfigRequest),
    DescribeEndpointConfig: (input) => models.describeConfig(input as Config),
    DeleteEndpointConfig: (input) => models.deleteConfig(input as Config),
    ListEndpointConfigs: (input) => models.listConfigs(input as ListRequest),
    CreateEndpoint: (input) => endpoints.create(input as CreateEndpointRequest),
    DescribeEndpoint: (input) => endpoints.describe(input as Endpoint),
    DeleteEndpoint: (input) => endpoints.delete(input as Endpoint),
    UpdateEndpoint: (input) => endpoints.update(input as UpdateEndpointRequest),
    UpdateEndpointWeightsAndCapacities: (input) => endpoints.updateWeights(input as UpdateWeightsRequest),
    ListEndpoints: (input) => endpoints.list(input as ListRequest),
    AddTags: (input) => tags.add(input as Tagged),
    DeleteTags: (input) => tags.delete(input as Tagged),
    ListTags: (input) => tags.list(input as Tagged),
  };
}
