import * as z from "zod";
import { ResourceNameSchema } from "../../core/names.js";
import { parseOptions } from "../../core/options.js";
import { joinS3Key } from "../../core/s3-uri.js";

/** What the key of a capture file tells. */
export interface CaptureKey {
  /** Key prefix of the capture destination, without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** Name of the endpoint. */
  readonly endpointName: string;
  /** Name of the variant, `AllTraffic` unless named otherwise. */
  readonly variantName: string;
  /** When the file was begun, which is the time of its first record. */
  readonly time: Date;
  /** Unique part of the file's name. */
  readonly id: string;
}

const NAME = "[a-zA-Z0-9][a-zA-Z0-9-]{0,62}";
const CAPTURE_KEY = new RegExp(
  `^(?:(.*)/)?(${NAME})/(${NAME})/(\\d{4})/(\\d{2})/(\\d{2})/(\\d{2})/(\\d{2})-(\\d{2})-(\\d{3})-([0-9a-fA-F-]{36})\\.jsonl(?:\\.gz)?$`,
  "s",
);

/**
 * Reads the key of a capture file: `{prefix}/{endpoint}/{variant}/yyyy/MM/dd/HH/mm-ss-SSS-{uuid}.jsonl`, in UTC.
 *
 * @param key - The key, or a path with forward slashes.
 * @returns What it tells, or `undefined` when it is the key of something else.
 *
 * @example
 * ```ts
 * import { parseCaptureKey } from "scones-ml/monitoring";
 *
 * const key = "data_capture/scones/AllTraffic/2025/10/04/08/44-11-981-04c92c7e-3666-48c8-963c-cb83a5bcf154.jsonl";
 * console.log(parseCaptureKey(key)?.time.toISOString()); // 2025-10-04T08:44:11.981Z
 * ```
 */
export function parseCaptureKey(key: string): CaptureKey | undefined {
  const match = CAPTURE_KEY.exec(key);
  if (match === null) return undefined;
  const [, prefix = "", endpointName = "", variantName = "", year, month, day, hour, minute, second, ms, id = ""] =
    match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
  const time = new Date(text);
  // A date such as 30 February would be moved on; no service writes it.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) return undefined;
  return { prefix, endpointName, variantName, time, id };
}

/**
 * Writes the key of a capture file, as SageMaker does.
 *
 * @param key - What the key tells.
 * @returns The key.
 *
 * @example
 * ```ts
 * import { randomUUID } from "node:crypto";
 * import { formatCaptureKey } from "scones-ml/monitoring";
 *
 * console.log(formatCaptureKey({ prefix: "data_capture", endpointName: "scones", variantName: "AllTraffic", time: new Date(), id: randomUUID() }));
 * ```
 */
export function formatCaptureKey({ prefix, endpointName, variantName, time, id }: CaptureKey): string {
  const iso = time.toISOString();
  const name = `${iso.slice(14, 23).replace(/[:.]/g, "-")}-${id}.jsonl`;
  return joinS3Key(prefix, endpointName, variantName, formatHour(iso), name);
}

/** Options of {@link captureHourPrefixes}. */
export interface CaptureHourPrefixesOptions {
  /** Key prefix of the capture destination. @defaultValue `""` */
  readonly prefix?: string;
  /** Name of the endpoint. */
  readonly endpointName: string;
  /** Name of the variant. @defaultValue `"AllTraffic"` */
  readonly variantName?: string;
  /** Begin of the time range. */
  readonly from: Date;
  /** End of the time range, which is not part of it. */
  readonly to: Date;
}

const HOUR_MS = 3_600_000;
const MAX_HOURS = 100_000;

const HourOptionsSchema = z
  .strictObject({
    prefix: z.string().default(""),
    endpointName: ResourceNameSchema,
    variantName: ResourceNameSchema.default("AllTraffic"),
    from: z.date(),
    to: z.date(),
  })
  .refine(({ from, to }) => from <= to, "from must not be after to")
  .refine(
    ({ from, to }) => (to.getTime() - from.getTime()) / HOUR_MS <= MAX_HOURS,
    `must not cover more than ${MAX_HOURS} hours`,
  );

/**
 * Lists the key prefixes of the hours that a time range touches, so that only those need listing in S3.
 *
 * @param options - See {@link CaptureHourPrefixesOptions}.
 * @returns One prefix an hour, each with a slash at its end, in time order.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or the range runs backwards.
 *
 * @example
 * ```ts
 * import { captureHourPrefixes } from "scones-ml/monitoring";
 *
 * const from = new Date("2025-10-04T08:30:00Z");
 * console.log(captureHourPrefixes({ prefix: "data_capture", endpointName: "scones", from, to: new Date("2025-10-04T10:00:00Z") }));
 * // two prefixes: data_capture/scones/AllTraffic/2025/10/04/08/ and .../09/
 * ```
 */
export function captureHourPrefixes(options: CaptureHourPrefixesOptions): readonly string[] {
  const { prefix, endpointName, variantName, from, to } = parseOptions(
    "captureHourPrefixes",
    HourOptionsSchema,
    options,
  );
  const prefixes: string[] = [];
  for (let hour = Math.floor(from.getTime() / HOUR_MS) * HOUR_MS; hour < to.getTime(); hour += HOUR_MS) {
    prefixes.push(`${joinS3Key(prefix, endpointName, variantName, formatHour(new Date(hour).toISOString()))}/`);
  }
  return prefixes;
}

/** `yyyy/MM/dd/HH` of an ISO time. */
function formatHour(iso: string): string {
  return iso.slice(0, 13).replace(/[-T]/g, "/");
}
