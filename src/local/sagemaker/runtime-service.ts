import { ServiceError } from "../service-error.js";
import { jsonError, readBody, type WireRequest, type WireResponse, type WireService } from "../wire.js";
import { CaptureWriter } from "./capture-writer.js";
import { variantLog } from "./endpoint-log.js";
import type { Endpoints } from "./endpoints.js";
import type { SageMakerEnvironment } from "./environment.js";
import { askContainer, ContainerRefusal, modelError, type Payload } from "./model-container.js";
import { createRandom } from "./random.js";
import type { Fleet, RunningVariant } from "./variant-fleet.js";

/** Most bytes of a request or an answer. Source: boto/botocore, sagemaker-runtime/2017-05-13. */
const MAX_BODY_BYTES = 6_291_456;

/**
 * Makes the local SageMaker Runtime, which answers InvokeEndpoint and captures it.
 *
 * @param environment - Clock, seed and S3.
 * @param endpoints - The endpoints.
 * @returns The service.
 * @internal
 */
export function createRuntimeService(environment: SageMakerEnvironment, endpoints: Endpoints): WireService {
  const captures = new CaptureWriter(environment);
  const random = createRandom(environment.seed);
  return async (request) => {
    try {
      return await invoke(request);
    } catch (error) {
      if (error instanceof ServiceError) return jsonError(error.status, error.type, error.message, error.members);
      throw error;
    }
  };

  async function invoke(request: WireRequest): Promise<WireResponse> {
    const name = decodeName(/^\/endpoints\/([^/]+)\/invocations$/.exec(request.path)?.[1] ?? "");
    if (request.method !== "POST" || name === "") {
      throw new ServiceError(
        404,
        "UnknownOperationException",
        `${request.method} ${request.path} is not an operation.`,
      );
    }
    const fleet = findFleet(name);
    const variant = chooseVariant(name, fleet.production, request.headers["x-amzn-sagemaker-target-variant"]);
    const body = await readBody(request.body, MAX_BODY_BYTES);
    if (body === undefined) {
      throw new ServiceError(413, "ValidationError", `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    const input = { contentType: request.headers["content-type"] ?? "application/octet-stream", body };
    const answer = (chosen: RunningVariant) => answerAndCapture(name, fleet, chosen, input, request);
    const output = await answer(variant);
    await shadow(fleet, answer);
    return {
      status: 200,
      headers: {
        "content-type": output.contentType,
        "x-amzn-invoked-production-variant": variant.config.VariantName,
      },
      body: output.body,
    };
  }

  async function answerAndCapture(
    endpointName: string,
    { capture }: Fleet,
    { classifier, config }: RunningVariant,
    input: Payload,
    { headers }: WireRequest,
  ): Promise<Payload> {
    const output = ask(endpointName, config.VariantName, () => askContainer(classifier, input, headers["accept"]));
    if (capture && (capture.EnableCapture ?? true) && random() * 100 < capture.InitialSamplingPercentage) {
      const inferenceId = headers["x-amzn-sagemaker-inference-id"];
      const customAttributes = headers["x-amzn-sagemaker-custom-attributes"];
      await captures.write(capture, {
        endpointName,
        variantName: config.VariantName,
        input,
        output,
        ...(inferenceId === undefined ? {} : { inferenceId }),
        ...(customAttributes === undefined ? {} : { customAttributes }),
      });
    }
    return output;
  }

  function ask(endpointName: string, variantName: string, container: () => Payload): Payload {
    try {
      return container();
    } catch (error) {
      if (!(error instanceof ContainerRefusal)) throw error;
      const log = variantLog(environment, endpointName, variantName);
      log.write(`ERROR ${error.status} ${error.message}`);
      throw modelError(error, log.arn);
    }
  }

  /** A shadow variant gets its share of the requests; what it answers, or does not, is never seen by the caller. */
  async function shadow(fleet: Fleet, answer: (variant: RunningVariant) => Promise<Payload>): Promise<void> {
    const total = fleet.production.reduce((sum, { weight }) => sum + weight, 0);
    for (const variant of fleet.shadow) {
      if (random() * total >= variant.weight) continue;
      await answer(variant).catch((error: unknown) => {
        if (!(error instanceof ServiceError)) throw error;
      });
    }
  }

  /** During an update the old variants go on answering. */
  function findFleet(name: string): Fleet {
    const endpoint = endpoints.get(name);
    if (endpoint?.fleet !== undefined) return endpoint.fleet;
    const what = `Endpoint ${name} of account ${environment.accountId}`;
    throw new ServiceError(
      400,
      "ValidationError",
      endpoint === undefined ? `${what} not found.` : `${what} is not in service, its status is ${endpoint.status}.`,
    );
  }

  function chooseVariant(
    endpointName: string,
    variants: readonly RunningVariant[],
    target: string | undefined,
  ): RunningVariant {
    if (target !== undefined) {
      const named = variants.find(({ config }) => config.VariantName === target);
      if (named) return named;
      throw new ServiceError(400, "ValidationError", `Variant ${target} of endpoint ${endpointName} not found.`);
    }
    const total = variants.reduce((sum, { weight }) => sum + weight, 0);
    let rest = random() * total;
    const chosen = variants.find(({ weight }) => {
      rest -= weight;
      return rest < 0;
    });
    if (chosen) return chosen;
    throw new ServiceError(400, "ValidationError", `No variant of endpoint ${endpointName} has a weight above 0.`);
  }
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ServiceError(400, "ValidationError", `The name of the endpoint cannot be read: ${encoded}`);
  }
}
