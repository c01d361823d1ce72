import { ByteReader } from "../archive/byte-reader.js";
import { CIFAR_ROW_BYTES } from "../images/cifar-image.js";
import { PickleReader } from "../pickle/pickle-reader.js";
import { isKind, type PickleValue } from "../pickle/pickle-values.js";

/** One kept row of a batch. @internal */
export interface BatchRow {
  /** Row in the batch, from 0. */
  readonly row: number;
  /** Fine label. */
  readonly fineLabel: number;
  /** File name. */
  readonly filename: string;
  /** Three colour planes; valid until the next row. */
  readonly planes: Uint8Array;
}

/** What {@link readBatch} reads. @internal */
export interface ReadBatchOptions {
  /** The pickle's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive and the member in messages. */
  readonly where: { readonly source: string; readonly member: string };
  /** Fine labels of the rows to keep. */
  readonly fineLabels: ReadonlySet<number>;
}

interface RowTable {
  readonly filenames: readonly string[];
  readonly labels: readonly number[];
}

/** Most pixel bytes that are held when a pickle gives the pixels before the labels; train has 153,600,000. */
const MAX_HELD_BYTES = 200_000_000;
const MAX_FINE_LABEL = 99;

/**
 * Reads the rows of one `train` or `test` member. In the genuine files the labels stand before the pixels, so that
 * rows of other classes are skipped and never held. Where a pickle has them the other way round, its pixels are held
 * until the labels come: at most 200 MB.
 *
 * @param options - See {@link ReadBatchOptions}.
 * @returns The kept rows, in the order of the batch.
 * @throws {@link PickleError} `PICKLE_UNSAFE` for a pickle that asks for more than plain data.
 * @throws {@link PickleError} `PICKLE_INVALID` for one that is damaged or does not hold CIFAR data.
 * @internal
 */
export async function* readBatch(options: ReadBatchOptions): AsyncGenerator<BatchRow> {
  const reader = new ByteReader(options.chunks);
  const pickle = new PickleReader(reader, options.where);
  let pixelRows: number | undefined;
  let held: Buffer | undefined;

  for (;;) {
    const step = await pickle.next();
    if (step.type === "end") {
      if (!(step.value instanceof Map)) throw pickle.invalid("its value is not a dictionary");
      if (pixelRows === undefined) throw pickle.invalid("it has no pixels");
      const table = findTable(step.value);
      if (table === undefined) throw pickle.invalid("it has no list of file names and fine labels");
      checkTable(pickle, table, pixelRows);
      if (held) yield* keepHeld(held, table, options.fineLabels);
      return;
    }
    if (pixelRows !== undefined) throw pickle.invalid("a second array of pixels");
    pixelRows = checkArray(pickle, step.frames, step.length);
    const table = findTable(pairsOf(step.frames[1] ?? []));
    if (table) {
      checkTable(pickle, table, pixelRows);
      yield* keepStreaming(reader, pickle, table, options.fineLabels);
    } else {
      if (step.length > MAX_HELD_BYTES) throw pickle.invalid(`${step.length} bytes of pixels before the labels`);
      const bytes = await reader.takeCopy(step.length);
      if (bytes === undefined) throw pickle.invalid("it ends early");
      held = bytes;
    }
    pickle.resume();
  }
}

/** Checks that the byte string belongs to an array of bytes, one row an image, in C order. */
function checkArray(pickle: PickleReader, frames: readonly (readonly PickleValue[])[], length: number): number {
  const outer = frames[1] ?? [];
  const array = outer.at(-1);
  const [version, shape, dtype, isFortran] = frames[2] ?? [];
  if (frames.length !== 3 || outer.at(-2) !== "data" || !isKind(array, "object") || array.callable !== "reconstruct") {
    throw pickle.invalid("a long byte string that is not the array of pixels");
  }
  const isBytes = isKind(dtype, "object") && dtype.callable === "dtype" && dtype.args[0] === "u1";
  if (version !== 1 || !isBytes || isFortran !== false || !isKind(shape, "tuple")) {
    throw pickle.invalid("an array of pixels that is not of unsigned bytes in C order");
  }
  const [rows, width] = shape.items;
  if (typeof rows !== "number" || width !== CIFAR_ROW_BYTES || rows * CIFAR_ROW_BYTES !== length) {
    throw pickle.invalid(`${length} bytes of pixels that are not rows of ${CIFAR_ROW_BYTES}`);
  }
  return rows;
}

function pairsOf(items: readonly PickleValue[]): ReadonlyMap<string, PickleValue> {
  const pairs = new Map<string, PickleValue>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    const key = items[index];
    if (typeof key === "string") pairs.set(key, items[index + 1]);
  }
  return pairs;
}

function findTable(pairs: ReadonlyMap<string, PickleValue>): RowTable | undefined {
  const filenames = pairs.get("filenames");
  const labels = pairs.get("fine_labels");
  if (!Array.isArray(filenames) || !Array.isArray(labels)) return undefined;
  return { filenames: filenames as readonly string[], labels: labels as readonly number[] };
}

function checkTable(pickle: PickleReader, { filenames, labels }: RowTable, rows: number): void {
  if (filenames.length !== rows || labels.length !== rows) {
    throw pickle.invalid(`${rows} rows of pixels, ${labels.length} labels and ${filenames.length} file names`);
  }
  if (!filenames.every((name) => typeof name === "string")) throw pickle.invalid("a file name that is not text");
  const isLabel = (label: unknown) =>
    typeof label === "number" && Number.isInteger(label) && label >= 0 && label <= MAX_FINE_LABEL;
  if (!labels.every(isLabel)) throw pickle.invalid(`a fine label outside 0 to ${MAX_FINE_LABEL}`);
}

async function* keepStreaming(
  reader: ByteReader,
  pickle: PickleReader,
  table: RowTable,
  fineLabels: ReadonlySet<number>,
): AsyncGenerator<BatchRow> {
  let skipped = 0;
  const skip = async () => {
    if (!(await reader.skip(skipped * CIFAR_ROW_BYTES))) throw pickle.invalid("it ends early");
    skipped = 0;
  };
  for (const [row, fineLabel] of table.labels.entries()) {
    if (!fineLabels.has(fineLabel)) {
      skipped++;
      continue;
    }
    await skip();
    const planes = await reader.take(CIFAR_ROW_BYTES);
    if (planes === undefined) throw pickle.invalid("it ends early");
    yield { row, fineLabel, filename: table.filenames[row] ?? "", planes };
  }
  await skip();
}

function* keepHeld(held: Buffer, table: RowTable, fineLabels: ReadonlySet<number>): Generator<BatchRow> {
  for (const [row, fineLabel] of table.labels.entries()) {
    if (!fineLabels.has(fineLabel)) continue;
    const planes = held.subarray(row * CIFAR_ROW_BYTES, (row + 1) * CIFAR_ROW_BYTES);
    yield { row, fineLabel, filename: table.filenames[row] ?? "", planes };
  }
}

/**
 * Reads the names of the fine classes out of the `meta` member.
 *
 * @param options - The pickle's bytes, and what to call it in messages.
 * @returns The names in label order.
 * @throws {@link PickleError} `PICKLE_UNSAFE` or `PICKLE_INVALID` as for the batches.
 * @internal
 */
export async function readMeta(options: Pick<ReadBatchOptions, "chunks" | "where">): Promise<readonly string[]> {
  const pickle = new PickleReader(new ByteReader(options.chunks), options.where);
  const step = await pickle.next();
  const names = step.type === "end" && step.value instanceof Map ? step.value.get("fine_label_names") : undefined;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw pickle.invalid("it has no list of class names");
  }
  return names as readonly string[];
}
