import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { parseS3Uri } from "../../core/s3-uri.js";
import type { ObjectAccess } from "./environment.js";
import { ContainerFailure } from "./training-data.js";

/** One object that a transform job reads. @internal */
export interface TransformObject {
  readonly bucket: string;
  readonly key: string;
  /** What follows the input prefix: `.out` is put behind it. */
  readonly relativeKey: string;
}

/** TransformInput of a transform job. @internal */
export interface TransformInput {
  readonly DataSource: { readonly S3DataSource: { readonly S3DataType: string; readonly S3Uri: string } };
  readonly ContentType?: string;
  readonly CompressionType?: string;
  readonly SplitType?: string;
}

/**
 * Lists the objects of a transform job: all below a prefix, or those that a manifest names.
 *
 * @param objects - S3.
 * @param input - TransformInput of the job.
 * @returns The objects, in the order of S3 or of the manifest.
 * @throws {@link ContainerFailure} when there is none, or the manifest is wrong.
 * @internal
 */
export async function listTransformObjects(
  objects: ObjectAccess,
  { DataSource: { S3DataSource } }: TransformInput,
): Promise<readonly TransformObject[]> {
  const { S3DataType, S3Uri } = S3DataSource;
  const found = S3DataType === "ManifestFile" ? await readManifest(objects, S3Uri) : await listPrefix(objects, S3Uri);
  if (found.length > 0) return found;
  throw new ContainerFailure(`ClientError: No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
}

/**
 * Reads what is sent to the container for an object.
 *
 * @param objects - S3.
 * @param object - The object.
 * @param input - TransformInput of the job, which says whether it is compressed.
 * @param maxBytes - Largest payload.
 * @returns The payload.
 * @throws Error with the reason when the object is not there, too large, or not compressed as the job says.
 * @internal
 */
export async function readTransformObject(
  objects: ObjectAccess,
  { bucket, key }: TransformObject,
  { CompressionType = "None" }: TransformInput,
  maxBytes: number,
): Promise<Uint8Array> {
  const bytes = await objects.read(bucket, key);
  if (bytes === undefined) throw new Error("the object does not exist");
  const payload = CompressionType === "Gzip" ? await promisify(gunzip)(bytes, { maxOutputLength: maxBytes }) : bytes;
  if (payload.byteLength <= maxBytes) return payload;
  throw new Error(`the payload has ${payload.byteLength} bytes, more than MaxPayloadInMB allows (${maxBytes})`);
}

async function listPrefix(objects: ObjectAccess, uri: string): Promise<readonly TransformObject[]> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const found: TransformObject[] = [];
  if (!(await objects.hasBucket(bucket))) return found;
  for await (const key of objects.list(bucket, prefix)) {
    // A "folder" that a console has made holds no record.
    if (!key.endsWith("/")) found.push({ bucket, key, relativeKey: relativeTo(prefix, key) });
  }
  return found;
}

/** A prefix may be a folder with or without its slash, a whole key, or the beginning of a name. */
function relativeTo(prefix: string, key: string): string {
  const rest = key.slice(prefix.length);
  if (prefix === "" || prefix.endsWith("/")) return rest;
  return rest.startsWith("/") ? rest.slice(1) : key.slice(prefix.lastIndexOf("/") + 1);
}

/** `[{"prefix": "s3://bucket/folder/"}, "one.png", "two.png"]`. */
async function readManifest(objects: ObjectAccess, uri: string): Promise<readonly TransformObject[]> {
  const { bucket, key } = parseS3Uri(uri);
  const bytes = await objects.read(bucket, key);
  if (bytes === undefined) throw new ContainerFailure(`ClientError: The manifest file ${uri} does not exist.`);
  const [head, ...names] = parseList(bytes, uri);
  const prefix =
    typeof head === "object" && head !== null && "prefix" in head && typeof head.prefix === "string" ? head.prefix : "";
  if (!/^s3:\/\/[^/]+/.test(prefix) || !names.every((name) => typeof name === "string" && name !== "")) {
    throw invalidManifest(uri);
  }
  const folder = parseS3Uri(prefix);
  return names.map((name) => {
    const relativeKey = String(name);
    return { bucket: folder.bucket, key: folder.key + relativeKey, relativeKey };
  });
}

function parseList(bytes: Uint8Array, uri: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Neither is a list.
  }
  throw invalidManifest(uri);
}

function invalidManifest(uri: string): ContainerFailure {
  return new ContainerFailure(
    `ClientError: The manifest file ${uri} must be a JSON list that begins with {"prefix": "s3://..."} and goes on with names.`,
  );
}
