import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { sleep } from "../../core/abort.js";
import type { S3Clients } from "../../core/clients.js";
import { ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { parseS3Uri, type S3Location } from "../../core/s3-uri.js";
import type { CaptureFile } from "./capture-file.js";
import { CaptureSelection } from "./capture-selection.js";
import { findRuns } from "./find-runs.js";
import { flattenPieces } from "./flatten-pieces.js";
import { listLocalFiles } from "./local-files.js";
import { mergeByTime, type TimedFile } from "./merge-by-time.js";
import { openAhead } from "./open-ahead.js";
import { type ImageMode, ImageModeSchema, type Observation } from "./parse-capture.js";
import { readCaptureFile } from "./read-capture-file.js";
import { RecentIds } from "./recent-ids.js";
import { listS3Files } from "./s3-files.js";
import type { SkippedCapture } from "./skipped-capture.js";

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
  /** Leaves out what was captured before. Captures have whole seconds, so the second that it lies in counts. */
  readonly from?: Date;
  /** Leaves out what was captured at this time or later. */
  readonly to?: Date;
  /** The endpoint, or endpoints, to read; others are left out. @defaultValue all */
  readonly endpointName?: string | readonly string[];
  /** The variant, or variants, to read; others are left out. @defaultValue all */
  readonly variantName?: string | readonly string[];
  /** What becomes of the captured images: see `ParseCaptureOptions`. @defaultValue `"omit"` */
  readonly images?: ImageMode;
  /** Whether a line that is no capture ends the reading, or is left out and told to `onSkip`. @defaultValue `"throw"` */
  readonly onMalformed?: "skip" | "throw";
  /** Goes on looking for new files until the signal fires or the loop is left. @defaultValue reads once */
  readonly follow?: {
    /** Milliseconds between two looks. @defaultValue `60000` */
    readonly intervalMs?: number;
  };
  /** How many files in S3 are opened before their turn, 0 to 32. @defaultValue `4` */
  readonly readAhead?: number;
  /** Is told everything that is left out, other than by time, endpoint and variant. */
  readonly onSkip?: (skipped: SkippedCapture) => void;
  /** Is told each file. */
  readonly onProgress?: (event: ReadCapturesProgressEvent) => void;
  /** AWS clients to use; a missing one is made from the SDK's default chain when the source is in S3. */
  readonly clients?: S3Clients;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

const NamesSchema = z
  .union([ResourceNameSchema.transform((name) => [name]), z.array(ResourceNameSchema).min(1)])
  .optional();

const OptionsSchema = z
  .strictObject({
    source: z.union([
      z
        .string()
        .min(1)
        .transform((text) => (text.startsWith("s3://") ? parseS3Uri(text) : text)),
      z.strictObject({ bucket: z.string().min(3).max(63), key: z.string() }).readonly(),
    ]),
    from: z
      .date()
      .transform((from) => new Date(Math.floor(from.getTime() / 1000) * 1000))
      .optional(),
    to: z.date().optional(),
    endpointName: NamesSchema,
    variantName: NamesSchema,
    images: ImageModeSchema,
    onMalformed: z.enum(["skip", "throw"]).default("throw"),
    follow: z.strictObject({ intervalMs: z.int().min(1).max(86_400_000).default(60_000) }).optional(),
    readAhead: z.int().min(0).max(32).default(4),
    onSkip: callbackSchema<(skipped: SkippedCapture) => void>().optional(),
    onProgress: callbackSchema<(event: ReadCapturesProgressEvent) => void>().optional(),
    clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
    signal: signalSchema.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "from must not be after to");

type ResolvedOptions = z.output<typeof OptionsSchema>;

const SECOND_MS = 1000;
/** What is delivered later than this is no longer looked for when following. */
const LATEST_DELIVERY_MS = 2 * 3_600_000;

/**
 * Reads every captured invocation, in time order, each event once. Files are read one after the other and line by
 * line; records of files that overlap in time are put in order between them. Files whose key still tells their time
 * are opened when their turn comes; others, such as a flat download or several files in one, are looked through once
 * before, for the times inside. Files that are packed with gzip are unpacked. An event is known again as long as it is
 * among the last 10,000; copies of one come side by side, for they have the same time. Needs `s3:ListBucket` and `s3:GetObject` where the source is in S3; with a range of time only
 * its hours are listed. SageMaker delivers captures some minutes late; with `follow`, what comes late is read late.
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
  return { [Symbol.asyncIterator]: () => flattenPieces(read(resolved), resolved.signal) };
}

async function* read(options: ResolvedOptions): AsyncGenerator<readonly Observation[], void, undefined> {
  const { source, clients, signal } = options;
  if (typeof source === "string") {
    yield* follow(() => listLocalFiles(source, signal), options);
    return;
  }
  const client = clients.s3 ?? new (await import("@aws-sdk/client-s3")).S3Client({});
  const selection = new CaptureSelection(options);
  const isWanted = (endpoint?: string, variant?: string) => selection.isNamed(endpoint, variant);
  try {
    yield* follow((from) => listS3Files(client, { source, from, to: options.to, isWanted, signal }), options);
  } finally {
    if (clients.s3 === undefined) client.destroy();
  }
}

/** Reads what is there, and then what is new, as long as the caller wants to know. */
async function* follow(
  list: (from: Date | undefined) => Promise<readonly CaptureFile[]>,
  options: ResolvedOptions,
): AsyncGenerator<readonly Observation[], void, undefined> {
  const seen = new RecentIds();
  const selection = new CaptureSelection(options);
  let known: ReadonlySet<string> = new Set();
  let { from } = options;
  for (;;) {
    const files = await list(from);
    const isNew = (file: CaptureFile) => !known.has(file.location);
    const fresh = files.filter((file) => isNew(file) && selection.accepts(file));
    yield* readFiles(fresh, seen, options);
    if (options.follow === undefined) return;
    known = new Set(files.map(({ location }) => location));
    const latest = files.reduce((time, { key }) => Math.max(time, key?.time.getTime() ?? 0), 0);
    if (latest > 0 && files.every(({ key }) => key !== undefined)) {
      from = new Date(Math.max(from?.getTime() ?? 0, latest - LATEST_DELIVERY_MS));
    }
    await sleep(options.follow.intervalMs, options.signal);
  }
}

async function* readFiles(
  files: readonly CaptureFile[],
  seen: RecentIds,
  options: ResolvedOptions,
): AsyncGenerator<readonly Observation[], void, undefined> {
  const { source, from, to, onSkip, onProgress, readAhead } = options;
  const total = files.length;
  let number = 0;
  const tell = (file: CaptureFile) => onProgress?.({ type: "file", file: file.location, number: ++number, total });
  const named = files.filter(({ key }) => key !== undefined).sort((one, other) => startOf(one) - startOf(other));
  // The files of a folder share a buffer, so only one of them is read at a time.
  const ahead = openAhead(named, typeof source === "string" ? 0 : readAhead);
  const opened = new Map(ahead.files.map((file) => [file.location, file]));
  const timed: TimedFile[] = [];
  // In the order of the listing, which decides between records of the same second.
  for (const file of files) {
    if (file.key === undefined) {
      timed.push(...(await findRuns(file, options, () => tell(file))));
      continue;
    }
    const read = () => {
      tell(file);
      return readCaptureFile(opened.get(file.location) ?? file, options);
    };
    timed.push({ start: startOf(file), read });
  }
  try {
    for await (const piece of mergeByTime(timed)) {
      const wanted = piece.filter(({ time, eventId, file = "", line = 0 }) => {
        if ((from !== undefined && time < from) || (to !== undefined && time >= to)) return false;
        const isNew = seen.add(eventId);
        if (!isNew) onSkip?.({ reason: "duplicate", file, line });
        return isNew;
      });
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    await ahead.close();
  }
}

/** Records carry whole seconds, so the file's milliseconds must not put it behind its own first record. */
function startOf({ key }: CaptureFile): number {
  return Math.floor((key?.time.getTime() ?? 0) / SECOND_MS) * SECOND_MS;
}
