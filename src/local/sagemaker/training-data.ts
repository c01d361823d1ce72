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

interface ManifestRow {
  readonly label: number;
  readonly path: string;
}

/**
 * Reads a channel as the algorithm's container does in File mode: the manifest from `{name}_lst`, and every image
 * that it names from the channel itself.
 *
 * @param options - See {@link ReadChannelOptions}.
 * @returns Pixels and labels in the order of the manifest.
 * @throws {@link ContainerFailure} with the algorithm's own message where one is known.
 * @internal
 */
export async function readChannelImages(options: ReadChannelOptions): Promise<ChannelImages> {
  const { objects, name, imageShape, signal } = options;
  const images = findChannel(options, name);
  const rows = await readManifest(options, findChannel(options, `${name}_lst`));
  const { bucket, key } = parseS3Uri(images.uri);
  const folder = key === "" || key.endsWith("/") ? key : `${key}/`;
  const size = imageShape.height * imageShape.width * 3;
  const pixels = new Uint8Array(rows.length * size);
  const labels = new Uint32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    signal.throwIfAborted();
    const bytes = await objects.read(bucket, folder + row.path);
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

function findChannel({ channels }: ReadChannelOptions, name: string): { readonly uri: string } {
  const channel = channels.find(({ ChannelName }) => ChannelName === name);
  const source = channel?.DataSource.S3DataSource;
  if (channel === undefined || source === undefined) {
    throw new ContainerFailure(`ClientError: The ${name} channel is missing in the input data configuration.`);
  }
  const type = channel.ContentType ?? "";
  if (source.S3DataType !== "S3Prefix" || !/^(application\/x-image|image\/png|image\/jpeg)$/.test(type)) {
    throw new ContainerFailure(
      `ClientError: The local AWS reads ${name} as application/x-image from an S3Prefix; it got ${type === "" ? "no content type" : type} from ${source.S3DataType}.`,
    );
  }
  return { uri: source.S3Uri };
}

async function readManifest(
  { objects, name, classes }: ReadChannelOptions,
  channel: { readonly uri: string },
): Promise<readonly ManifestRow[]> {
  const { bucket, key } = parseS3Uri(channel.uri);
  const keys: string[] = [];
  for await (const found of objects.list(bucket, key)) if (found.endsWith(".lst")) keys.push(found);
  const rows: ManifestRow[] = [];
  for (const found of keys) {
    const text = new TextDecoder().decode(await objects.read(bucket, found));
    for (const line of text.split("\n")) if (line.trim() !== "") rows.push(parseRow(line, name, classes));
  }
  if (rows.length === 0) throw new ContainerFailure(`Customer Error: Invalid lst file in the ${name} channel.`);
  return rows;
}

function parseRow(line: string, name: string, classes: number): ManifestRow {
  const [index, label, path, ...rest] = line.trim().split("\t");
  const labelId = Number(label);
  if (path === undefined || rest.length > 0 || !Number.isInteger(Number(index)) || !Number.isInteger(labelId)) {
    throw new ContainerFailure(`Customer Error: Invalid lst file in the ${name} channel.`);
  }
  if (labelId < 0 || labelId >= classes) {
    throw new ContainerFailure(
      `ClientError: The label ${labelId} in the ${name} manifest does not fit num_classes ${classes}; labels run from 0 to ${classes - 1}.`,
    );
  }
  return { label: labelId, path };
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
