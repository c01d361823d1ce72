import { CIFAR_100_COARSE_CLASSES } from "scones-ml/etl";

/** One batch of the archive. */
export interface Batch {
  /** What the batch says about itself. */
  readonly name: string;
  /** File name of each row. */
  readonly filenames: readonly string[];
  /** Fine label of each row. */
  readonly fineLabels: readonly number[];
  /** Coarse label of each row. */
  readonly coarseLabels: readonly number[];
  /** Red, green and blue plane of each row, 3,072 bytes a row. */
  readonly planes: Buffer;
}

const APPEND_BATCH = 1000;

/** Writes a batch as Python 2 wrote the genuine ones: protocol 2, byte strings, everything memoised but the pixels. */
export function pickleBatch(batch: Batch): Buffer {
  const { text, list, label, start, finish } = createPickle();
  const rows = batch.filenames.length;
  const count = Buffer.alloc(4);
  count.writeInt32LE(batch.planes.length);
  const shape = Buffer.from([0x4a, 0, 0, 0, 0, 0x4d, 0x00, 0x0c, 0x86]); // (rows, 3072)
  shape.writeInt32LE(rows, 1);
  return Buffer.concat([
    ...start(),
    text("filenames"),
    ...list(batch.filenames, text),
    text("batch_label"),
    text(batch.name),
    text("fine_labels"),
    ...list(batch.fineLabels, label),
    text("coarse_labels"),
    ...list(batch.coarseLabels, label),
    text("data"),
    Buffer.from("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"),
    Buffer.from([0x4b, 0, 0x85]), // (0,)
    Buffer.from("U\x01b\x87R(K\x01", "latin1"), // "b", reconstructed; the state begins with version 1
    shape,
    Buffer.from("cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNN", "latin1"),
    Buffer.from("J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T", "latin1"),
    count,
    batch.planes,
    Buffer.from("tb"),
    ...finish(),
  ]);
}

/** Writes the names of the fine and of the coarse classes, byte for byte as in the genuine archive. */
export function pickleMeta(fineLabelNames: readonly string[]): Buffer {
  const { text, list, start, finish } = createPickle();
  return Buffer.concat([
    ...start(),
    text("fine_label_names"),
    ...list(fineLabelNames, text),
    text("coarse_label_names"),
    ...list(CIFAR_100_COARSE_CLASSES, text),
    ...finish(),
  ]);
}

function createPickle() {
  let memo = 1; // Python 2 counted from one.
  const put = (): Buffer => {
    const index = memo++;
    if (index < 256) return Buffer.from([0x71, index]);
    const operand = Buffer.alloc(5);
    operand.writeUInt8(0x72);
    operand.writeUInt32LE(index, 1);
    return operand;
  };
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.from([0x55, value.length]), Buffer.from(value, "latin1"), put()]);
  const list = <T>(items: readonly T[], write: (item: T) => Buffer): readonly Buffer[] => {
    const parts = [Buffer.from("]"), put()];
    for (let first = 0; first < items.length; first += APPEND_BATCH) {
      parts.push(Buffer.from("("), ...items.slice(first, first + APPEND_BATCH).map(write), Buffer.from("e"));
    }
    return parts;
  };
  const label = (value: number): Buffer => Buffer.from([0x4b, value]);
  return {
    text,
    list,
    label,
    start: () => [Buffer.from([0x80, 2]), Buffer.from("}"), put(), Buffer.from("(")],
    finish: () => [Buffer.from("u.")],
  };
}
