import { findReference, type ImageReference, parseReference } from "./image-reference.js";
import { isRecord, type JsonRecord, parseJsonText } from "./json-record.js";
import { type FailedItem, type InferencePayload, InferencePayloadSchema, invalidPayload } from "./payload.js";

/** What an event holds: one image, or several, each of which may be unusable on its own. */
export type Envelope =
  | {
      /** One image. */
      readonly type: "image";
      /** The checked payload. */
      readonly payload: InferencePayload;
    }
  | {
      /** Several images. */
      readonly type: "batch";
      /** Reads one image after the other; one that cannot be used throws its `InvalidPayloadError` when it is read. */
      readonly items: readonly (() => InferencePayload | FailedItem)[];
    };

/** Names under which events wrap what we look for: Lambda, API Gateway and SQS, then SNS. */
const WRAPPERS = ["Payload", "body", "Sns", "Message"];
/** Python handlers of the course add their answer beside `body` instead of inside it: the outer one is newer. */
const ANSWERS = ["inferences", "label", "confidence"];
const FIELDS = [...ANSWERS, "image_data", "image_source", "accepted"];
const MAX_NESTING = 8;
const MAX_ENCODINGS = 8;

/**
 * Finds the image or images in a Lambda event. The payload may lie flat, in `body` (as an object or as JSON text, encoded
 * once or repeatedly), in the `Payload` of a `lambda:invoke` result, or in several of these, one inside the other. An
 * EventBridge event of S3, an S3 notification (also through SQS or SNS) and `s3://` text name an image as well. Several
 * images are an array, `{ items }`, a Distributed Map's `{ Items, BatchInput }`, or a notification of more than one record.
 *
 * @param event - The event as Lambda hands it over.
 * @returns One checked payload, or several to be read one by one.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID` naming the place of what is missing or wrong, never its value.
 *
 * @example
 * ```ts
 * import { parseEnvelope } from "scones-ml/inference";
 *
 * const envelope = parseEnvelope({ Items: [{ Key: "test/a.png" }], BatchInput: { s3_bucket: "scones" } });
 * if (envelope.type === "batch") console.log(envelope.items.length);
 * ```
 */
export function parseEnvelope(event: unknown): Envelope {
  return unwrap(event, { path: [], defaults: {}, isItem: false });
}

/**
 * Finds the one image in a Lambda event, however it is wrapped; {@link parseEnvelope} says which forms there are.
 *
 * @param event - The event as Lambda hands it over.
 * @returns The checked payload.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID` naming what is missing or wrong, never its value; also for an
 *   event that holds several images.
 *
 * @example
 * ```ts
 * import { parsePayload } from "scones-ml/inference";
 *
 * const payload = parsePayload({ statusCode: 200, body: '{"s3_bucket":"scones","s3_key":"test/bicycle_s_000513.png"}' });
 * console.log(payload.s3_key);
 * ```
 */
export function parsePayload(event: unknown): InferencePayload {
  const envelope = parseEnvelope(event);
  if (envelope.type === "image") return envelope.payload;
  throw invalidPayload([{ path: "", message: "holds several images, but one is expected here" }]);
}

interface Place {
  /** Names passed on the way in. */
  readonly path: readonly string[];
  /** Reference fields for items that lack them. */
  readonly defaults: JsonRecord;
  /** Items hold no items of their own. */
  readonly isItem: boolean;
}

function unwrap(event: unknown, { path: start, defaults, isItem }: Place): Envelope {
  const path = [...start];
  let value = event;
  let newer: JsonRecord = {};
  let encodings = 0;
  let wrappers = 0;
  for (;;) {
    if (typeof value === "string") {
      const found = parseReference(value);
      if (found !== undefined) return image(found, newer, defaults, path);
      if (++encodings > MAX_ENCODINGS) throw tooDeep(path, `is encoded more than ${MAX_ENCODINGS} times`);
      value = parseJsonText(value, path);
      continue;
    }
    const list = findList(value);
    if (list !== undefined) {
      if (isItem) throw tooDeep(path, "is a list inside a list");
      return batch(list, path);
    }
    if (!isRecord(value)) throw invalidPayload([{ path: path.join("."), message: "must be an object" }]);
    const record = value;
    const found = findReference(record, path);
    if (found !== undefined) return image(found, { ...pick(record, FIELDS), ...newer }, defaults, path);
    const only = singleRecord(record);
    const wrapper = only ?? WRAPPERS.find((name) => isPresent(record, name));
    if (record["Event"] === "s3:TestEvent") throw testEvent(path);
    if (wrapper === undefined)
      return image({ s3_key: undefined }, { ...pick(record, FIELDS), ...newer }, defaults, path);
    if (++wrappers > MAX_NESTING) throw tooDeep(path, `is nested more than ${MAX_NESTING} levels deep`);
    newer = { ...pick(record, ANSWERS), ...newer };
    value = only === undefined ? contentOf(record, wrapper) : (record["Records"] as readonly unknown[])[0];
    path.push(wrapper);
  }
}

/** API Gateway hands a body on as base64 text where it takes it for binary. */
function contentOf(record: JsonRecord, wrapper: string): unknown {
  const content = record[wrapper];
  const isBinary = wrapper === "body" && record["isBase64Encoded"] === true && typeof content === "string";
  return isBinary ? Buffer.from(content, "base64").toString("utf8") : content;
}

function testEvent(path: readonly string[]) {
  const message = "is the test that S3 sends when a notification is set up, and names no image; nothing is to be done";
  return invalidPayload([{ path: [...path, "Event"].join("."), message }]);
}

interface List {
  readonly entries: readonly unknown[];
  readonly name: string;
  readonly defaults: JsonRecord;
}

function findList(value: unknown): List | undefined {
  if (Array.isArray(value)) return { entries: value, name: "", defaults: {} };
  if (!isRecord(value) || Object.hasOwn(value, "s3_key")) return undefined;
  for (const name of ["Items", "items", "Records"]) {
    const entries = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!Array.isArray(entries) || (name === "Records" && entries.length === 1)) continue;
    const shared = value["BatchInput"];
    return { entries, name, defaults: isRecord(shared) ? shared : {} };
  }
  return undefined;
}

/** A notification of one record is one image: S3 sends them so. */
function singleRecord(value: JsonRecord): string | undefined {
  return Array.isArray(value["Records"]) && value["Records"].length === 1 ? "Records.0" : undefined;
}

function batch({ entries, name, defaults }: List, path: readonly string[]): Envelope {
  const place = name === "" ? path : [...path, name];
  if (entries.length === 0) throw invalidPayload([{ path: place.join("."), message: "holds no image" }]);
  const items = entries.map((entry, index) => () => {
    if (isRecord(entry) && isFailure(entry["error"])) return readFailure(entry, entry["error"]);
    const envelope = unwrap(entry, { path: [...place, String(index)], defaults, isItem: true });
    if (envelope.type === "image") return envelope.payload;
    throw tooDeep(place, "is a list inside a list");
  });
  return { type: "batch", items };
}

function image(found: ImageReference, fields: JsonRecord, defaults: JsonRecord, path: readonly string[]): Envelope {
  const bucket = found.s3_bucket ?? defaults["s3_bucket"] ?? defaults["Bucket"] ?? defaults["bucket"];
  const inferences = decodeInferences(fields["inferences"], [...path, "inferences"]);
  const payload = { ...fields, inferences, s3_bucket: bucket, s3_key: found.s3_key };
  const result = InferencePayloadSchema.safeParse(payload);
  if (result.success) return { type: "image", payload: result.data };
  const issues = result.error.issues.map((issue) => ({
    path: [...path, ...issue.path.map(String)].join("."),
    message: issue.message,
  }));
  throw invalidPayload(issues);
}

/** Python handlers write the probabilities as JSON text inside the payload. */
function decodeInferences(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (let depth = 0; depth < MAX_ENCODINGS && typeof current === "string"; depth++) {
    current = parseJsonText(current, path);
  }
  return current;
}

/** What a handler of ours has written for an image that failed. */
function readFailure(entry: JsonRecord, error: FailedItem["error"]): FailedItem {
  const known = InferencePayloadSchema.unwrap()
    .partial()
    .safeParse(pick(entry, [...FIELDS, "s3_bucket", "s3_key"]));
  return { ...(known.success ? known.data : {}), error: { name: error.name, message: error.message } } as FailedItem;
}

function isFailure(value: unknown): value is FailedItem["error"] {
  return isRecord(value) && typeof value["name"] === "string" && typeof value["message"] === "string";
}

/** Own fields that are there; Python writes `None` as null. */
function pick(value: JsonRecord, names: readonly string[]): JsonRecord {
  return Object.fromEntries(names.filter((name) => isPresent(value, name)).map((name) => [name, value[name]]));
}

function isPresent(value: JsonRecord, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== null && value[name] !== undefined;
}

function tooDeep(path: readonly string[], message: string) {
  return invalidPayload([{ path: path.join("."), message }]);
}
