import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** One line that a child wrote: an operation that it began, or one that was acknowledged. */
export interface JournalEntry {
  readonly id: number;
  readonly step: "begun" | "done";
  /** What it works on; operations on one target are held against each other. */
  readonly target: string;
  /** What the target is afterwards. */
  readonly state: string;
}

/** How many kills a test does: `SCONES_KILLS`, or a few. */
export const KILLS = Number(process.env["SCONES_KILLS"] ?? 5);

/** Bundles a child program, so that it starts in no time. Its arguments are a directory, its journal and the round. */
export async function bundleChild(name: string, folder: string): Promise<string> {
  const program = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    // CommonJS packages within the bundle call it.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return program;
}

/**
 * Starts a child, kills it at a random moment after its first line, and gives its journal.
 *
 * @returns The entries; a last line that was cut off is left out.
 */
export async function killAtRandom(
  program: string,
  directory: string,
  round: number,
  withinMs = 120,
): Promise<readonly JournalEntry[]> {
  const journal = join(directory, `journal-${round}`);
  const child = spawn(process.execPath, [program, directory, journal, String(round)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("close", (_code, signal) => resolve(signal)),
  );
  await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), exited]);
  const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * withinMs);
  const signal = await exited;
  clearTimeout(timer);
  if (signal !== "SIGKILL") throw new Error(`The child ended by itself: ${complaint}`);
  const text = existsSync(journal) ? await readFile(journal, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JournalEntry);
}

/**
 * Tells in which states each target may be after a kill: that of an operation that was under way, or of an acknowledged
 * one after which no other acknowledged one began. Of two that overlapped either may have been the later one.
 */
export function allowedStates(journal: readonly JournalEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ends = new Map<number, number>();
  for (const [place, { id, step }] of journal.entries()) if (step === "done") ends.set(id, place);
  const begun = [...journal.entries()].filter(([, { step }]) => step === "begun");
  const lastBegins = new Map<string, number>();
  for (const [place, { id, target }] of begun) if (ends.has(id)) lastBegins.set(target, place);
  const allowed = new Map<string, Set<string>>();
  for (const [, { id, target, state }] of begun) {
    const states = allowed.get(target) ?? new Set(lastBegins.has(target) ? [] : ["absent"]);
    const end = ends.get(id) ?? Number.POSITIVE_INFINITY;
    if (end > (lastBegins.get(target) ?? -1)) states.add(state);
    allowed.set(target, states);
  }
  return allowed;
}
