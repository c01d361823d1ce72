import type { ItemReader } from "../../definition/distributed-model.js";
import type { ItemStore } from "../../item-store.js";
import { isJsonArray, type Json, memberOf } from "../../json.js";
import { parseCsv } from "./csv.js";
import { parseItems, type RawItem, readerFailure, readText } from "./parse-items.js";

/** One reading: what reads, from where, and what to read. */
interface Reading {
  readonly reader: ItemReader;
  readonly store: ItemStore;
  readonly bucket: string;
  readonly parameters: Json;
}

const ARN_PREFIX = "arn:aws:s3:::";

/**
 * Reads the items of a Distributed Map from S3.
 *
 * @param reader - The state's ItemReader.
 * @param store - The local S3, where there is one.
 * @param parameters - Its parameters, evaluated.
 * @returns The items, in their order.
 * @throws {@link StateFailure} `States.ItemReaderFailed`.
 * @internal
 */
export async function readItems(
  reader: ItemReader,
  store: ItemStore | undefined,
  parameters: Json,
): Promise<readonly RawItem[]> {
  const bucket = textOf(parameters, "Bucket");
  if (store === undefined || !(await store.hasBucket(bucket))) {
    throw readerFailure(
      `The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket): ${bucket}`,
    );
  }
  const reading = { reader, store, bucket, parameters };
  if (reader.action === "listObjectsV2") return listItems(reading);
  if (memberOf(parameters, "VersionId") !== undefined) {
    throw readerFailure("The local S3 keeps no versions of objects; leave the field 'VersionId' out.");
  }
  const key = textOf(parameters, "Key");
  const text = await readFile(store, bucket, key);
  if (reader.manifest === "S3_INVENTORY") return readInventory(reading, text);
  if (reader.manifest === "ATHENA_DATA") return readFiles(reading, parseAthenaManifest(text));
  return parseItems(text, reader, `S3://${bucket}/${key}`);
}

function textOf(parameters: Json, name: string): string {
  const value = memberOf(parameters, name);
  if (typeof value === "string" && value !== "") return value;
  throw readerFailure(`The field '${name}' of the ItemReader must be a non-empty string.`);
}

async function readFile(store: ItemStore, bucket: string, key: string): Promise<string> {
  const bytes = await store.read(bucket, key);
  if (bytes !== undefined) return readText(bytes);
  throw readerFailure(
    `The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey): ${bucket}/${key}`,
  );
}

async function listItems(reading: Reading): Promise<readonly RawItem[]> {
  const { store, bucket, parameters, reader } = reading;
  const prefix = memberOf(parameters, "Prefix") ?? "";
  if (typeof prefix !== "string") throw readerFailure("The field 'Prefix' of the ItemReader must be a string.");
  const items: RawItem[] = [];
  const files: FileName[] = [];
  for await (const { key, etag, size, lastModified } of store.list(bucket, prefix)) {
    const value = {
      Etag: `"${etag}"`,
      Key: key,
      LastModified: Math.floor(lastModified / 1000),
      Size: size,
      StorageClass: "STANDARD",
    };
    items.push({ value, source: `S3://${bucket}` });
    files.push({ bucket, key });
  }
  return reader.flattens ? readFiles(reading, files) : items;
}

interface FileName {
  readonly bucket: string;
  readonly key: string;
}

async function readFiles({ store, reader }: Reading, files: readonly FileName[]): Promise<readonly RawItem[]> {
  const all: RawItem[] = [];
  for (const { bucket, key } of files) {
    for (const item of parseItems(await readFile(store, bucket, key), reader, `S3://${bucket}/${key}`)) all.push(item);
  }
  return all;
}

/** The data manifest of Athena names one file a line. */
function parseAthenaManifest(text: string): readonly FileName[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^"(.*)"$/, "$1"));
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(line) ?? [];
      if (bucket === undefined || key === undefined) throw readerFailure(`The manifest names no S3 object: ${line}`);
      return { bucket, key };
    });
}

/** Source: Amazon S3 User Guide, "Inventory manifest": CSV files without headers, whose columns the manifest names. */
async function readInventory({ store }: Reading, text: string): Promise<readonly RawItem[]> {
  const manifest = parseManifest(text);
  const format = memberOf(manifest, "fileFormat");
  if (format !== "CSV") throw readerFailure(`The local AWS reads no inventory of the format ${String(format)}.`);
  const [bucket, schema, files] = ["destinationBucket", "fileSchema", "files"].map((name) => memberOf(manifest, name));
  if (typeof bucket !== "string" || typeof schema !== "string" || !isJsonArray(files)) {
    throw readerFailure("The inventory manifest must have 'destinationBucket', 'fileSchema' and 'files'.");
  }
  const name = bucket.startsWith(ARN_PREFIX) ? bucket.slice(ARN_PREFIX.length) : bucket;
  const columns = schema.split(",").map((column) => column.trim());
  const all: RawItem[] = [];
  for (const file of files) {
    const key = textOf(file, "key");
    for (const row of parseCsv(await readFile(store, name, key), ",")) {
      const value = Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ""]));
      all.push({ value, source: `S3://${name}/${key}` });
    }
  }
  return all;
}

function parseManifest(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw readerFailure("The inventory manifest is not valid JSON.");
  }
}
