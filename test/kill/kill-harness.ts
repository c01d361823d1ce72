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
 * Tells in which states each target may be after a kill: that of the last acknowledged operation, or that of one that
 * was under way.
 */
export function allowedStates(journal: readonly JournalEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const done = new Set(journal.filter(({ step }) => step === "done").map(({ id }) => id));
  const last = new Map<string, string>();
  for (const { step, target, state } of journal) if (step === "done") last.set(target, state);
  const allowed = new Map<string, Set<string>>();
  for (const { id, target, state } of journal) {
    const states = allowed.get(target) ?? new Set([last.get(target) ?? "absent"]);
    if (!done.has(id)) states.add(state);
    allowed.set(target, states);
  }
  return allowed;
}
