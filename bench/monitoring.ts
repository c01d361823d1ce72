import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { writeCaptures } from "./capture-data.js";
import { median } from "./compare-medians.js";
import { isRunnable, PYTHON, runProgram } from "./run-program.js";

const OURS = fileURLToPath(new URL("monitoring-once.mjs", import.meta.url));
const THEIRS = fileURLToPath(new URL("python/capture_readers.py", import.meta.url));
const MEGABYTE = 1_000_000;

interface Reading {
  readonly lines: number;
  readonly below: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

interface Way {
  readonly name: string;
  readonly run: (folder: string) => Promise<Reading>;
}

/** Reads 1 GB and 100 MB of captured images: ours, the floor, and what Python programs do, in turn, each in a process of its own. */
export async function runMonitoringBench({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  // Memory rather than disk, so that the readers are measured and not the disk.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "scones-captures-"));
  try {
    const ways = await chooseWays(log);
    const results: BenchResult[] = [];
    for (const megabytes of [100, 1000]) {
      const { bytes, records } = await writeCaptures(folder, megabytes * MEGABYTE);
      log(`${records} records in ${(bytes / MEGABYTE).toFixed(0)} MB of captures`);
      const readings = new Map<string, Reading[]>(ways.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const { name, run } of ways) {
          const reading = await run(folder);
          readings.get(name)?.push(reading);
          log(`${name}: ${reading.cpuSeconds.toFixed(2)} CPU s, ${reading.peakMiB.toFixed(0)} MiB`);
          if (reading.lines !== records) throw new Error(`${name} read ${reading.lines} of ${records} records`);
        }
      }
      results.push(...describe(`${megabytes} MB`, bytes / MEGABYTE, readings));
      await rm(join(folder, "data_capture"), { recursive: true });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function chooseWays(log: BenchContext["log"]): Promise<readonly Way[]> {
  const node = (name: string, mode: string): Way => ({
    name,
    run: async (folder) => parse((await runProgram(process.execPath, [OURS, mode, folder])).output),
  });
  const python = (name: string, mode: string): Way => ({
    name,
    run: async (folder) => parse((await runProgram(PYTHON, [THEIRS, mode, folder])).output),
  });
  const ways = [node("ours", "ours"), node("splitting lines", "split"), node("JSON.parse of each line", "parse")];
  if (await isRunnable(PYTHON, ["--version"])) {
    ways.push(python("streaming Python", "streaming"), python("the notebook's way", "notebook"));
  } else log("without Python: /usr/bin/python3 is not there");
  if (await isRunnable(PYTHON, ["-c", "import pandas"])) ways.push(python("pandas", "pandas"));
  else log("without pandas: Debian's python3-pandas is not installed");
  return ways;
}

function parse(output: string): Reading {
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Reading;
}

function describe(size: string, megabytes: number, readings: ReadonlyMap<string, readonly Reading[]>): BenchResult[] {
  const compare = (name: string, unit: string, figure: (reading: Reading) => number): BenchResult => {
    const figures = new Map([...readings].map(([way, all]) => [way, median(all.map(figure))]));
    const value = figures.get("ours") ?? Number.NaN;
    figures.delete("ours");
    const against = Object.fromEntries(figures);
    const ratio = Object.fromEntries([...figures].map(([way, theirs]) => [way, value / theirs]));
    return { name: `${size}: ${name}`, value, unit, against, ratio };
  };
  return [
    compare("CPU time", "s", ({ cpuSeconds }) => cpuSeconds),
    compare("read in a CPU second", "MB", ({ cpuSeconds }) => megabytes / cpuSeconds),
    compare("peak memory", "MiB", ({ peakMiB }) => peakMiB),
  ];
}
