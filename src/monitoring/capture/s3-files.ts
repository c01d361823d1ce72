import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { abortable } from "../../core/abort.js";
import { formatS3Uri, type S3Location } from "../../core/s3-uri.js";
import { type ByteRange, type CaptureFile, describeFile } from "./capture-file.js";

/** Which part of a capture destination is listed. @internal */
export interface ListS3FilesOptions {
  /** Bucket and key prefix, or the key of one file. */
  readonly source: S3Location;
  /** Leaves out hours that end before. */
  readonly from?: Date | undefined;
  /** Leaves out hours that begin later. */
  readonly to?: Date | undefined;
  /** Whether an endpoint or variant of this folder name is wanted; asked for the folder that holds the years, and the one above it. */
  readonly isWanted: (endpointName: string | undefined, variantName: string | undefined) => boolean;
  /** Ends the listing, and later reading. */
  readonly signal?: AbortSignal | undefined;
}

const YEAR = /^\d{4}\/$/;
/** A destination holds endpoints, those variants, those years; more levels than this are listed as they are. */
const MAX_DEPTH = 8;
const HOUR_MS = 3_600_000;

/**
 * Lists the files below an S3 prefix, or the one object when the key is that of a capture file. With a range of time, the
 * folders down to the years are looked for first, and in each of them only the hours of the range are listed: their
 * keys stand in the order of time.
 *
 * @param client - Client to ask with.
 * @param options - See {@link ListS3FilesOptions}.
 * @returns The files, in key order for each variant.
 * @internal
 */
export async function listS3Files(client: S3Client, options: ListS3FilesOptions): Promise<readonly CaptureFile[]> {
  const { source, from, to, signal } = options;
  const { bucket, key } = source;
  // Without the slash, "captures" would also find "captures-old/".
  const isFile = /\.jsonl(\.gz)?$/.test(key);
  const prefix = key === "" || isFile ? key : `${key.replace(/\/+$/, "")}/`;
  const { GetObjectCommand, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const files: CaptureFile[] = [];

  const add = (page: ListObjectsV2CommandOutput) => {
    for (const { Key: objectKey } of page.Contents ?? []) {
      if (objectKey === undefined || objectKey.endsWith("/")) continue;
      const open = async (range?: ByteRange) => {
        const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${(range.end ?? 0) - 1 || ""}` };
        const input = { Bucket: bucket, Key: objectKey, ...Range };
        const object = await abortable(signal, (send) => client.send(new GetObjectCommand(input), send));
        // In Node.js the body is a Readable; its declared type also covers browsers.
        return (object.Body ?? emptyBody()) as AsyncIterable<Uint8Array>;
      };
      files.push(
        describeFile(formatS3Uri({ bucket, key: objectKey }), objectKey, objectKey.slice(prefix.length), open),
      );
    }
  };
  const list = (below: string, more: { readonly Delimiter?: "/"; readonly StartAfter?: string }, last?: string) =>
    abortable(signal, async (send) => {
      const folders: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: below, ...more }, send)) {
        const end = last === undefined ? -1 : (page.Contents ?? []).findIndex(({ Key = "" }) => Key >= last);
        add(end < 0 ? page : { ...page, Contents: page.Contents?.slice(0, end) });
        for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) folders.push(Prefix);
        if (end >= 0) break;
      }
      return folders;
    });

  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth >= MAX_DEPTH) {
      await list(folder, {});
      return;
    }
    const folders = await list(folder, { Delimiter: "/" });
    const isYear = (name: string) => YEAR.test(name.slice(folder.length));
    for (const name of folders) if (!isYear(name)) await walk(name, depth + 1);
    if (!folders.some(isYear)) return;
    const [variantName, endpointName] = folder.split("/").slice(0, -1).reverse();
    if (!options.isWanted(endpointName, variantName)) return;
    // A file is named after its first record and spans at most a minute, so one may reach into the next hour.
    const first = from === undefined ? `${folder}0000` : `${folder}${hourOf(from.getTime() - HOUR_MS / 30)}/`;
    const after = to === undefined ? `${folder}9999~` : `${folder}${hourOf(to.getTime() - 1)}0`;
    await list(folder, { StartAfter: first }, after);
  };
  if ((from === undefined && to === undefined) || isFile) await list(prefix, {});
  else await walk(prefix, 0);
  return files;
}

/** `yyyy/MM/dd/HH` */
function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13).replace(/[-T]/g, "/");
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
