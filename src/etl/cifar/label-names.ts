import { archiveInvalid } from "../archive/archive-failures.js";
import { ByteReader } from "../archive/byte-reader.js";
import { PickleReader } from "../pickle/pickle-reader.js";
import { CIFAR_10_CLASSES, CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "./class-names.js";

/** What {@link checkLabelNames} reads. @internal */
export interface CheckLabelNamesOptions {
  /** The member's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive and the member in messages. */
  readonly where: { readonly source: string; readonly member: string };
}

/** Where each member keeps its names: under a key of its pickle, or as its lines. */
const NAME_LISTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  meta: { fine_label_names: CIFAR_100_CLASSES, coarse_label_names: CIFAR_100_COARSE_CLASSES },
  "batches.meta": { label_names: CIFAR_10_CLASSES },
  "fine_label_names.txt": { lines: CIFAR_100_CLASSES },
  "coarse_label_names.txt": { lines: CIFAR_100_COARSE_CLASSES },
  "batches.meta.txt": { lines: CIFAR_10_CLASSES },
};
/** The genuine texts have 1 kB at most. */
const MAX_TEXT_BYTES = 64 * 1024;

/**
 * Checks that an archive's own class names are those that the classes were looked up in; else every label would be wrong.
 *
 * @param options - See {@link CheckLabelNamesOptions}.
 * @throws {@link ArchiveError} `ARCHIVE_INVALID` when they are others.
 * @throws {@link PickleError} `PICKLE_UNSAFE` or `PICKLE_INVALID` as for the batches.
 * @internal
 */
export async function checkLabelNames({ chunks, where }: CheckLabelNamesOptions): Promise<void> {
  const expected = NAME_LISTS[where.member] ?? {};
  const found = "lines" in expected ? { lines: await readLines(chunks) } : await readPickled(chunks, where);
  for (const [key, names] of Object.entries(expected)) {
    const list = found[key];
    // The coarse names are missing in archives that people have cut down; who chooses coarse classes needs the labels.
    if (list === undefined && key === "coarse_label_names") continue;
    if (list?.length === names.length && names.every((name, index) => name === list[index])) continue;
    const reason = `the class names in "${where.member}" are not those of the data set, so its labels mean something else`;
    throw archiveInvalid({ ...where, reason });
  }
}

async function readLines(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const reader = new ByteReader(chunks);
  await reader.fill(MAX_TEXT_BYTES);
  const text = (reader.tryTake(Math.min(reader.atHand, MAX_TEXT_BYTES)) ?? Buffer.alloc(0)).toString("latin1");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

async function readPickled(
  chunks: AsyncIterable<Uint8Array>,
  where: CheckLabelNamesOptions["where"],
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const pickle = new PickleReader(new ByteReader(chunks), where);
  const step = await pickle.next();
  if (step.type !== "end" || !(step.value instanceof Map)) throw pickle.invalid("it has no list of class names");
  return Object.fromEntries([...step.value].map(([key, value]) => [key, Array.isArray(value) ? value : []]));
}
