import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { type BenchReport, formatPage, tableOf } from "./bench-table.js";

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<readonly BenchResult[]>>> = {
  etl: async (context) => (await import("./etl.js")).runEtlBench(context),
  upload: async (context) => (await import("./upload.js")).runUploadBench(context),
  handlers: async (context) => (await import("./handlers.js")).runHandlersBench(context),
  training: async (context) => (await import("./training.js")).runTrainingBench(context),
  monitoring: async (context) => (await import("./monitoring.js")).runMonitoringBench(context),
  drift: async (context) => (await import("./drift.js")).runDriftBench(context),
  variants: async (context) => (await import("./variants.js")).runVariantsBench(context),
  batch: async (context) => (await import("./batch.js")).runBatchBench(context),
  local: async (context) => (await import("./local.js")).runLocalBench(context),
};

const USAGE = `Usage: npm run bench -- [${Object.keys(BENCHES).join("|")}] [--rounds N] [--data cifar-100-python.tar.gz] [--json FILE] [--markdown FILE]`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: "string" },
      json: { type: "string" },
      markdown: { type: "string" },
      rounds: { type: "string", default: "3" },
      help: { type: "boolean" },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  const rounds = Number(values.rounds);
  if (values.help || unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    console.log(unknown.length > 0 ? `There is no bench "${unknown.join(", ")}".\n${USAGE}` : USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const machine = describeMachine();
  const log = (line: string) => console.log(`  ${line}`);
  const reports: BenchReport[] = [];
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  for (const name of names) {
    if (names.length > 1) {
      reports.push(await runApart(name, values));
      continue;
    }
    console.log(`${name}, ${rounds} rounds on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`);
    const results = (await BENCHES[name]?.({ rounds, log, data: values.data })) ?? [];
    printTable(results);
    reports.push({ bench: name, rounds, machine, results });
  }
  if (values.markdown !== undefined) await writeFile(values.markdown, formatPage(reports, new Date()));
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify(reports.length === 1 ? reports[0] : reports, undefined, 2)}\n`);
  }
}

/** Several benches run in a process each, so that the memory of one is not that of another. */
async function runApart(name: string, given: { readonly rounds: string; readonly data?: string | undefined }) {
  const folder = await mkdtemp(join(tmpdir(), "scones-bench-"));
  try {
    const file = join(folder, "report.json");
    const data = given.data === undefined ? [] : ["--data", given.data];
    const args = [...process.execArgv, process.argv[1] ?? "", name, "--rounds", given.rounds, "--json", file, ...data];
    const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
    if (code !== 0) throw new Error(`the bench ${name} failed`);
    return JSON.parse(await readFile(file, "utf8")) as BenchReport;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

function printTable(results: readonly BenchResult[]): void {
  const table = tableOf(results);
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  }
}

await main();
