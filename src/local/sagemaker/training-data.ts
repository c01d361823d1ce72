import { isSconesError } from "../../core/errors.js";
import { decodeImageRecord } from "../../core/image-record.js";
import { decodeRecordIo } from "../../core/record-io.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { isRecord } from "../shapes.js";
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
  /** How it reaches the container; absent: like the job. */
  readonly InputMode?: string;
  /** Where its objects lie. */
  readonly DataSource: { readonly S3DataSource?: S3DataSource };
}

interface S3DataSource {
  readonly S3DataType: string;
  readonly S3Uri: string;
  /** The attributes of a line of an augmented manifest: image and label. */
  readonly AttributeNames?: readonly string[];
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
 * names from the channel itself, the `.rec` file of a RecordIO channel, or the images that an augmented manifest lists.
 *
 * @param options - See {@link ReadChannelOptions}.
 * @returns Pixels and labels in the order of the manifest or of the file.
 * @throws {@link ContainerFailure} with the algorithm's own message where one is known.
 * @internal
 */
export async function readChannelImages(options: ReadChannelOptions): Promise<ChannelImages> {
  const { name, imageShape, signal } = options;
  const channel = findChannel(options, name);
  const rows = await readRows(options, channel);
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

function readRows(options: ReadChannelOptions, channel: FoundChannel): Promise<readonly ChannelRow[]> {
  if (channel.attributes !== undefined) return readAugmentedManifest(options, channel.uri, channel.attributes);
  return channel.type === RECORD_IO ? readRecords(options, channel.uri) : readManifest(options, channel.uri);
}

interface FoundChannel {
  readonly uri: string;
  readonly type: string;
  /** The attributes of an augmented manifest. */
  readonly attributes?: readonly string[];
}

function findChannel({ channels }: ReadChannelOptions, name: string): FoundChannel {
  const channel = channels.find(({ ChannelName }) => ChannelName === name);
  const source = channel?.DataSource.S3DataSource;
  if (channel === undefined || source === undefined) {
    throw new ContainerFailure(`ClientError: The ${name} channel is missing in the input data configuration.`);
  }
  const [type = "", format] = (channel.ContentType ?? "").split(/\s*;\s*/);
  if (format !== undefined) {
    throw new ContainerFailure(
      `ClientError: The local AWS trains on one label an image; the ${name} channel has the content type ${channel.ContentType}.`,
    );
  }
  const isKnown = /^(application\/x-image|image\/png|image\/jpeg)$/.test(type) || type === RECORD_IO;
  if (source.S3DataType === "AugmentedManifestFile" && isKnown) {
    return { uri: source.S3Uri, type, attributes: source.AttributeNames ?? [] };
  }
  if (source.S3DataType !== "S3Prefix" || !isKnown) {
    throw new ContainerFailure(
      `ClientError: The local AWS reads ${name} as application/x-image or ${RECORD_IO} from an S3Prefix or an AugmentedManifestFile; it got ${type === "" ? "no content type" : type} from ${source.S3DataType}.`,
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

async function readAugmentedManifest(
  { objects, name, classes }: ReadChannelOptions,
  uri: string,
  [imageAttribute = "source-ref", labelAttribute = "class"]: readonly string[],
): Promise<readonly ChannelRow[]> {
  const { bucket, key } = parseS3Uri(uri);
  const text = new TextDecoder().decode(await objects.read(bucket, key));
  const rows: ChannelRow[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { [imageAttribute]: path, [labelAttribute]: label } = parseLine(line, name, index + 1);
    if (typeof path !== "string" || !isS3Uri(path) || label === undefined || label === "") {
      throw invalidLine(
        name,
        index + 1,
        `${imageAttribute} and ${labelAttribute} must name an S3 object and its label`,
      );
    }
    checkLabel(Number(label), name, classes);
    const image = parseS3Uri(path);
    rows.push({ label: Number(label), path, read: () => objects.read(image.bucket, image.key) });
  }
  if (rows.length === 0) throw new ContainerFailure(`ClientError: The ${name} channel lists no image.`);
  return rows;
}

function isS3Uri(text: string): boolean {
  return /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/./s.test(text);
}

function parseLine(line: string, name: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value)) return value;
  } catch {
    // Told below, like any other line that is no object.
  }
  throw invalidLine(name, number, "it is no JSON object");
}

function invalidLine(name: string, number: number, reason: string): ContainerFailure {
  return new ContainerFailure(`ClientError: Line ${number} of the ${name} manifest cannot be used: ${reason}.`);
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
