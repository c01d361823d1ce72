import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import type { S3Clients } from "../../core/clients.js";
import { LabelsSchema } from "../../core/contracts.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { parseS3Uri, type S3Location } from "../../core/s3-uri.js";
import { CaptureError, captureInvalid, locateCaptureError } from "../capture/capture-errors.js";
import type { CaptureFile } from "../capture/capture-file.js";
import { listLocalFiles } from "../capture/local-files.js";
import { readLines } from "../capture/read-lines.js";
import { listS3Files } from "../capture/s3-files.js";
import type { SkippedCapture } from "../capture/skipped-capture.js";
import { type GroundTruth, parseGroundTruth } from "./ground-truth.js";

/** Options of {@link readGroundTruth}. */
export interface ReadGroundTruthOptions {
  /** An `s3://` prefix or bucket and key, or the path of a folder or file. */
  readonly source: string | S3Location;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Whether a line that is no ground truth ends the reading, or is left out and told to `onSkip`. @defaultValue `"throw"` */
  readonly onMalformed?: "skip" | "throw";
  /** Is told every file and line that is left out. */
  readonly onSkip?: (skipped: SkippedCapture) => void;
  /** AWS clients to use; a missing one is made from the SDK's default chain when the source is in S3. */
  readonly clients?: S3Clients;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  source: z.union([
    z
      .string()
      .min(1)
      .transform((text) => (text.startsWith("s3://") ? parseS3Uri(text) : text)),
    z.strictObject({ bucket: z.string().min(3).max(63), key: z.string() }).readonly(),
  ]),
  labels: LabelsSchema,
  onMalformed: z.enum(["skip", "throw"]).default("throw"),
  onSkip: callbackSchema<(skipped: SkippedCapture) => void>().optional(),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

type ResolvedOptions = z.output<typeof OptionsSchema>;

/** Longest line; see `parseGroundTruth`. */
const MAX_LINE_BYTES = 2_000_000;

/**
 * Reads ground truth in SageMaker's format, which lies in `.jsonl` files under `{prefix}/yyyy/mm/dd/hh`. Needs
 * `s3:ListBucket` and `s3:GetObject` where the source is in S3.
 *
 * @param options - See {@link ReadGroundTruthOptions}.
 * @returns The truths, file by file. Options are checked at once, everything else happens while iterating.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link S3UriError} `S3_URI_INVALID` when the source begins with `s3://` and is no S3 location.
 * @throws {@link CaptureError} `CAPTURES_NOT_FOUND` while iterating, when there is no such folder or file.
 * @throws {@link CaptureError} `CAPTURE_INVALID` while iterating, naming file and line, unless `onMalformed` is `"skip"`.
 *
 * @example
 * ```ts
 * import { joinGroundTruth, readCaptures, readGroundTruth } from "scones-ml/monitoring";
 *
 * const labels = ["bicycle", "motorcycle"];
 * const truth = readGroundTruth({ source: "s3://scones/ground_truth", labels });
 * const observations = readCaptures({ source: "s3://scones/data_capture/scones" });
 * console.log((await joinGroundTruth({ observations, truth, labels })).accuracy);
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
 */
export function readGroundTruth(options: ReadGroundTruthOptions): AsyncIterable<GroundTruth> {
  const resolved = parseOptions("readGroundTruth", OptionsSchema, options);
  return { [Symbol.asyncIterator]: () => read(resolved) };
}

async function* read(options: ResolvedOptions): AsyncGenerator<GroundTruth, void, undefined> {
  const { source, clients, signal } = options;
  if (typeof source === "string") {
    yield* readFiles(await listLocalFiles(source, signal), options);
    return;
  }
  const client = clients.s3 ?? new (await import("@aws-sdk/client-s3")).S3Client({});
  try {
    yield* readFiles(await listS3Files(client, { source, isWanted: () => true, signal }), options);
  } finally {
    if (clients.s3 === undefined) client.destroy();
  }
}

async function* readFiles(
  files: readonly CaptureFile[],
  { labels, onMalformed, onSkip, signal }: ResolvedOptions,
): AsyncGenerator<GroundTruth, void, undefined> {
  for (const { location, isCapture, open } of files) {
    if (!isCapture) {
      onSkip?.({ reason: "foreign-file", file: location });
      continue;
    }
    const refuse = (error: unknown, line: number): undefined => {
      if (!(error instanceof CaptureError)) throw error;
      const located = locateCaptureError(error, location, line);
      if (onMalformed === "throw") throw located;
      onSkip?.({ reason: "malformed", file: location, line, message: located.message });
    };
    const reader = {
      maxBytes: MAX_LINE_BYTES,
      begin: () => {},
      refuse: ({ number }: { readonly number: number }) =>
        refuse(captureInvalid(`it has more than ${MAX_LINE_BYTES} bytes`), number),
      read: (bytes: Buffer, start: number, end: number, { number }: { readonly number: number }) => {
        try {
          return parseGroundTruth(bytes.toString("utf8", start, end), labels);
        } catch (error) {
          return refuse(error, number);
        }
      },
    };
    for await (const piece of readLines<GroundTruth>(await open(), reader)) {
      throwIfAborted(signal);
      yield* piece;
    }
  }
}
