import type { S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import * as z from "zod";
import type { S3Clients, SageMakerRuntimeClients } from "../../core/clients.js";
import { LabelsSchema } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions } from "../../core/options.js";
import { describePrediction, parseProbabilities } from "../../core/prediction.js";
import { explainInvocationError } from "../endpoints/explain-invocation-error.js";
import { withinDeadline } from "./deadline.js";
import { type ClassifyingEndpoint, createEndpointSource, type EndpointResolver } from "./endpoint-source.js";
import { handleImages } from "./handle-images.js";
import {
  type HandlerContext,
  type InferenceHandler,
  type InferencePayload,
  InvalidPayloadError,
  withoutAnswer,
} from "./payload.js";
import { retryInvocation } from "./retry-invocation.js";

/** Options of {@link createClassifyHandler}. */
export interface ClassifyHandlerOptions {
  /**
   * Name of the endpoint that classifies, or a function that finds it at run time, for example in a parameter, so that a
   * redeploy under another name needs no new function. It may return a `DeployedEndpoint`, which brings its labels. It is
   * called at the first event, again when its answer is older than `cacheMs`, and at once when the endpoint is gone.
   */
  readonly endpointName: string | EndpointResolver;
  /** Class names in label order; with them the payload carries `label`. @defaultValue those that the endpoint was resolved with */
  readonly labels?: readonly string[];
  /** Content type of the images. @defaultValue `"image/png"` */
  readonly contentType?: "image/png" | "image/jpeg" | "application/x-image";
  /** Milliseconds for which a resolved endpoint is taken as true, 0 to 86,400,000. @defaultValue `60000` */
  readonly cacheMs?: number;
  /** How many images of a batch are classified at once, 1 to 100. @defaultValue `8` */
  readonly concurrency?: number;
  /** AWS clients to use; a missing one is made when it is first needed and kept for the next events. */
  readonly clients?: SageMakerRuntimeClients & S3Clients;
}

const OptionsSchema = z.strictObject({
  endpointName: z.union([ResourceNameSchema.min(1), callbackSchema<EndpointResolver>()]),
  labels: LabelsSchema.optional(),
  contentType: z.enum(["image/png", "image/jpeg", "application/x-image"]).default("image/png"),
  cacheMs: z.int().min(0).max(86_400_000).default(60_000),
  concurrency: z.int().min(1).max(100).default(8),
  clients: z
    .object({
      sagemakerRuntime: clientSchema<SageMakerRuntimeClient>("SageMakerRuntimeClient").optional(),
      s3: clientSchema<S3Client>("S3Client").optional(),
    })
    .prefault({}),
});

/** Most bytes of a request's body. Source: InvokeEndpoint, SageMaker Runtime API reference. */
const MAX_BODY_BYTES = 6_291_456;

/**
 * Makes the Lambda handler that sends the image of the payload to an endpoint and puts the probabilities into it. An image
 * that is not in the payload is read from S3. Requests are repeated, at most twice, where the kind of error allows it.
 * The function's role needs `sagemaker:InvokeEndpoint` on the endpoint, and `s3:GetObject` for images that stay in S3.
 *
 * @param options - See {@link ClassifyHandlerOptions}.
 * @returns A Lambda handler for every form of event that {@link parseEnvelope} reads. It throws
 *   {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without bucket and key, `IMAGE_TOO_LARGE` for an image
 *   above the endpoint's 6,291,456 bytes, {@link PredictionError} `PREDICTION_INVALID` for an answer that is not one
 *   probability per label, {@link WaitTimeoutError} `WAIT_TIMEOUT` shortly before Lambda would end the invocation, and
 *   AWS's own exceptions unchanged; for an event with several images these stand at the image instead.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createClassifyHandler } from "scones-ml/inference";
 *
 * export const handler = createClassifyHandler({
 *   endpointName: "scones-vehicles",
 *   labels: ["bicycle", "motorcycle"],
 * });
 * ```
 */
export function createClassifyHandler(options: ClassifyHandlerOptions): InferenceHandler {
  const { endpointName, labels, contentType, cacheMs, concurrency, clients } = parseOptions(
    "createClassifyHandler",
    OptionsSchema,
    options,
  );
  const endpoints = createEndpointSource(endpointName, cacheMs);
  let runtime = clients.sagemakerRuntime;
  let s3 = clients.s3;

  const readBytes = async (payload: InferencePayload, signal: AbortSignal | undefined) => {
    if (payload.image_data !== "") return Buffer.from(payload.image_data, "base64");
    const { createS3Client, readImage } = await import("./read-image.js");
    s3 ??= createS3Client();
    const image = await readImage(s3, payload, MAX_BODY_BYTES, signal);
    if ("bytes" in image) return image.bytes;
    throw tooLarge(`s3://${payload.s3_bucket}/${payload.s3_key}`, image.tooLarge);
  };

  const ask = async (endpoint: ClassifyingEndpoint, image: Uint8Array, signal: AbortSignal | undefined) => {
    // One attempt: which errors are worth another one is decided by retryInvocation.
    runtime ??= new SageMakerRuntimeClient({ maxAttempts: 1 });
    const client = runtime;
    const command = new InvokeEndpointCommand({
      EndpointName: endpoint.endpointName,
      ContentType: contentType,
      Accept: "application/json",
      // The bytes, not the base64 text: the container cannot read text as an image.
      Body: image,
    });
    const send = () => client.send(command, signal === undefined ? {} : { abortSignal: signal });
    const answer = await retryInvocation(send, signal);
    const inferences = parseProbabilities(new TextDecoder().decode(answer.Body));
    const { label, confidence } = describePrediction(inferences, labels ?? endpoint.labels);
    return { inferences, confidence, ...(label === undefined ? {} : { label }) };
  };

  const classify = async (payload: InferencePayload, signal: AbortSignal | undefined): Promise<InferencePayload> => {
    const [endpoint, image] = await Promise.all([endpoints.get(signal), readBytes(payload, signal)]);
    const rest = withoutAnswer(payload);
    try {
      return { ...rest, ...(await ask(endpoint, image, signal)) };
    } catch (error) {
      if (explainInvocationError(error).kind !== "not-found") throw error;
      const successor = await endpoints.replace(endpoint, signal);
      if (successor === undefined) throw error;
      return { ...rest, ...(await ask(successor, image, signal)) };
    }
  };

  const prepare = (_: readonly InferencePayload[], context: HandlerContext | undefined) => {
    return (payload: InferencePayload) =>
      withinDeadline(context, "the endpoint's answer", (signal) => classify(payload, signal));
  };
  return ((event: unknown, context?: HandlerContext) =>
    handleImages(event, context, { concurrency, prepare })) as InferenceHandler;
}

function tooLarge(location: string, bytes: number): InvalidPayloadError {
  return new InvalidPayloadError({
    code: "IMAGE_TOO_LARGE",
    message: `${location} has ${bytes} bytes, but an endpoint takes ${MAX_BODY_BYTES} at most. Scale the image down before it is uploaded.`,
    details: { location, bytes, limit: MAX_BODY_BYTES },
  });
}
