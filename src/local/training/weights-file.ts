import { crc32 } from "node:zlib";
import * as z from "zod";
import { ARCHITECTURE_LIMITS, type Architecture, layOutNetwork } from "./architecture.js";
import { LocalTrainingError } from "./training-error.js";

/** A trained network as plain data. @internal */
export interface NetworkWeights {
  readonly architecture: Architecture;
  /** Mean and standard deviation of the training images' channels, of values from 0 to 1. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly parameters: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
}

/** What the file begins with; the digit is the format's version. */
const MAGIC = "SCONESW1";
const CHECKSUM_BYTES = 4;
const MAX_HEADER_BYTES = 65_536;

const { widthStep, maxWidth, minSide, maxSide, minClasses, maxClasses } = ARCHITECTURE_LIMITS;
const WidthSchema = z.int().min(widthStep).max(maxWidth).multipleOf(widthStep);
const SideSchema = z.int().min(minSide).max(maxSide);

const HeaderSchema = z.strictObject({
  widths: z.tuple([WidthSchema, WidthSchema, WidthSchema]),
  imageShape: z.strictObject({ height: SideSchema, width: SideSchema }),
  classes: z.int().min(minClasses).max(maxClasses),
  mean: z.array(z.number()).length(3),
  deviation: z.array(z.number().positive()).length(3),
});

/**
 * Writes a network as bytes: a mark, the length of a JSON header, the header, little-endian float32 numbers, and the
 * CRC-32 of all that.
 *
 * @param network - The network.
 * @returns The file.
 * @internal
 */
export function encodeWeights(network: NetworkWeights): Uint8Array {
  const { architecture, mean, deviation } = network;
  const json = JSON.stringify({ ...architecture, mean, deviation });
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 4) * 4));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const arrays = [network.parameters, network.runningMean, network.runningVariance];
  const numbers = arrays.map((array) => Buffer.from(array.slice().buffer));
  const content = Buffer.concat([Buffer.from(MAGIC), length, header, ...numbers]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(content));
  return Buffer.concat([content, checksum]);
}

/**
 * Reads what {@link encodeWeights} wrote, and trusts nothing in it.
 *
 * @param file - The file.
 * @returns The network.
 * @throws {@link LocalTrainingError} `LOCAL_WEIGHTS_INVALID` when it is damaged or something else.
 * @internal
 */
export function decodeWeights(file: Uint8Array): NetworkWeights {
  const whole = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const start = MAGIC.length + 4;
  if (whole.length < start + CHECKSUM_BYTES || whole.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw invalidWeights("it has another format");
  }
  const bytes = whole.subarray(0, -CHECKSUM_BYTES);
  if (crc32(bytes) !== whole.readUInt32LE(bytes.length))
    throw invalidWeights("its checksum is wrong, so it is cut or damaged");
  const headerLength = bytes.readUInt32LE(MAGIC.length);
  if (headerLength > MAX_HEADER_BYTES || start + headerLength > bytes.length) throw invalidWeights("its header is cut");
  const { mean, deviation, ...architecture } = parseHeader(bytes.toString("utf8", start, start + headerLength));
  const layout = layOutNetwork(architecture);
  const counts = [layout.parameters, layout.channels, layout.channels];
  const expected = start + headerLength + 4 * counts.reduce((sum, count) => sum + count, 0);
  if (bytes.length !== expected) throw invalidWeights(`it has ${bytes.length} bytes instead of ${expected}`);
  let offset = start + headerLength;
  const [parameters, runningMean, runningVariance] = counts.map((count) => {
    const copy = Uint8Array.from(bytes.subarray(offset, offset + 4 * count));
    offset += 4 * count;
    return new Float32Array(copy.buffer);
  });
  if (!parameters || !runningMean || !runningVariance) throw invalidWeights("its numbers are missing");
  if (![parameters, runningMean, runningVariance].every((array) => array.every(Number.isFinite))) {
    throw invalidWeights("it holds numbers that are not finite");
  }
  if (!runningVariance.every((value) => value >= 0)) throw invalidWeights("it holds a negative variance");
  return { architecture, mean, deviation, parameters, runningMean, runningVariance };
}

function parseHeader(text: string): z.output<typeof HeaderSchema> {
  try {
    return HeaderSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalidWeights("its header is damaged", cause);
  }
}

/**
 * Makes the error for a file that holds no network of ours.
 *
 * @param reason - What is wrong with it, as half a sentence.
 * @param cause - What was caught.
 * @returns The error.
 * @internal
 */
export function invalidWeights(reason: string, cause?: unknown): LocalTrainingError {
  return new LocalTrainingError({
    code: "LOCAL_WEIGHTS_INVALID",
    message: `This is not a network that a local training job wrote: ${reason}. Serve the model.tar.gz of a local job, unchanged.`,
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
