import { SconesError } from "./errors.js";

/** A RecordIO file cannot be read, or a record cannot be written. */
export class RecordIoError extends SconesError<"RECORD_IO_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "RecordIoError";
  }
}

/** One record of a RecordIO file. */
export interface RecordIoRecord {
  /** Where the record begins in the file, in bytes: the number that an `.idx` file gives. */
  readonly offset: number;
  /** What it holds. */
  readonly data: Uint8Array;
}

/** First four bytes of a record. Source: MXNet's `dmlc/recordio.h`, like all of this file. */
const MAGIC = 0xced7230a;
/** The length of a part has 29 bits. */
const MAX_PART_BYTES = 2 ** 29 - 1;
const HEADER_BYTES = 8;
/** Upper three bits of the second word: whether a part is a whole record, or the first, a middle or the last part. */
const PART = { whole: 0, first: 1, middle: 2, last: 3 } as const;

/**
 * Encodes one record of MXNet's RecordIO, which SageMaker calls `application/x-recordio`. Join records to get a `.rec`
 * file. Data that holds the magic number at a multiple of four bytes is cut there into parts, as MXNet does.
 *
 * @param data - What the record holds; for an image see {@link encodeImageRecord}.
 * @returns The record, padded to a multiple of four bytes.
 * @throws {@link RecordIoError} `RECORD_IO_INVALID` when the data is longer than the format can say, 536,870,911 bytes.
 *
 * @example
 * ```ts
 * import { encodeRecordIo } from "scones-ml/etl";
 *
 * console.log(encodeRecordIo(Buffer.from("record_0")).byteLength); // 16
 * ```
 */
export function encodeRecordIo(data: Uint8Array): Uint8Array {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const cuts = findMagic(bytes);
  const parts: Buffer[] = [];
  for (let part = 0, start = 0; part <= cuts.length; part++) {
    const end = cuts[part] ?? bytes.length;
    if (end - start > MAX_PART_BYTES) throw invalid(0, `${end - start} bytes do not fit a record of ${MAX_PART_BYTES}`);
    const flag =
      cuts.length === 0 ? PART.whole : part === 0 ? PART.first : end === bytes.length ? PART.last : PART.middle;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(flag * 2 ** 29 + (end - start), 4);
    parts.push(header, bytes.subarray(start, end));
    // The reader puts the magic number back between two parts.
    start = end + 4;
  }
  const last = parts.at(-1)?.length ?? 0;
  parts.push(Buffer.alloc(padding(last)));
  return Buffer.concat(parts);
}

/**
 * Reads a RecordIO file record by record.
 *
 * @param file - The bytes of a `.rec` file.
 * @returns Its records, in order; the data of a record that was not cut is a view of the file.
 * @throws {@link RecordIoError} `RECORD_IO_INVALID` with the offset at which the file stops making sense.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeImageRecord, decodeRecordIo } from "scones-ml/etl";
 *
 * for (const { data } of decodeRecordIo(await readFile("train.rec"))) console.log(decodeImageRecord(data).label);
 * ```
 */
export function* decodeRecordIo(file: Uint8Array): Generator<RecordIoRecord> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let parts: Buffer[] = [];
  let offset = 0;
  for (let position = 0; position < bytes.length; ) {
    const { flag, start, end } = readPart(bytes, position);
    const isContinued = parts.length > 0;
    if (isContinued !== (flag === PART.middle || flag === PART.last)) {
      throw invalid(position, isContinued ? "a record is never finished" : "a part without its beginning");
    }
    if (!isContinued) offset = position;
    const data = bytes.subarray(start, end);
    if (flag === PART.whole) yield { offset, data };
    else parts.push(data);
    if (flag === PART.last) {
      yield { offset, data: joinParts(parts) };
      parts = [];
    }
    position = end + padding(end - start);
  }
  if (parts.length > 0) throw invalid(offset, "the file ends within a record");
}

function readPart(
  bytes: Buffer,
  position: number,
): { readonly flag: number; readonly start: number; readonly end: number } {
  const start = position + HEADER_BYTES;
  if (start > bytes.length) throw invalid(position, "the file ends within a record");
  if (bytes.readUInt32LE(position) !== MAGIC) throw invalid(position, "no record begins here");
  const word = bytes.readUInt32LE(position + 4);
  const flag = word >>> 29;
  if (flag > PART.last) throw invalid(position, `an unknown kind of part, ${flag}`);
  const end = start + (word & MAX_PART_BYTES);
  if (end + padding(end - start) > bytes.length) throw invalid(position, "the file ends within a record");
  return { flag, start, end };
}

/** Where the data holds the magic number at a multiple of four bytes. */
function findMagic(bytes: Buffer): readonly number[] {
  const found: number[] = [];
  for (let position = 0; position + 4 <= bytes.length; position += 4) {
    if (bytes[position] === 0x0a && bytes.readUInt32LE(position) === MAGIC) found.push(position);
  }
  return found;
}

function joinParts(parts: readonly Buffer[]): Buffer {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [magic, part])));
}

/** Bytes that are missing to a multiple of four. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

function invalid(offset: number, reason: string): RecordIoError {
  return new RecordIoError({
    code: "RECORD_IO_INVALID",
    message: `This is not MXNet's RecordIO: ${reason}, at byte ${offset}. Use a .rec file as stageDataset or im2rec writes it; the protobuf RecordIO of other algorithms is another format.`,
    details: { offset, reason },
  });
}
