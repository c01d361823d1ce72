import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { formatCaptureKey } from "scones-ml/monitoring";

/** Captures that were written. */
export interface CaptureData {
  /** Size of all files. */
  readonly bytes: number;
  /** Records in them. */
  readonly records: number;
}

const HOURS = 48;
const FILES_PER_HOUR = 12;
/** Size of a PNG of 32 by 32 pixels from CIFAR-100, on average. */
const IMAGE_BYTES = 2600;
const IMAGES = 256;

/** Writes captures of images in SageMaker's layout: 12 files in each of 48 hours, always the same for a size. */
export async function writeCaptures(folder: string, bytes: number): Promise<CaptureData> {
  // What does not compress, as a PNG does not; no reader here looks inside.
  const images = Array.from({ length: IMAGES }, (_, index) => noise(`image ${index}`, IMAGE_BYTES).toString("base64"));
  const begin = Date.UTC(2025, 9, 4, 8);
  const files = HOURS * FILES_PER_HOUR;
  const stepMs = 3_600_000 / FILES_PER_HOUR;
  let written = 0;
  let records = 0;
  for (let file = 0; file < files; file++) {
    const time = new Date(begin + file * stepMs + (file % 20) * 1000 + 7);
    const key = {
      prefix: "data_capture",
      endpointName: "scones",
      variantName: "AllTraffic",
      time,
      id: uuid(`file ${file}`),
    };
    const path = join(folder, formatCaptureKey(key));
    await mkdir(dirname(path), { recursive: true });
    const stream = createWriteStream(path);
    const count = Math.max(1, Math.round(((bytes * (file + 1)) / files - written) / 3800));
    for (let index = 0; index < count; index++) {
      const line = describeRecord(records++, new Date(time.getTime() + Math.floor((index * 59_000) / count)), images);
      written += line.length;
      if (!stream.write(line)) await once(stream, "drain");
    }
    stream.end();
    await finished(stream);
  }
  return { bytes: written, records };
}

function describeRecord(index: number, time: Date, images: readonly string[]): string {
  const random = noise(`record ${index}`, 32);
  const confidence = Math.fround(1 - 0.5 * (random.readUInt32LE(0) / 2 ** 32) ** 3);
  const pair = random.readUInt8(4) % 2 === 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence];
  const input = { observedContentType: "image/png", mode: "INPUT", data: images[index % IMAGES], encoding: "BASE64" };
  const output = {
    observedContentType: "application/json",
    mode: "OUTPUT",
    data: JSON.stringify(pair),
    encoding: "JSON",
  };
  const inferenceTime = `${time.toISOString().slice(0, 19)}Z`;
  return `${JSON.stringify({
    captureData: { endpointInput: input, endpointOutput: output },
    eventMetadata: { eventId: uuid(`event ${index}`), inferenceTime },
    eventVersion: "0",
  })}\n`;
}

/** Bytes that look random and are the same for the same seed. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash("sha256").update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function uuid(seed: string): string {
  return noise(seed, 16)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
