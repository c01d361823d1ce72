import { archiveInvalid } from "../archive/archive-failures.js";
import { ByteReader } from "../archive/byte-reader.js";
import { CIFAR_ROW_BYTES } from "../images/cifar-image.js";
import type { CifarDataset } from "./cifar-archives.js";
import { CIFAR_10_CLASSES, CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "./class-names.js";
import { type ClassSelection, findLabelId } from "./class-selection.js";
import type { BatchRow } from "./python-batch.js";

/** What {@link readBinaryBatch} reads. @internal */
export interface ReadBinaryBatchOptions {
  /** The member's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive and the member in messages. */
  readonly where: { readonly source: string; readonly member: string };
  /** The rows to keep. */
  readonly selection: ClassSelection;
  /** Row of the split that the first record is. */
  readonly firstRow: number;
}

/** The label bytes in front of the pixels: coarse and fine, or the only one. Source: the data sets' home page. */
const LABEL_LIMITS: Readonly<Record<CifarDataset, readonly number[]>> = {
  "CIFAR-100": [CIFAR_100_COARSE_CLASSES.length, CIFAR_100_CLASSES.length],
  "CIFAR-10": [CIFAR_10_CLASSES.length],
};

/**
 * Reads the records of one batch of a binary archive: label bytes, then the pixels. Only one record is held. The format
 * knows no file names, so each row is called after its class and its row in the split, such as `bicycle_00016.png`.
 *
 * @param options - See {@link ReadBinaryBatchOptions}.
 * @returns The kept rows, in the order of the batch.
 * @throws {@link ArchiveError} `ARCHIVE_INVALID` when a label is out of range or the last record is cut.
 * @internal
 */
export async function* readBinaryBatch(options: ReadBinaryBatchOptions): AsyncGenerator<BatchRow> {
  const { where, selection, firstRow } = options;
  const limits = LABEL_LIMITS[selection.dataset];
  const recordBytes = limits.length + CIFAR_ROW_BYTES;
  const reader = new ByteReader(options.chunks);
  const names = selection.dataset === "CIFAR-10" ? CIFAR_10_CLASSES : CIFAR_100_CLASSES;
  for (let row = 0; ; row++) {
    const record = await reader.take(recordBytes);
    if (record === undefined) {
      if (reader.atHand === 0) return;
      throw archiveInvalid({ ...where, reason: `record ${row} of "${where.member}" is cut short` });
    }
    const labels = limits.map((limit, index) => {
      const label = record[index] ?? 0;
      if (label < limit) return label;
      throw archiveInvalid({
        ...where,
        reason: `record ${row} of "${where.member}" has the label ${label} of ${limit}`,
      });
    });
    const fine = labels.at(-1) ?? 0;
    const labelId = findLabelId(selection, fine, labels.length > 1 ? labels[0] : undefined);
    if (labelId === undefined) continue;
    const filename = `${names[fine] ?? ""}_${String(firstRow + row).padStart(5, "0")}.png`;
    yield { row, labelId, filename, planes: record.subarray(limits.length) };
  }
}
