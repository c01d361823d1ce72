import { ServiceError } from "../service-error.js";
import { jsonError, readBody, type WireRequest, type WireResponse, type WireService } from "../wire.js";
import { CaptureWriter } from "./capture-writer.js";
import { decodeImage, resizeImage } from "./decode-image.js";
import type { Endpoint, Endpoints, RunningVariant } from "./endpoints.js";
import type { SageMakerEnvironment } from "./environment.js";
import { createRandom } from "./random.js";

/** Most bytes of a request or an answer. Source: boto/botocore, sagemaker-runtime/2017-05-13. */
const MAX_BODY_BYTES = 6_291_456;
const IMAGE_TYPES = ["application/x-image", "image/png", "image/jpeg"];

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
    const endpoint = findInService(name);
    const variant = chooseVariant(endpoint, request.headers["x-amzn-sagemaker-target-variant"]);
    const body = await readBody(request.body, MAX_BODY_BYTES);
    if (body === undefined) {
      throw new ServiceError(413, "ValidationError", `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    const contentType = request.headers["content-type"] ?? "application/octet-stream";
    const output = classify(variant, body, contentType, request.headers["accept"]);
    const { capture } = endpoint;
    if (capture && (capture.EnableCapture ?? true) && random() * 100 < capture.InitialSamplingPercentage) {
      const inferenceId = request.headers["x-amzn-sagemaker-inference-id"];
      const customAttributes = request.headers["x-amzn-sagemaker-custom-attributes"];
      await captures.write(capture, {
        endpointName: endpoint.name,
        variantName: variant.config.VariantName,
        input: { contentType, body },
        output,
        ...(inferenceId === undefined ? {} : { inferenceId }),
        ...(customAttributes === undefined ? {} : { customAttributes }),
      });
    }
    return {
      status: 200,
      headers: {
        "content-type": output.contentType,
        "x-amzn-invoked-production-variant": variant.config.VariantName,
      },
      body: output.body,
    };
  }

  function findInService(name: string): Endpoint {
    const endpoint = endpoints.get(name);
    if (endpoint === undefined) {
      throw new ServiceError(400, "ValidationError", `Endpoint ${name} of account ${environment.accountId} not found.`);
    }
    if (endpoint.status !== "InService") {
      throw new ServiceError(
        400,
        "ValidationError",
        `Endpoint ${name} of account ${environment.accountId} is not in service, its status is ${endpoint.status}.`,
      );
    }
    return endpoint;
  }

  function chooseVariant(endpoint: Endpoint, target: string | undefined): RunningVariant {
    if (target !== undefined) {
      const named = endpoint.running.find(({ config }) => config.VariantName === target);
      if (named) return named;
      throw new ServiceError(400, "ValidationError", `Variant ${target} of endpoint ${endpoint.name} not found.`);
    }
    const total = endpoint.running.reduce((sum, { weight }) => sum + weight, 0);
    let rest = random() * total;
    const chosen = endpoint.running.find(({ weight }) => {
      rest -= weight;
      return rest < 0;
    });
    if (chosen) return chosen;
    throw new ServiceError(400, "ValidationError", `No variant of endpoint ${endpoint.name} has a weight above 0.`);
  }
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ServiceError(400, "ValidationError", `The name of the endpoint cannot be read: ${encoded}`);
  }
}

function classify(
  { classifier }: RunningVariant,
  body: Uint8Array,
  contentType: string,
  accept: string | undefined,
): { readonly contentType: string; readonly body: Uint8Array } {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!IMAGE_TYPES.includes(type)) {
    throw modelError(415, `Unsupported content type "${type}", the container takes ${IMAGE_TYPES.join(", ")}`);
  }
  let pixels: Uint8Array;
  try {
    pixels = resizeImage(decodeImage(body), classifier.imageShape);
  } catch (error) {
    throw modelError(400, `unable to evaluate payload provided: ${error instanceof Error ? error.message : error}`);
  }
  const probabilities = `[${classifier.classify(pixels).join(", ")}]`;
  const asLines = accept?.includes("application/jsonlines") === true;
  return {
    contentType: asLines ? "application/jsonlines" : "application/json",
    body: Buffer.from(asLines ? `{"prediction": ${probabilities}}\n` : probabilities),
  };
}

function modelError(status: number, message: string): ServiceError {
  return new ServiceError(
    424,
    "ModelError",
    `Received client error (${status}) from primary with message "${message}".`,
    { OriginalStatusCode: status, OriginalMessage: message },
  );
}
