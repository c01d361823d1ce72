import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import * as z from "zod";
import type { SageMakerRuntimeClients } from "../../core/clients.js";
import { LabelsSchema } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { clientSchema, parseOptions } from "../../core/options.js";
import { describePrediction, parseProbabilities } from "../../core/prediction.js";
import { type HandlerContext, type HandlerResult, invalidPayload, parsePayload } from "./payload.js";

/** Options of {@link createClassifyHandler}. */
export interface ClassifyHandlerOptions {
  /** Name of the endpoint that classifies. */
  readonly endpointName: string;
  /** Class names in label order; with them the payload carries `label`. */
  readonly labels?: readonly string[];
  /** Content type of the images. @defaultValue `"image/png"` */
  readonly contentType?: "image/png" | "image/jpeg" | "application/x-image";
  /** AWS clients to use; a missing one is made at the first event and kept for the next ones. */
  readonly clients?: SageMakerRuntimeClients;
}

const OptionsSchema = z.strictObject({
  endpointName: ResourceNameSchema.min(1),
  labels: LabelsSchema.optional(),
  contentType: z.enum(["image/png", "image/jpeg", "application/x-image"]).default("image/png"),
  clients: z
    .object({ sagemakerRuntime: clientSchema<SageMakerRuntimeClient>("SageMakerRuntimeClient").optional() })
    .prefault({}),
});

/** What is kept back of the invocation's time, so that our own error leaves before Lambda ends the invocation. */
const DEADLINE_RESERVE_MS = 500;

/**
 * Makes the Lambda handler that sends the image of the payload to an endpoint and puts the probabilities into it. The
 * function's role needs `sagemaker:InvokeEndpoint` on the endpoint.
 *
 * @param options - See {@link ClassifyHandlerOptions}.
 * @returns A Lambda handler. It throws {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without an image,
 *   {@link PredictionError} `PREDICTION_INVALID` for an answer that is not one probability per label, and the
 *   runtime's own exceptions unchanged.
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
export function createClassifyHandler(
  options: ClassifyHandlerOptions,
): (event: unknown, context?: HandlerContext) => Promise<HandlerResult> {
  const { endpointName, labels, contentType, clients } = parseOptions("createClassifyHandler", OptionsSchema, options);
  let client = clients.sagemakerRuntime;
  return async (event, context) => {
    const payload = parsePayload(event);
    if (payload.image_data === "") {
      throw invalidPayload([{ path: "image_data", message: "is empty, run the serialize handler first" }]);
    }
    client ??= new SageMakerRuntimeClient({});
    const remaining = context?.getRemainingTimeInMillis?.();
    const answer = await client.send(
      new InvokeEndpointCommand({
        EndpointName: endpointName,
        ContentType: contentType,
        Accept: "application/json",
        // The bytes, not the base64 text: the container cannot read text as an image.
        Body: Buffer.from(payload.image_data, "base64"),
      }),
      remaining === undefined ? {} : { requestTimeout: Math.max(1, remaining - DEADLINE_RESERVE_MS) },
    );
    const inferences = parseProbabilities(new TextDecoder().decode(answer.Body));
    const { label, confidence } = describePrediction(inferences, labels);
    return { statusCode: 200, body: { ...payload, inferences, confidence, ...(label === undefined ? {} : { label }) } };
  };
}
