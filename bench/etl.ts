import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { compareSides } from "./compare-medians.js";
import { provideFullArchive } from "./full-archive.js";
import { isRunnable, PYTHON, runProgram } from "./run-program.js";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const IMAGES = 1200;

/** One side of the comparison: the program, called with the archive and a folder to write. */
interface Side {
  readonly name: string;
  readonly program: string;
  readonly script: string;
  readonly seconds: number[];
  readonly peakMiB: number[];
}

/**
 * From an archive of the full size to 1,200 PNGs and manifests on disk, against unpacking it in Node and looking at
 * nothing, and against Python. All in turn, each in a process of its own whose start counts.
 */
export async function runEtlBench({ rounds, log, data }: BenchContext): Promise<readonly BenchResult[]> {
  const archive = data ?? (await provideFullArchive(log));
  log(`${archive}, ${((await stat(archive)).size / 1e6).toFixed(1)} MB`);
  const ours = side("ours", process.execPath, "etl-once.mjs");
  const peers = [side("bare createGunzip", process.execPath, "gunzip-floor.mjs")];
  if (await isRunnable(PYTHON, ["-c", "import numpy, PIL"])) {
    peers.push(side("Python, numpy and Pillow", PYTHON, "python/etl_expert.py"));
  } else {
    log("without Python: Debian's python3-numpy and python3-pil are not installed");
  }
  for (let round = 0; round < rounds; round++) {
    for (const each of [ours, ...peers]) {
      await measure(each, archive);
      log(`round ${round}: ${each.name}: ${each.seconds.at(-1)?.toFixed(2)} s, ${each.peakMiB.at(-1)?.toFixed(0)} MiB`);
    }
  }
  const compare = compareSides(ours, peers);
  return [
    compare("wall time, median", "s", ({ seconds }) => seconds),
    compare("peak memory of the process, median", "MiB", ({ peakMiB }) => peakMiB),
  ];
}

function side(name: string, program: string, file: string): Side {
  return { name, program, script: script(file), seconds: [], peakMiB: [] };
}

async function measure({ name, program, script, seconds, peakMiB }: Side, archive: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "scones-bench-"));
  try {
    const run = await runProgram(program, [script, archive, join(folder, "vehicles")]);
    const { images, peakMiB: peak } = JSON.parse(run.output) as { readonly images?: number; readonly peakMiB: number };
    if (images !== undefined && images !== IMAGES) throw new Error(`${name} wrote ${images} images, not ${IMAGES}`);
    seconds.push(run.seconds);
    peakMiB.push(peak);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
