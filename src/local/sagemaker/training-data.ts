import { isSconesError } from "../../core/errors.js";
import { decodeImageRecord } from "../../core/image-record.js";
import { decodeRecordIo } from "../../core/record-io.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { cropCentre, decodeImage } from "./decode-image.js";
import type { ChannelImages, ObjectAccess } from "./environment.js";

/** Why a training container gave up; the message becomes the job's FailureReason. @internal */
export class ContainerFailure extends Error {}

/** One channel as CreateTrainingJob names it. @internal */
export interface ChannelConfig {
  /** Name of the channel. */
  readonly ChannelName: string;
  /** Content type of its objects. */
  readonly ContentType?: string;
  /** Where its objects lie. */
  readonly DataSource: { readonly S3DataSource?: { readonly S3DataType: string; readonly S3Uri: string } };
}

/** What {@link readChannelImages} reads, and what it checks against. @internal */
export interface ReadChannelOptions {
  /** S3. */
  readonly objects: ObjectAccess;
  /** All channels of the job. */
  readonly channels: readonly ChannelConfig[];
  /** Channel that holds the images; its manifest is in `{name}_lst`. */
  readonly name: "train" | "validation";
  /** Height and width that every image must have at least. */
  readonly imageShape: { readonly height: number; readonly width: number };
  /** Labels run from 0 to one less. */
  readonly classes: number;
  /** Fires when the job is stopped. */
  readonly signal: AbortSignal;
}

/** One image of a channel. */
interface ChannelRow {
  readonly label: number;
  /** What to call it: its path in the manifest, or its number in the `.rec` file. */
  readonly path: string;
  /** Its file, where it is there. */
  readonly read: () => Promise<Uint8Array | undefined>;
}

const RECORD_IO = "application/x-recordio";

/**
 * Reads a channel as the algorithm's container does in File mode: the manifest from `{name}_lst` and every image that it
 * names from the channel itself, or the `.rec` file of a RecordIO channel.
 *
 * @param options - See {@link ReadChannelOptions}.
 * @returns Pixels and labels in the order of the manifest or of the file.
 * @throws {@link ContainerFailure} with the algorithm's own message where one is known.
 * @internal
 */
export async function readChannelImages(options: ReadChannelOptions): Promise<ChannelImages> {
  const { name, imageShape, signal } = options;
  const channel = findChannel(options, name);
  const rows = await (channel.type === RECORD_IO
    ? readRecords(options, channel.uri)
    : readManifest(options, channel.uri));
  const size = imageShape.height * imageShape.width * 3;
  const pixels = new Uint8Array(rows.length * size);
  const labels = new Uint32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    signal.throwIfAborted();
    const bytes = await row.read();
    if (bytes === undefined) {
      throw new ContainerFailure(
        `ClientError: The image ${row.path} that the ${name} manifest names is not in the ${name} channel.`,
      );
    }
    pixels.set(readPixels(bytes, row.path, options), index * size);
    labels[index] = row.label;
  }
  return { pixels, labels, count: rows.length };
}

function findChannel({ channels }: ReadChannelOptions, name: string): { readonly uri: string; readonly type: string } {
  const channel = channels.find(({ ChannelName }) => ChannelName === name);
  const source = channel?.DataSource.S3DataSource;
  if (channel === undefined || source === undefined) {
    throw new ContainerFailure(`ClientError: The ${name} channel is missing in the input data configuration.`);
  }
  const type = channel.ContentType ?? "";
  const isKnown = /^(application\/x-image|image\/png|image\/jpeg)$/.test(type) || type === RECORD_IO;
  if (source.S3DataType !== "S3Prefix" || !isKnown) {
    throw new ContainerFailure(
      `ClientError: The local AWS reads ${name} as application/x-image or ${RECORD_IO} from an S3Prefix; it got ${type === "" ? "no content type" : type} from ${source.S3DataType}.`,
    );
  }
  return { uri: source.S3Uri, type };
}

async function readManifest(options: ReadChannelOptions, imagesUri: string): Promise<readonly ChannelRow[]> {
  const { objects, name, classes } = options;
  const images = parseS3Uri(imagesUri);
  const folder = images.key === "" || images.key.endsWith("/") ? images.key : `${images.key}/`;
  const manifest = parseS3Uri(findChannel(options, `${name}_lst`).uri);
  const rows: ChannelRow[] = [];
  for await (const key of objects.list(manifest.bucket, manifest.key)) {
    if (!key.endsWith(".lst")) continue;
    const text = new TextDecoder().decode(await objects.read(manifest.bucket, key));
    for (const line of text.split("\n")) {
      if (line.trim() === "") continue;
      const { label, path } = parseRow(line, name, classes);
      rows.push({ label, path, read: () => objects.read(images.bucket, folder + path) });
    }
  }
  if (rows.length === 0) throw new ContainerFailure(`Customer Error: Invalid lst file in the ${name} channel.`);
  return rows;
}

async function readRecords(
  { objects, name, classes }: ReadChannelOptions,
  uri: string,
): Promise<readonly ChannelRow[]> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const rows: ChannelRow[] = [];
  try {
    for await (const key of objects.list(bucket, prefix)) {
      if (!key.endsWith(".rec")) continue;
      for (const { data } of decodeRecordIo((await objects.read(bucket, key)) ?? new Uint8Array(0))) {
        const { id, label, image } = decodeImageRecord(data);
        const labelId = typeof label === "number" ? label : Number.NaN;
        checkLabel(labelId, name, classes);
        rows.push({ label: labelId, path: `number ${id}`, read: async () => image });
      }
    }
  } catch (error) {
    if (!isSconesError(error)) throw error;
    throw new ContainerFailure(`ClientError: The ${name} channel cannot be read: ${error.message}`);
  }
  if (rows.length === 0) throw new ContainerFailure(`ClientError: The ${name} channel holds no .rec file with images.`);
  return rows;
}

function parseRow(line: string, name: string, classes: number): { readonly label: number; readonly path: string } {
  const [index, label, path, ...rest] = line.trim().split("\t");
  const labelId = Number(label);
  if (path === undefined || rest.length > 0 || !Number.isInteger(Number(index)) || !Number.isInteger(labelId)) {
    throw new ContainerFailure(`Customer Error: Invalid lst file in the ${name} channel.`);
  }
  checkLabel(labelId, name, classes);
  return { label: labelId, path };
}

function checkLabel(label: number, name: string, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return;
  throw new ContainerFailure(
    `ClientError: The label ${label} in the ${name} manifest does not fit num_classes ${classes}; labels run from 0 to ${classes - 1}.`,
  );
}

function readPixels(bytes: Uint8Array, path: string, { imageShape, name }: ReadChannelOptions): Uint8Array {
  try {
    const image = decodeImage(bytes);
    if (image.width >= imageShape.width && image.height >= imageShape.height) return cropCentre(image, imageShape);
    throw new Error(
      `it has ${image.width} x ${image.height} pixels, less than the image_shape ${imageShape.width} x ${imageShape.height}`,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContainerFailure(`ClientError: The image ${path} of the ${name} channel cannot be used: ${reason}.`);
  }
}
