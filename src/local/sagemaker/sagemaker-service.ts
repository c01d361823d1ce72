import { isSconesError } from "../../core/errors.js";
import { unsupportedOperation } from "../local-operation-error.js";
import { ServiceError, validationError } from "../service-error.js";
import { checkShape } from "../shapes.js";
import { jsonError, jsonResponse, readBody, type WireService } from "../wire.js";
import type { CreateEndpointRequest, Endpoints } from "./endpoints.js";
import type { CreateEndpointConfigRequest, CreateModelRequest, Models } from "./models.js";
import { requestShapes, type SageMakerOperation } from "./request-shapes.js";
import type { CreateTrainingJobRequest, TrainingJobs } from "./training-jobs.js";

/** Most bytes of a request. */
const MAX_REQUEST_BYTES = 1_048_576;

/** What the operations work on. @internal */
export interface SageMakerParts {
  /** Training jobs. */
  readonly jobs: TrainingJobs;
  /** Models and endpoint configurations. */
  readonly models: Models;
  /** Endpoints. */
  readonly endpoints: Endpoints;
}

/**
 * Makes the local SageMaker control plane. Every request is first held against the service model's constraints.
 *
 * @param parts - What the operations work on.
 * @returns The service.
 * @internal
 */
export function createSageMakerService(parts: SageMakerParts): WireService {
  const operations = createOperations(parts);
  return async (request) => {
    const operation = (request.headers["x-amz-target"] ?? "").replace(/^SageMaker\./, "");
    if (!Object.hasOwn(operations, operation)) throw unsupportedOperation("sagemaker", operation);
    const name = operation as SageMakerOperation;
    try {
      const body = await readBody(request.body, MAX_REQUEST_BYTES);
      const input = parseInput(body);
      const findings = checkShape(requestShapes[name], input);
      if (findings.length > 0) {
        const plural = findings.length === 1 ? "error" : "errors";
        throw validationError(`${findings.length} validation ${plural} detected: ${findings.join("; ")}`);
      }
      return jsonResponse(200, await operations[name](input));
    } catch (error) {
      if (error instanceof ServiceError) return jsonError(error.status, error.type, error.message, error.members);
      if (isSconesError(error, "S3_URI_INVALID")) return jsonError(400, "ValidationException", error.message);
      throw error;
    }
  };
}

function parseInput(body: Uint8Array | undefined): unknown {
  if (body === undefined) throw validationError(`The request is larger than ${MAX_REQUEST_BYTES} bytes.`);
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new ServiceError(400, "SerializationException", "The request body is not JSON.");
  }
}

/** The shapes are checked before an operation runs, which is what the casts stand on. */
function createOperations({
  jobs,
  models,
  endpoints,
}: SageMakerParts): Readonly<Record<SageMakerOperation, (input: unknown) => unknown>> {
  type Job = { readonly TrainingJobName: string };
  type Model = { readonly ModelName: string };
  type Config = { readonly EndpointConfigName: string };
  type Endpoint = { readonly EndpointName: string };
  return {
    CreateTrainingJob: (input) => jobs.create(input as CreateTrainingJobRequest),
    DescribeTrainingJob: (input) => jobs.describe(input as Job),
    StopTrainingJob: (input) => jobs.stop(input as Job),
    CreateModel: (input) => models.createModel(input as CreateModelRequest),
    DescribeModel: (input) => models.describeModel(input as Model),
    DeleteModel: (input) => models.deleteModel(input as Model),
    CreateEndpointConfig: (input) => models.createConfig(input as CreateEndpointConfigRequest),
    DescribeEndpointConfig: (input) => models.describeConfig(input as Config),
    DeleteEndpointConfig: (input) => models.deleteConfig(input as Config),
    CreateEndpoint: (input) => endpoints.create(input as CreateEndpointRequest),
    DescribeEndpoint: (input) => endpoints.describe(input as Endpoint),
    DeleteEndpoint: (input) => endpoints.delete(input as Endpoint),
  };
}
