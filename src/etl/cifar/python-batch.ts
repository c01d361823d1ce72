import { ByteReader } from "../archive/byte-reader.js";
import { CIFAR_ROW_BYTES } from "../images/cifar-image.js";
import { PickleReader } from "../pickle/pickle-reader.js";
import { isKind, type PickleValue } from "../pickle/pickle-values.js";
import type { CifarDataset } from "./cifar-archives.js";
import { type ClassSelection, findLabelId } from "./class-selection.js";

/** One kept row of a batch. @internal */
export interface BatchRow {
  /** Row in the batch, from 0. */
  readonly row: number;
  /** The label that it gets. */
  readonly labelId: number;
  /** File name. */
  readonly filename: string;
  /** Three colour planes; valid until the next row. */
  readonly planes: Uint8Array;
}

/** What {@link readPythonBatch} reads. @internal */
export interface ReadPythonBatchOptions {
  /** The pickle's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive and the member in messages. */
  readonly where: { readonly source: string; readonly member: string };
  /** The rows to keep. */
  readonly selection: ClassSelection;
}

/** A row to keep, and where it lies. */
interface ChosenRow {
  readonly row: number;
  readonly labelId: number;
}

/** A row whose pixels are held until its name comes. */
interface HeldRow extends ChosenRow {
  readonly planes: Uint8Array;
}

/** Most pixel bytes that are held when a pickle gives the pixels before the labels; train has 153,600,000. */
const MAX_HELD_BYTES = 200_000_000;
/** What the lists of labels are called, and how many labels there are. */
const LABEL_LISTS: Readonly<Record<CifarDataset, { readonly fine: string; readonly labels: number }>> = {
  "CIFAR-100": { fine: "fine_labels", labels: 100 },
  "CIFAR-10": { fine: "labels", labels: 10 },
};
const COARSE_LABELS = 20;

/**
 * Reads the rows of one batch that Python wrote as a pickle. Rows of other classes are never held where the labels
 * stand before the pixels, as they do in the genuine files. The file names of CIFAR-10 stand after the pixels, so the
 * kept rows are held until then: at most the batch, 30.72 MB. Where the labels come last too, all pixels are held: at
 * most 200 MB.
 *
 * @param options - See {@link ReadPythonBatchOptions}.
 * @returns The kept rows, in the order of the batch.
 * @throws {@link PickleError} `PICKLE_UNSAFE` for a pickle that asks for more than plain data.
 * @throws {@link PickleError} `PICKLE_INVALID` for one that is damaged or does not hold CIFAR data.
 * @internal
 */
export async function* readPythonBatch(options: ReadPythonBatchOptions): AsyncGenerator<BatchRow> {
  const reader = new ByteReader(options.chunks);
  const pickle = new PickleReader(reader, options.where);
  let rows: number | undefined;
  let allPixels: Buffer | undefined;
  let held: readonly HeldRow[] = [];
  let isGiven = false;

  for (;;) {
    const step = await pickle.next();
    if (step.type === "end") {
      if (!(step.value instanceof Map)) throw pickle.invalid("its value is not a dictionary");
      if (rows === undefined) throw pickle.invalid("it has no pixels");
      if (isGiven) return;
      const filenames = findFilenames(pickle, step.value, rows);
      const chosen = chooseRows(pickle, step.value, rows, options.selection);
      if (filenames === undefined || chosen === undefined) throw pickle.invalid("it lacks its file names or labels");
      if (allPixels) held = cutRows(allPixels, chosen);
      for (const { row, labelId, planes } of held) yield { row, labelId, planes, filename: filenames[row] ?? "" };
      return;
    }
    if (rows !== undefined) throw pickle.invalid("a second array of pixels");
    rows = checkArray(pickle, step.frames, step.length);
    const pairs = pairsOf(step.frames[1] ?? []);
    const filenames = findFilenames(pickle, pairs, rows);
    const chosen = chooseRows(pickle, pairs, rows, options.selection);
    if (chosen === undefined) {
      if (step.length > MAX_HELD_BYTES) throw pickle.invalid(`${step.length} bytes of pixels before the labels`);
      allPixels = await reader.takeCopy(step.length);
      if (allPixels === undefined) throw pickle.invalid("it ends early");
    } else if (filenames === undefined) {
      const kept: HeldRow[] = [];
      for await (const row of takeRows(reader, pickle, chosen, rows)) kept.push({ ...row, planes: row.planes.slice() });
      held = kept;
    } else {
      for await (const row of takeRows(reader, pickle, chosen, rows)) {
        yield { ...row, filename: filenames[row.row] ?? "" };
      }
      isGiven = true;
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

type Pairs = ReadonlyMap<string, PickleValue>;

function findFilenames(pickle: PickleReader, pairs: Pairs, rows: number): readonly string[] | undefined {
  const names = pairs.get("filenames");
  if (!Array.isArray(names)) return undefined;
  if (names.length !== rows) throw pickle.invalid(`${rows} rows of pixels and ${names.length} file names`);
  if (!names.every((name) => typeof name === "string")) throw pickle.invalid("a file name that is not text");
  return names as readonly string[];
}

/** Decides by the labels which rows are kept; `undefined` while a list of labels is missing. */
function chooseRows(
  pickle: PickleReader,
  pairs: Pairs,
  rows: number,
  selection: ClassSelection,
): readonly ChosenRow[] | undefined {
  const { fine, labels } = LABEL_LISTS[selection.dataset];
  const fineLabels = findLabels(pickle, pairs, { key: fine, labels, rows });
  const needsCoarse = selection.byCoarse.size > 0;
  const coarseLabels = needsCoarse
    ? findLabels(pickle, pairs, { key: "coarse_labels", labels: COARSE_LABELS, rows })
    : undefined;
  if (fineLabels === undefined || (needsCoarse && coarseLabels === undefined)) return undefined;
  const chosen: ChosenRow[] = [];
  for (const [row, label] of fineLabels.entries()) {
    const labelId = findLabelId(selection, label, coarseLabels?.[row]);
    if (labelId !== undefined) chosen.push({ row, labelId });
  }
  return chosen;
}

function findLabels(
  pickle: PickleReader,
  pairs: Pairs,
  { key, labels, rows }: { readonly key: string; readonly labels: number; readonly rows: number },
): readonly number[] | undefined {
  const list = pairs.get(key);
  if (!Array.isArray(list)) return undefined;
  if (list.length !== rows) throw pickle.invalid(`${rows} rows of pixels and ${list.length} labels`);
  const isLabel = (label: unknown) =>
    typeof label === "number" && Number.isInteger(label) && label >= 0 && label < labels;
  if (!list.every(isLabel)) throw pickle.invalid(`a label in ${key} outside 0 to ${labels - 1}`);
  return list as readonly number[];
}

/** Takes the pixels of the chosen rows, leaves out the others, and ends behind the last one. */
async function* takeRows(
  reader: ByteReader,
  pickle: PickleReader,
  chosen: readonly ChosenRow[],
  rows: number,
): AsyncGenerator<HeldRow> {
  let next = 0;
  const skipTo = async (row: number) => {
    if (!(await reader.skip((row - next) * CIFAR_ROW_BYTES))) throw pickle.invalid("it ends early");
    next = row;
  };
  for (const { row, labelId } of chosen) {
    await skipTo(row);
    const planes = await reader.take(CIFAR_ROW_BYTES);
    if (planes === undefined) throw pickle.invalid("it ends early");
    next = row + 1;
    yield { row, labelId, planes };
  }
  await skipTo(rows);
}

function cutRows(pixels: Buffer, chosen: readonly ChosenRow[]): readonly HeldRow[] {
  return chosen.map(({ row, labelId }) => {
    const planes = pixels.subarray(row * CIFAR_ROW_BYTES, (row + 1) * CIFAR_ROW_BYTES);
    return { row, labelId, planes };
  });
}
