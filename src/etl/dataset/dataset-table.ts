import { parseOptions } from "../../core/options.js";
import { type DatasetReport, DatasetReportSchema } from "./dataset-report.js";
import { countOf, printName } from "./dataset-wording.js";

/** Most classes in the table; of the others one line tells the range. */
const MAX_ROWS = 20;
const HEAD: readonly string[] = ["label", "class", "train", "test"];

/**
 * Writes a report as plain text for a terminal: one line of figures, the images of each class and split, the findings.
 * Of more than 20 classes the first ones are listed. Names are printed without control characters.
 *
 * @param report - What {@link inspectDataset} returned, also after a way through JSON.
 * @returns Some lines of text, without a line break at the end.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is no such report.
 *
 * @example
 * ```ts
 * import { CifarExtractor, formatDatasetReport, inspectDataset } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz" });
 * console.log(formatDatasetReport(await inspectDataset(extractor.images())));
 * ```
 */
export function formatDatasetReport(report: DatasetReport): string {
  const parsed = parseOptions("formatDatasetReport", DatasetReportSchema, report);
  return [describeTotals(parsed), "", ...formatClasses(parsed), "", ...formatFindings(parsed)].join("\n");
}

function describeTotals({ total, distinct, grey, splits, classes, sizes, channels }: DatasetReport): string {
  const [size] = sizes.list;
  const mean = [channels.red.mean, channels.green.mean, channels.blue.mean].map((value) => Math.round(value ?? 0));
  return [
    `${countOf(total, "image")} in ${countOf(classes.length, "class", "classes")}: ${splits.train.count} train, ${splits.test.count} test`,
    ...(size === undefined
      ? []
      : [sizes.distinct === 1 ? `${size.width} x ${size.height} pixels` : `${sizes.distinct} sizes`]),
    `${distinct} different, ${grey} grey`,
    ...(total === 0 ? [] : [`mean colour ${mean.join(" ")}`]),
  ].join("; ");
}

function formatClasses({ classes, splits, total }: DatasetReport): string[] {
  const listed = classes.length > MAX_ROWS ? classes.slice(0, MAX_ROWS - 1) : classes;
  const rest = classes.slice(listed.length);
  const cells = [
    HEAD,
    ...listed.map(({ labelId, label, train, test }) => [`${labelId}`, printName(label), `${train}`, `${test}`]),
    ...(rest.length === 0
      ? []
      : [
          [
            "...",
            `${rest.length} more`,
            rangeOf(rest.map(({ train }) => train)),
            rangeOf(rest.map(({ test }) => test)),
          ],
        ]),
    ["", "all", `${splits.train.count}`, `${splits.test.count}`],
  ];
  if (total === 0) return ["No images."];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 1 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function rangeOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least} each` : `${least}..${most}`;
}

function formatFindings({ findings }: DatasetReport): string[] {
  if (findings.length === 0) return ["Nothing to object to."];
  return findings.flatMap(({ severity, code, message, remedy }) => [
    `${severity.toUpperCase()} ${code}: ${message}`,
    `  -> ${remedy}`,
  ]);
}
