import { existsSync } from "node:fs";
import { CIFAR_ARCHIVES, type CifarExtractorOptions } from "scones-ml/etl";
import type { DemoArguments } from "./arguments.js";
import { generateArchive } from "./generate-archive.js";

/** An archive to work with, and what to call it. */
export interface FoundArchive {
  /** What the extractor takes. */
  readonly source: NonNullable<CifarExtractorOptions["source"]>;
  /** What the summary says about it: a path, an address, or `generated`. */
  readonly description: string;
}

/** How long the archive's host may take to answer before the demo does without it. */
const PATIENCE_MS = 5000;

/** The archive that was named, else the published one where it is cached or can be reached, else a generated one. */
export async function findArchive(
  options: DemoArguments,
  cachedArchive: string,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<FoundArchive> {
  if (options.data !== undefined) return { source: options.data, description: options.data };
  if (existsSync(cachedArchive)) return { source: cachedArchive, description: cachedArchive };
  if (!options.offline && (await isReachable(CIFAR_ARCHIVES["cifar-100-python"].url, signal))) {
    return {
      source: new URL(CIFAR_ARCHIVES["cifar-100-python"].url),
      description: CIFAR_ARCHIVES["cifar-100-python"].url,
    };
  }
  note("CIFAR-100 is neither here nor can it be downloaded now: the demo draws bicycles and motorcycles of its own.");
  note("For the real photos: npm run demo -- --data cifar-100-python.tar.gz\n");
  return { source: generateArchive({ seed: options.seed }), description: "generated" };
}

async function isReachable(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    return (await fetch(url, { method: "HEAD", signal: patience })).ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
