import { RecordIoError } from "./record-io.js";

/** An image as a record of a `.rec` file holds it. */
export interface ImageRecord {
  /** Number of the image: the first column of the `.lst` manifest. */
  readonly id: number;
  /** Its label, or several of them. */
  readonly label: number | readonly number[];
  /** The image file, PNG or JPEG, as it is. */
  readonly image: Uint8Array;
}

/** Number of labels, one label, the image's number, and a second number that is 0. Source: MXNet's `IRHeader`. */
const HEADER_BYTES = 24;
/** More labels than any data set has. */
const MAX_LABELS = 1_000_000;

/**
 * Puts MXNet's image header in front of an image, as `im2rec --pass-through` does: the image's own bytes stay.
 *
 * @param record - See {@link ImageRecord}. Labels are written as 32-bit floats.
 * @returns What a record of a `.rec` file holds, for {@link encodeRecordIo}.
 * @throws {@link RecordIoError} `RECORD_IO_INVALID` when the number or a label cannot be written.
 *
 * @example
 * ```ts
 * import { encodeImageRecord, encodePng, encodeRecordIo } from "scones-ml/etl";
 *
 * const image = encodePng({ width: 1, height: 1, rgb: Uint8Array.of(255, 0, 0) });
 * const record = encodeRecordIo(encodeImageRecord({ id: 16, label: 0, image }));
 * ```
 */
export function encodeImageRecord({ id, label, image }: ImageRecord): Uint8Array {
  if (!Number.isSafeInteger(id) || id < 0) throw invalid(`the number ${id} of an image is not a whole number from 0`);
  const labels = typeof label === "number" ? [label] : label;
  const wrong = labels.find((value) => !Number.isFinite(value));
  if (wrong !== undefined || labels.length > MAX_LABELS)
    throw invalid(`the label ${wrong ?? "list"} cannot be written`);
  const extra = typeof label === "number" ? 0 : labels.length;
  const header = Buffer.alloc(HEADER_BYTES + 4 * extra);
  header.writeUInt32LE(extra, 0);
  if (typeof label === "number") header.writeFloatLE(label, 4);
  header.writeBigUInt64LE(BigInt(id), 8);
  for (const [index, value] of labels.slice(0, extra).entries()) header.writeFloatLE(value, HEADER_BYTES + 4 * index);
  return Buffer.concat([header, image]);
}

/**
 * Reads what a record of a `.rec` file of images holds.
 *
 * @param data - Data of one record, see {@link decodeRecordIo}.
 * @returns The image with its number and label; the image is a view of the data.
 * @throws {@link RecordIoError} `RECORD_IO_INVALID` when it is too short or its number is out of range.
 *
 * @example
 * ```ts
 * import { decodeImageRecord, type RecordIoRecord } from "scones-ml/etl";
 *
 * export const labelOf = (record: RecordIoRecord) => decodeImageRecord(record.data).label;
 * ```
 */
export function decodeImageRecord(data: Uint8Array): ImageRecord {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < HEADER_BYTES) throw invalid(`${bytes.length} bytes are less than the header of an image`);
  const extra = bytes.readUInt32LE(0);
  const start = HEADER_BYTES + 4 * extra;
  if (start > bytes.length) throw invalid(`${extra} labels do not fit into ${bytes.length} bytes`);
  const id = Number(bytes.readBigUInt64LE(8));
  if (!Number.isSafeInteger(id)) throw invalid(`the number ${id} of an image is out of range`);
  const labels = Array.from({ length: extra }, (_, index) => bytes.readFloatLE(HEADER_BYTES + 4 * index));
  return { id, label: extra === 0 ? bytes.readFloatLE(4) : labels, image: bytes.subarray(start) };
}

function invalid(reason: string): RecordIoError {
  return new RecordIoError({
    code: "RECORD_IO_INVALID",
    message: `This is no image record: ${reason}. Records of images begin with MXNet's image header, 24 bytes.`,
    details: { offset: 0, reason },
  });
}
