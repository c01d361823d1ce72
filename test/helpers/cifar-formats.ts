import { gzipSync } from "node:zlib";
import { pickleMeta } from "../../examples/end-to-end/pickle-writer.js";
import { CIFAR_10_CLASSES, CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "../../src/etl/cifar/class-names.js";
import { batchOf, tarOf } from "./archive.js";

/** One row of a made-up batch of any format. */
export interface AnyRow {
  readonly fine: number;
  readonly coarse?: number;
  /** Fills all pixels. */
  readonly value: number;
}

type Members = Readonly<Record<string, Buffer>>;

const gzipTar = async (members: Members, folder: string) => gzipSync(await tarOf(members, folder));

/** A CIFAR-100 archive in the binary format. */
export function hundredBinary(train: readonly AnyRow[], test: readonly AnyRow[], changes: Members = {}) {
  const batch = (rows: readonly AnyRow[]) =>
    Buffer.concat(rows.map(({ fine, coarse = 0, value }) => Buffer.concat([Buffer.of(coarse, fine), pixels(value)])));
  const members = {
    "train.bin": batch(train),
    "test.bin": batch(test),
    "fine_label_names.txt": lines(CIFAR_100_CLASSES),
    "coarse_label_names.txt": lines(CIFAR_100_COARSE_CLASSES),
    ...changes,
  };
  return gzipTar(members, "cifar-100-binary/");
}

/** A CIFAR-100 archive in the python format, with coarse labels. */
export function hundredPython(rows: readonly AnyRow[]) {
  const specs = rows.map(({ fine, coarse = 0, value }, index) => ({
    filename: `row_s_${String(index).padStart(6, "0")}.png`,
    fineLabel: fine,
    coarseLabel: coarse,
    value,
  }));
  const batch = batchOf(specs);
  return gzipTar({ train: batch, test: batch, meta: pickleMeta(CIFAR_100_CLASSES) }, "cifar-100-python/");
}

/** A CIFAR-10 archive in the binary format; one list of rows a training batch. */
export function tenBinary(batches: readonly (readonly AnyRow[])[], test: readonly AnyRow[]) {
  const batch = (rows: readonly AnyRow[] = []) =>
    Buffer.concat(rows.map(({ fine, value }) => Buffer.concat([Buffer.of(fine), pixels(value)])));
  const train = [0, 1, 2, 3, 4].map((index) => [`data_batch_${index + 1}.bin`, batch(batches[index])] as const);
  const members = {
    ...Object.fromEntries(train),
    "test_batch.bin": batch(test),
    // The genuine file ends with an empty line.
    "batches.meta.txt": Buffer.concat([lines(CIFAR_10_CLASSES), Buffer.from("\n")]),
  };
  return gzipTar(members, "cifar-10-batches-bin/");
}

/** A CIFAR-10 archive in the python format: keys in the genuine order, so that file names stand behind the pixels. */
export function tenPython(batches: readonly (readonly AnyRow[])[], test: readonly AnyRow[]) {
  const train = [0, 1, 2, 3, 4].map((index) => [`data_batch_${index + 1}`, tenBatch(batches[index] ?? [])] as const);
  const meta = raw(
    "\x80\x02}(",
    text("num_cases_per_batch"),
    "M\x10\x27",
    text("label_names"),
    "](",
    ...CIFAR_10_CLASSES.map(text),
    "e",
    text("num_vis"),
    "M\x00\x0cu.",
  );
  // The genuine archive has its batches in no order.
  const members = { ...Object.fromEntries(train.reverse()), test_batch: tenBatch(test), "batches.meta": meta };
  return gzipTar(members, "cifar-10-batches-py/");
}

function tenBatch(rows: readonly AnyRow[]): Buffer {
  const planes = Buffer.concat(rows.map(({ value }) => pixels(value)));
  const count = Buffer.alloc(4);
  count.writeInt32LE(planes.length);
  return raw(
    "\x80\x02}(",
    text("batch_label"),
    text("training batch"),
    text("labels"),
    "](",
    ...rows.map(({ fine }) => Buffer.of(0x4b, fine)),
    "e",
    text("data"),
    "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01",
    Buffer.of(0x4d, rows.length & 255, rows.length >> 8, 0x4d, 0x00, 0x0c, 0x86),
    "cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T",
    count,
    planes,
    "tb",
    text("filenames"),
    "](",
    ...rows.map((_, index) => text(`file_s_${String(index).padStart(6, "0")}.png`)),
    "eu.",
  );
}

const pixels = (value: number) => Buffer.alloc(3072, value);
const lines = (names: readonly string[]) => Buffer.from(`${names.join("\n")}\n`);
const text = (value: string) => Buffer.from([0x55, value.length, ...Buffer.from(value)]);
const raw = (...parts: readonly (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
