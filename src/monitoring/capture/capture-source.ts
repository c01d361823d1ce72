import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { abortable, throwIfAborted } from "../../core/abort.js";
import { formatS3Uri, type S3Location } from "../../core/s3-uri.js";
import { CaptureError } from "./capture-errors.js";
import { type CaptureKey, parseCaptureKey } from "./capture-keys.js";

/** A file that may hold captures. @internal */
export interface CaptureFile {
  /** Where it is, for people: a path or an `s3://` location. */
  readonly location: string;
  /** What its key tells, where it still has the one that SageMaker gave it. */
  readonly key: CaptureKey | undefined;
  /** Whether it is named as capture files are; others are foreign. */
  readonly isCapture: boolean;
  /** Opens its bytes. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Lists the files below an S3 prefix, or the one object when the key is that of a `.jsonl` file.
 *
 * @param client - Client to ask with.
 * @param source - Bucket and key prefix.
 * @param signal - Ends the listing, and later reading.
 * @returns The files, in key order.
 * @internal
 */
export async function listS3Files(
  client: S3Client,
  source: S3Location,
  signal: AbortSignal | undefined,
): Promise<readonly CaptureFile[]> {
  const { bucket, key } = source;
  // Without the slash, "captures" would also find "captures-old/".
  const prefix = key === "" || key.endsWith(".jsonl") ? key : `${key.replace(/\/+$/, "")}/`;
  return abortable(signal, async (send) => {
    const files: CaptureFile[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }, send)) {
      for (const { Key: objectKey } of page.Contents ?? []) {
        if (objectKey === undefined || objectKey.endsWith("/")) continue;
        const location = formatS3Uri({ bucket, key: objectKey });
        const open = () => openObject(client, { bucket, key: objectKey }, signal);
        files.push(describeFile(location, objectKey, objectKey.slice(prefix.length), open));
      }
    }
    return files;
  });
}

/**
 * Lists the files below a folder, or the one file.
 *
 * @param path - The folder or file.
 * @param signal - Ends the listing, and later reading.
 * @returns The files, in path order.
 * @throws {@link CaptureError} `CAPTURES_NOT_FOUND` when there is neither.
 * @internal
 */
export async function listDirectoryFiles(
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly CaptureFile[]> {
  throwIfAborted(signal);
  const found = await stat(path).catch((cause: unknown) => {
    throw new CaptureError({
      code: "CAPTURES_NOT_FOUND",
      message: `There is no folder or file "${path}" to read captures from. Check the path, or download the captures there.`,
      details: { source: path },
      cause,
    });
  });
  const names = found.isDirectory() ? await listNames(path) : [""];
  throwIfAborted(signal);
  return names.map((name) => {
    const location = name === "" ? path : join(path, name);
    const slashed = location.split(sep).join("/");
    const below = name === "" ? basename(path) : name.split(sep).join("/");
    const open = async () => createReadStream(location, signal === undefined ? {} : { signal });
    return describeFile(location, slashed, below, open);
  });
}

async function listNames(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, sep).length))
    .sort();
}

/** Hidden folders hold a notebook's copies and checkpoints, never captures. */
function describeFile(
  location: string,
  key: string,
  below: string,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): CaptureFile {
  const isCapture = below.split("/").every((part) => !part.startsWith(".")) && key.endsWith(".jsonl");
  return { location, key: isCapture ? parseCaptureKey(key) : undefined, isCapture, open };
}

async function openObject(
  client: S3Client,
  { bucket, key }: S3Location,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  const object = await abortable(signal, (send) =>
    client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), send),
  );
  // In Node.js the body is a Readable; its declared type also covers browsers.
  return (object.Body ?? emptyBody()) as AsyncIterable<Uint8Array>;
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
