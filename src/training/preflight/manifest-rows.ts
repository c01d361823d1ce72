/** An image that a manifest names. @internal */
export interface ManifestRow {
  /** Its labels; one but for multi-label data. */
  readonly labels: readonly number[];
  /** Its path below the images, or its `s3://` location. */
  readonly path: string;
}

/** What was read of a manifest. @internal */
export interface ManifestRows {
  /** Its rows, without those that are wrong. */
  readonly rows: readonly ManifestRow[];
  /** The first line that is wrong, counted from 1, and why. */
  readonly firstInvalid: { readonly line: number; readonly reason: string } | undefined;
  /** Number of lines that are wrong. */
  readonly invalidCount: number;
  /** The first index that stands on two lines. */
  readonly repeatedIndex: number | undefined;
}

/** A line, or why it is wrong. */
type ParsedLine = (ManifestRow & { readonly index?: number }) | string;

/**
 * Reads a `.lst` manifest as MXNet does: a whole index, one or more labels, a path, separated by tabs. MXNet skips lines
 * that are otherwise; here they are counted.
 *
 * @param text - The manifest.
 * @returns Its rows.
 * @internal
 */
export function readLstRows(text: string): ManifestRows {
  return readRows(text, (line) => {
    const fields = line.trim().split("\t");
    const [index = "", ...rest] = fields;
    const path = rest.pop();
    if (path === undefined || rest.length === 0) return "it must have an index, a label and a path, separated by tabs";
    const labels = rest.map(Number);
    if (!/^\d+$/.test(index)) return "its index is not a whole number";
    if (rest.some((label) => label.trim() === "") || !labels.every(Number.isFinite)) return "its label is not a number";
    return { index: Number(index), labels, path };
  });
}

/**
 * Reads an augmented manifest: one JSON object a line.
 *
 * @param text - The manifest.
 * @param imageAttribute - The attribute that names the image.
 * @param labelAttribute - The attribute that holds the label, or a JSON array of labels as text.
 * @param isMultiHot - Whether such an array has a 0 or 1 for each class.
 * @returns Its rows.
 * @internal
 */
export function readAugmentedRows(
  text: string,
  imageAttribute: string,
  labelAttribute: string,
  isMultiHot: boolean,
): ManifestRows {
  return readRows(text, (line) => {
    const value = parseJson(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no JSON object";
    const { [imageAttribute]: path, [labelAttribute]: label } = value as Readonly<Record<string, unknown>>;
    if (typeof path !== "string" || !/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/./s.test(path)) {
      return `its ${imageAttribute} is no s3:// location`;
    }
    const labels = readLabels(label, isMultiHot);
    return labels === undefined ? `its ${labelAttribute} is no label` : { labels, path };
  });
}

function readRows(text: string, parse: (line: string) => ParsedLine): ManifestRows {
  const rows: ManifestRow[] = [];
  const seen = new Set<number>();
  let firstInvalid: ManifestRows["firstInvalid"];
  let invalidCount = 0;
  let repeatedIndex: number | undefined;
  for (const [number, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parse(line);
    if (typeof parsed === "string") {
      firstInvalid ??= { line: number + 1, reason: parsed };
      invalidCount++;
      continue;
    }
    if (parsed.index !== undefined && seen.has(parsed.index)) repeatedIndex ??= parsed.index;
    if (parsed.index !== undefined) seen.add(parsed.index);
    rows.push({ labels: parsed.labels, path: parsed.path });
  }
  return { rows, firstInvalid, invalidCount, repeatedIndex };
}

function readLabels(label: unknown, isMultiHot: boolean): readonly number[] | undefined {
  const value = typeof label === "string" ? parseJson(label) : label;
  if (typeof value === "number") return [value];
  if (!Array.isArray(value) || !value.every((item): item is number => typeof item === "number")) return undefined;
  return isMultiHot ? value.flatMap((item, labelId) => (item === 0 ? [] : [labelId])) : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
