import { LstError } from "../etl-errors.js";

/** One line of a `.lst` manifest. */
export interface LstRow {
  /** Index of the image, unique in its manifest. */
  readonly row: number;
  /** Label of its class, from 0. */
  readonly labelId: number;
  /** Its path, relative to the channel's prefix. */
  readonly filename: string;
}

/**
 * Writes a manifest as SageMaker's image-classification algorithm and im2rec read it: index, label and path, separated
 * by tabs, each line ended by a line feed.
 *
 * @param rows - The images.
 * @returns The text of the manifest.
 * @throws {@link LstError} `LST_INVALID` when an index repeats, or a value cannot stand in a manifest.
 *
 * @example
 * ```ts
 * import { formatLst } from "scones-ml/etl";
 *
 * console.log(formatLst([{ row: 16, labelId: 0, filename: "bike_s_000682.png" }]));
 * ```
 */
export function formatLst(rows: Iterable<LstRow>): string {
  const seen = new Set<number>();
  let text = "";
  let line = 0;
  for (const row of rows) {
    line++;
    checkRow(row, line, seen);
    text += `${row.row}\t${row.labelId}\t${row.filename}\n`;
  }
  return text;
}

/**
 * Reads a manifest with one label per image. Line ends may be LF or CRLF; empty lines at the end are ignored.
 *
 * @param text - The text of the manifest.
 * @returns Its rows, in order.
 * @throws {@link LstError} `LST_INVALID` naming the first line that cannot be read.
 *
 * @example
 * ```ts
 * import { parseLst } from "scones-ml/etl";
 *
 * const [first] = parseLst("16\t0\tbike_s_000682.png\n");
 * console.log(first?.filename);
 * ```
 */
export function parseLst(text: string): readonly LstRow[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  const seen = new Set<number>();
  return lines.map((content, index) => {
    const line = index + 1;
    const fields = content.split("\t");
    const [row = "", labelId = "", filename = ""] = fields;
    if (fields.length !== 3) throw invalid(line, `has ${fields.length} columns instead of index, label and path`);
    // im2rec writes labels as decimal numbers, such as 1.000000.
    if (!/^\d{1,15}$/.test(row) || !/^\d{1,9}(\.0+)?$/.test(labelId)) {
      throw invalid(line, "has an index or a label that is not a whole number from 0");
    }
    const parsed = { row: Number(row), labelId: Number(labelId), filename };
    checkRow(parsed, line, seen);
    return parsed;
  });
}

function checkRow({ row, labelId, filename }: LstRow, line: number, seen: Set<number>): void {
  if (!Number.isSafeInteger(row) || row < 0) throw invalid(line, "has an index that is not a whole number from 0");
  if (!Number.isSafeInteger(labelId) || labelId < 0)
    throw invalid(line, "has a label that is not a whole number from 0");
  if (filename === "" || filename !== filename.trim() || /[\p{Cc}]/u.test(filename)) {
    throw invalid(line, "has a path that is empty, or begins, ends or is broken by white space");
  }
  requireNewIndex(row, line, seen);
}

/**
 * Notes an index, and refuses one that is known.
 *
 * @param index - The index of a line.
 * @param line - Number of the line, from 1.
 * @param seen - The indexes of the lines before.
 * @throws {@link LstError} `LST_INVALID` when it repeats.
 * @internal
 */
export function requireNewIndex(index: number, line: number, seen: Set<number>): void {
  if (seen.has(index)) throw invalid(line, `repeats the index ${index}`);
  seen.add(index);
}

function invalid(line: number, reason: string): LstError {
  return new LstError({
    code: "LST_INVALID",
    message: `Line ${line} of the .lst manifest ${reason}. Each line is: index TAB label TAB path.`,
    details: { line, reason },
  });
}
