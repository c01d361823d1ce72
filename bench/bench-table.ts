import type { BenchResult } from "./bench-result.js";

/** What a bench found, and on which machine. */
export interface BenchReport {
  readonly bench: string;
  readonly rounds: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly node: string;
    readonly platform: string;
  };
  readonly results: readonly BenchResult[];
}

const HEAD = ["figure", "ours", "peer", "peer's", "ours/peer's"] as const;

/** The cells of a table, a row for each figure and peer, its head first. */
export function tableOf(results: readonly BenchResult[]): readonly (readonly string[])[] {
  const rows = results.flatMap(({ name, value, unit, against, ratio }) => {
    const peers = Object.keys(against);
    const cells = (peer?: string) => [
      name,
      `${format(value)} ${unit}`.trim(),
      peer ?? "",
      peer === undefined ? "" : format(against[peer]),
      peer === undefined ? "" : format(ratio[peer]),
    ];
    return peers.length === 0 ? [cells()] : peers.map(cells);
  });
  return [HEAD, ...rows];
}

/** A page of Markdown with a table for each bench. */
export function formatPage(reports: readonly BenchReport[], date: Date): string {
  const [first] = reports;
  if (first === undefined) return "";
  const { cpu, cores, memoryGiB, node, platform } = first.machine;
  const tables = reports.map(({ bench, rounds, results }) => {
    const [head = [], ...rows] = tableOf(results);
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    const lines = [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
    return `## ${bench}\n\n\`npm run bench -- ${bench} --rounds ${rounds}\`\n\n${lines.join("\n")}\n`;
  });
  return [
    "# Benchmarks\n",
    `Made by \`npm run bench -- --markdown docs/benchmarks.md\` on ${date.toISOString().slice(0, 10)}: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}.`,
    "Medians over the rounds; ours and the peers take turns in processes of their own. Another machine gives other figures, and",
    "what else runs on this one, too. [Contributing](../CONTRIBUTING.md#benchmarks) says what each measures and against what.\n",
    ...tables,
  ].join("\n");
}

function format(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
