import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { median } from "./compare-medians.js";
import { writeTrainingData } from "./training-data.js";

const run = promisify(execFile);
const ours = fileURLToPath(new URL("train-once.ts", import.meta.url));
const theirs = fileURLToPath(new URL("python/train_torch.py", import.meta.url));
/** Debian's interpreter, to which python3-torch belongs. */
const PYTHON = "/usr/bin/python3";
/** PyTorch as it would be used here, and with the least CPU time. */
const PEERS = { "PyTorch, 2 threads": "2", "PyTorch, 1 thread": "1" } as const;

interface Training {
  readonly accuracy: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMiB: number;
}

/** Trains the same network by the same recipe on the same images, ours and PyTorch's in turn, one seed a round; each in a process of its own. */
export async function runTrainingBench({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "scones-bench-"));
  try {
    const data = join(folder, "data.bin");
    log(await writeTrainingData(data));
    const hasPeer = await run(PYTHON, ["-c", "import torch"]).then(
      () => true,
      () => false,
    );
    if (!hasPeer) log("without a peer: Debian's python3-torch is not installed");
    const mine: Training[] = [];
    const peers = Object.entries(hasPeer ? PEERS : {}).map(([name, threads]) => ({
      name,
      threads,
      runs: [] as Training[],
    }));
    for (let seed = 0; seed < rounds; seed++) {
      mine.push(await train(process.execPath, ["--import", "tsx", ours, data, String(seed), "2"]));
      log(`seed ${seed}: ours, 2 threads: ${describe(mine.at(-1))}`);
      for (const { name, threads, runs } of peers) {
        runs.push(await train(PYTHON, [theirs, data, String(seed), threads]));
        log(`seed ${seed}: ${name}: ${describe(runs.at(-1))}`);
      }
    }
    const compare = (name: string, unit: string, figure: (runs: readonly Training[]) => number): BenchResult => {
      const value = figure(mine);
      const against = Object.fromEntries(peers.map((peer) => [peer.name, figure(peer.runs)]));
      const ratio = Object.fromEntries(
        Object.entries(against).map(([peer, theirFigure]) => [peer, value / theirFigure]),
      );
      return { name, value, unit, against, ratio };
    };
    const accuracies = (runs: readonly Training[]) => runs.map(({ accuracy }) => accuracy);
    return [
      compare("test accuracy, mean over seeds", "", (runs) => mean(accuracies(runs))),
      compare("test accuracy, worst seed", "", (runs) => Math.min(...accuracies(runs))),
      compare("test accuracy, best seed", "", (runs) => Math.max(...accuracies(runs))),
      compare("CPU time, ours on 2 threads, median", "s", (runs) => median(runs.map(({ cpuSeconds }) => cpuSeconds))),
      compare("wall time, ours on 2 threads, median", "s", (runs) =>
        median(runs.map(({ wallSeconds }) => wallSeconds)),
      ),
      compare("peak memory of the process, median", "MiB", (runs) => median(runs.map(({ peakMiB }) => peakMiB))),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function train(program: string, args: readonly string[]): Promise<Training> {
  const { stdout } = await run(program, [...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Training;
}

function describe(training: Training | undefined): string {
  if (training === undefined) return "";
  const { accuracy, cpuSeconds, wallSeconds } = training;
  return `${accuracy.toFixed(3)} in ${cpuSeconds.toFixed(1)} CPU s, ${wallSeconds.toFixed(1)} s`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
