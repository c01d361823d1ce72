import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerRuntimeClients } from "../../core/clients.js";
import { type DeployedEndpoint, LabelsSchema } from "../../core/contracts.js";
import { ResourceNameSchema } from "../../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { describePrediction, type Prediction, parseProbabilities } from "../../core/prediction.js";
import { useClient } from "../../core/use-client.js";

/** Options of {@link invokeEndpoint}. */
export interface InvokeEndpointOptions {
  /** The endpoint, or its name. */
  readonly endpoint: DeployedEndpoint | string;
  /** The image file's bytes, at most 6,291,456. */
  readonly image: Uint8Array;
  /** Class names in label order. @defaultValue those of the endpoint, where it is not just a name */
  readonly labels?: readonly string[];
  /** Variant to ask. @defaultValue one by weight */
  readonly variant?: string;
  /** Stored with the captured request, to join it to the truth later; 1 to 64 characters. */
  readonly inferenceId?: string;
  /** What the bytes are. @defaultValue `"image/png"` for PNG, `"image/jpeg"` for JPEG, else `"application/x-image"` */
  readonly contentType?: string;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerRuntimeClients;
  /** Gives up; the model may still answer, and the request be captured. */
  readonly signal?: AbortSignal;
}

/** An answer, and which variant gave it. */
export interface InvokedPrediction extends Prediction {
  /** Name of the variant that answered. */
  readonly variant?: string;
}

const MAX_BODY_BYTES = 6_291_456;

const OptionsSchema = z.strictObject({
  endpoint: z.union([
    ResourceNameSchema.min(1),
    z.looseObject({ endpointName: ResourceNameSchema, labels: LabelsSchema.optional() }),
  ]),
  image: z
    .custom<Uint8Array>((value) => value instanceof Uint8Array, "must be the bytes of an image file")
    .refine((bytes) => bytes.length > 0, "must not be empty")
    .refine((bytes) => bytes.length <= MAX_BODY_BYTES, `must have at most ${MAX_BODY_BYTES} bytes`),
  labels: LabelsSchema.optional(),
  variant: ResourceNameSchema.min(1).optional(),
  inferenceId: z
    .string()
    .min(1)
    .max(64)
    .regex(/^\S(.*\S)?$/s, "must not begin or end with a space")
    .optional(),
  contentType: z.string().min(1).max(1024).optional(),
  clients: z
    .object({ sagemakerRuntime: clientSchema<SageMakerRuntimeClient>("SageMakerRuntimeClient").optional() })
    .prefault({}),
  signal: signalSchema.optional(),
});

/**
 * Asks an endpoint about one image. Errors of AWS arrive unchanged; `explainInvocationError` tells them apart. Needs
 * `sagemaker:InvokeEndpoint`.
 *
 * @param options - See {@link InvokeEndpointOptions}.
 * @returns The checked probabilities with label, confidence and variant.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link PredictionError} `PREDICTION_INVALID` when the answer is not one probability per label.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { invokeEndpoint } from "scones-ml/inference";
 *
 * const answer = await invokeEndpoint({
 *   endpoint: "scones-vehicles",
 *   image: await readFile("bicycle.png"),
 *   labels: ["bicycle", "motorcycle"],
 * });
 * console.log(answer.label, answer.confidence, answer.variant);
 * ```
 */
export async function invokeEndpoint(options: InvokeEndpointOptions): Promise<InvokedPrediction> {
  const { endpoint, image, variant, inferenceId, clients, signal, ...rest } = parseOptions(
    "invokeEndpoint",
    OptionsSchema,
    options,
  );
  const labels = rest.labels ?? (typeof endpoint === "string" ? undefined : endpoint.labels);
  return useClient(
    clients.sagemakerRuntime,
    () => new SageMakerRuntimeClient({}),
    async (client) => {
      const command = new InvokeEndpointCommand({
        EndpointName: typeof endpoint === "string" ? endpoint : endpoint.endpointName,
        Body: image,
        ContentType: rest.contentType ?? detectType(image),
        Accept: "application/json",
        ...(variant === undefined ? {} : { TargetVariant: variant }),
        ...(inferenceId === undefined ? {} : { InferenceId: inferenceId }),
      });
      const output = await abortable(signal, (send) => client.send(command, send));
      const prediction = describePrediction(parseProbabilities(new TextDecoder().decode(output.Body)), labels);
      const answered = output.InvokedProductionVariant;
      return { ...prediction, ...(answered === undefined ? {} : { variant: answered }) };
    },
  );
}

function detectType(bytes: Uint8Array): string {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return "image/png";
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? "image/jpeg" : "application/x-image";
}
