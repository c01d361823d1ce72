import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import type { S3Clients } from "../../core/clients.js";
import { ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { parseS3Uri, type S3Location } from "../../core/s3-uri.js";
import { CaptureError, captureInvalid, locateCaptureError } from "./capture-errors.js";
import { type CaptureFile, listDirectoryFiles, listS3Files } from "./capture-source.js";
import { mergeByTime, type TimedFile } from "./merge-by-time.js";
import { MAX_LINE_BYTES, type Observation, readCapture } from "./parse-capture.js";
import { readLines } from "./read-lines.js";
import { RecentIds } from "./recent-ids.js";

/** What was left out, and why. */
export interface SkippedCapture {
  /**
   * `foreign-file`: it is not named as capture files are; `unknown-endpoint`: its key no longer tells the endpoint or
   * variant that was asked for; `malformed`: the line is no capture; `duplicate`: its event was read already.
   */
  readonly reason: "foreign-file" | "unknown-endpoint" | "malformed" | "duplicate";
  /** Location of the file. */
  readonly file: string;
  /** Number of the line, from 1; absent for a whole file. */
  readonly line?: number;
  /** What is wrong with a malformed line. */
  readonly message?: string;
}

/** What `readCaptures` tells while it reads. */
export interface ReadCapturesProgressEvent {
  /** A file is opened. */
  readonly type: "file";
  /** Location of the file. */
  readonly file: string;
  /** Number of the file, from 1. */
  readonly number: number;
  /** How many files there are. */
  readonly total: number;
}

/** Options of {@link readCaptures}. */
export interface ReadCapturesOptions {
  /** An `s3://` prefix or bucket and key, or the path of a folder. All `.jsonl` files below it are read; a single file works too. */
  readonly source: string | S3Location;
  /** Leaves out what was captured before. */
  readonly from?: Date;
  /** Leaves out what was captured at this time or later. */
  readonly to?: Date;
  /** Leaves out other endpoints. */
  readonly endpointName?: string;
  /** Leaves out other variants. */
  readonly variantName?: string;
  /** Whether the captured images are decoded (`"bytes"`) or left alone (`"omit"`). @defaultValue `"omit"` */
  readonly images?: "omit" | "bytes";
  /** Whether a line that is no capture ends the reading, or is left out and told to `onSkip`. @defaultValue `"throw"` */
  readonly onMalformed?: "skip" | "throw";
  /** Is told everything that is left out, other than by time, endpoint and variant. */
  readonly onSkip?: (skipped: SkippedCapture) => void;
  /** Is told each file. */
  readonly onProgress?: (event: ReadCapturesProgressEvent) => void;
  /** AWS clients to use; a missing one is made from the SDK's default chain when the source is in S3. */
  readonly clients?: S3Clients;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z
  .strictObject({
    source: z.union([
      z
        .string()
        .min(1)
        .transform((text) => (text.startsWith("s3://") ? parseS3Uri(text) : text)),
      z.strictObject({ bucket: z.string().min(3).max(63), key: z.string() }).readonly(),
    ]),
    from: z.date().optional(),
    to: z.date().optional(),
    endpointName: ResourceNameSchema.optional(),
    variantName: ResourceNameSchema.optional(),
    images: z.enum(["omit", "bytes"]).default("omit"),
    onMalformed: z.enum(["skip", "throw"]).default("throw"),
    onSkip: callbackSchema<(skipped: SkippedCapture) => void>().optional(),
    onProgress: callbackSchema<(event: ReadCapturesProgressEvent) => void>().optional(),
    clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
    signal: signalSchema.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "from must not be after to");

type ResolvedOptions = z.output<typeof OptionsSchema>;

/** A file is named after the hour of its first record and spans at most a minute; twice that is safe. */
const LONGEST_FILE_MS = 120_000;
const SECOND_MS = 1000;

/**
 * Reads every captured invocation, in time order, each event once. Files are read one after the other and line by
 * line; records of files that overlap in time are put in order between them. Files whose key still tells their time
 * are opened when their turn comes; others, such as a flat download, are looked into once before, for the time of
 * their first record. An event is known again as long as it is among the last 100,000. Needs `s3:ListBucket` and
 * `s3:GetObject` where the source is in S3. SageMaker delivers captures some minutes late.
 *
 * @param options - See {@link ReadCapturesOptions}.
 * @returns The observations. Options are checked at once, everything else happens while iterating.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link S3UriError} `S3_URI_INVALID` when the source begins with `s3://` and is no S3 location.
 * @throws {@link CaptureError} `CAPTURES_NOT_FOUND` while iterating, when there is no such folder or file.
 * @throws {@link CaptureError} `CAPTURE_INVALID` while iterating, naming file and line, unless `onMalformed` is `"skip"`.
 *
 * @example
 * ```ts
 * import { readCaptures } from "scones-ml/monitoring";
 *
 * const from = new Date(Date.now() - 24 * 3600 * 1000);
 * for await (const { time, confidence } of readCaptures({ source: "s3://scones/data_capture/scones", from })) {
 *   console.log(time.toISOString(), confidence);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export function readCaptures(options: ReadCapturesOptions): AsyncIterable<Observation> {
  const resolved = parseOptions("readCaptures", OptionsSchema, options);
  return { [Symbol.asyncIterator]: () => read(resolved) };
}

async function* read(options: ResolvedOptions): AsyncGenerator<Observation, void, undefined> {
  const { source, clients, signal } = options;
  if (typeof source === "string") {
    yield* readFiles(await listDirectoryFiles(source, signal), options);
    return;
  }
  const client = clients.s3 ?? new S3Client({});
  try {
    yield* readFiles(await listS3Files(client, source, signal), options);
  } finally {
    if (clients.s3 === undefined) client.destroy();
  }
}

async function* readFiles(
  files: readonly CaptureFile[],
  options: ResolvedOptions,
): AsyncGenerator<Observation, void, undefined> {
  const { from, to, onSkip, onProgress } = options;
  const timed: TimedFile[] = [];
  const chosen = files.filter((file) => isWanted(file, options));
  for (const file of chosen) {
    const start = file.key?.time.getTime() ?? (await findFirstTime(file, options));
    // Records carry whole seconds, so the file's milliseconds must not put it behind its own first record.
    timed.push({ start: Math.floor(start / SECOND_MS) * SECOND_MS, read: () => readNumbered(file) });
  }
  const total = timed.length;
  let number = 0;
  const readNumbered = (file: CaptureFile) => {
    onProgress?.({ type: "file", file: file.location, number: ++number, total });
    return readFile(file, options, onSkip);
  };
  const seen = new RecentIds();
  for await (const observation of mergeByTime(timed)) {
    const { time, eventId, file = "", line = 0 } = observation;
    if ((from !== undefined && time < from) || (to !== undefined && time >= to)) continue;
    if (seen.add(eventId)) yield observation;
    else onSkip?.({ reason: "duplicate", file, line });
  }
}

function isWanted({ location, key, isCapture }: CaptureFile, options: ResolvedOptions): boolean {
  const { from, to, endpointName, variantName, onSkip } = options;
  if (!isCapture) {
    onSkip?.({ reason: "foreign-file", file: location });
    return false;
  }
  if (key === undefined) {
    if (endpointName === undefined && variantName === undefined) return true;
    onSkip?.({ reason: "unknown-endpoint", file: location });
    return false;
  }
  return (
    (endpointName === undefined || key.endpointName === endpointName) &&
    (variantName === undefined || key.variantName === variantName) &&
    (from === undefined || key.time.getTime() + LONGEST_FILE_MS >= from.getTime()) &&
    (to === undefined || Math.floor(key.time.getTime() / SECOND_MS) * SECOND_MS < to.getTime())
  );
}

/** Time of the first record; a file without one is still read, so that its malformed lines are told. */
async function findFirstTime(file: CaptureFile, options: ResolvedOptions): Promise<number> {
  for await (const { time } of readFile(file, { ...options, images: "omit", onMalformed: "skip" }, undefined)) {
    return time.getTime();
  }
  return 0;
}

async function* readFile(
  file: CaptureFile,
  options: Pick<ResolvedOptions, "images" | "onMalformed" | "signal">,
  onSkip: ((skipped: SkippedCapture) => void) | undefined,
): AsyncGenerator<Observation, void, undefined> {
  const { images, onMalformed, signal } = options;
  const { location, key } = file;
  const names = key === undefined ? {} : { endpointName: key.endpointName, variantName: key.variantName };
  try {
    for await (const { number, bytes } of readLines(await file.open(), MAX_LINE_BYTES)) {
      throwIfAborted(signal);
      let observation: Observation;
      try {
        if (bytes === undefined) throw captureInvalid(`it has more than ${MAX_LINE_BYTES} bytes`);
        observation = { ...readCapture(bytes, images), file: location, line: number, ...names };
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        const located = locateCaptureError(error, location, number);
        if (onMalformed === "throw") throw located;
        onSkip?.({ reason: "malformed", file: location, line: number, message: located.message });
        continue;
      }
      yield observation;
    }
  } catch (error) {
    // A stream that is broken off fails with its own AbortError.
    throwIfAborted(signal);
    throw error;
  }
}
