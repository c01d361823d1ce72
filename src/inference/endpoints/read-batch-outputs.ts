import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { S3Clients } from "../../core/clients.js";
import { LabelsSchema } from "../../core/contracts.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { describePrediction, type Prediction, parseProbabilities } from "../../core/prediction.js";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import type { BatchTransform } from "./run-batch-transform.js";

/** One image of a batch transform and what the model answered. */
export interface BatchOutput {
  /** Key of the image. */
  readonly inputKey: string;
  /** Key of the answer, where it would be. */
  readonly outputKey: string;
  /** The answer; absent where the image got none. */
  readonly prediction?: Prediction;
}

/** Options of {@link readBatchOutputs}. */
export interface ReadBatchOutputsOptions {
  /** What `runBatchTransform` returned; after a failed job its `input` and `output`. */
  readonly batch: Pick<BatchTransform, "input" | "output" | "labels">;
  /** Class names in label order. @defaultValue those of the trained model, where the job had one */
  readonly labels?: readonly string[];
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: S3Clients;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  batch: z.looseObject({ input: z.string(), output: z.string(), labels: LabelsSchema.optional() }),
  labels: LabelsSchema.optional(),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

/**
 * Joins each image of a batch transform to its answer, in the order of the keys, one at a time. An image without an answer
 * is there too, without `prediction`. Needs `s3:ListBucket` and `s3:GetObject`.
 *
 * @param options - See {@link ReadBatchOutputsOptions}.
 * @returns One entry for each image.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link PredictionError} `PREDICTION_INVALID` when an answer is not one probability per label.
 *
 * @example
 * ```ts
 * import { readBatchOutputs } from "scones-ml/inference";
 *
 * const batch = { input: "s3://scones/test/", output: "s3://scones/answers" };
 * for await (const { inputKey, prediction } of readBatchOutputs({ batch })) {
 *   if (prediction === undefined) console.log(inputKey, "has no answer");
 * }
 * ```
 */
export async function* readBatchOutputs(
  options: ReadBatchOutputsOptions,
): AsyncGenerator<BatchOutput, void, undefined> {
  const { batch, labels, clients, signal } = parseOptions("readBatchOutputs", OptionsSchema, options);
  const input = parseS3Uri(batch.input);
  const output = parseS3Uri(batch.output);
  const client = clients.s3 ?? new S3Client({});
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: input.bucket, Prefix: input.key })) {
      for (const { Key: inputKey = "" } of page.Contents ?? []) {
        if (inputKey.endsWith("/")) continue;
        const outputKey = `${joinS3Key(output.key, inputKey.slice(input.key.length))}.out`;
        const text = await readText(client, output.bucket, outputKey, signal);
        const prediction =
          text === undefined
            ? {}
            : { prediction: describePrediction(parseProbabilities(text), labels ?? batch.labels) };
        yield { inputKey, outputKey, ...prediction };
      }
    }
  } finally {
    if (clients.s3 === undefined) client.destroy();
  }
}

async function readText(client: S3Client, Bucket: string, Key: string, signal: AbortSignal | undefined) {
  try {
    const { Body } = await abortable(signal, (send) => client.send(new GetObjectCommand({ Bucket, Key }), send));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}
