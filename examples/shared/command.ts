import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isSconesError } from "scones-ml/core";
import { UsageError } from "../end-to-end/arguments.js";
import { createProgressDisplay, type DisplayStream, type ProgressDisplay } from "../end-to-end/progress-display.js";
import { type Arguments, type OptionTexts, readOptions } from "./options.js";

/** What an example works with beside the library. */
export interface Tools {
  /** Shows what is being done. */
  readonly display: ProgressDisplay;
  /** Fires with Ctrl-C. */
  readonly signal: AbortSignal;
  /** Folder for the results. */
  readonly out: string;
  /** Writes a file into that folder, which is made with the first one. */
  write(name: string, content: string | Uint8Array): Promise<void>;
}

/** A program of this folder. */
export interface Example {
  /** Its path below `examples`, without extension. */
  readonly name: string;
  /** What it does, for `--help`. */
  readonly summary: string;
  /** Its options beside `--out` and `--help`. */
  readonly options: OptionTexts;
  /** Does it; the exit code is 0 unless it returns another one. */
  run(args: Arguments, tools: Tools): Promise<number | undefined>;
}

/** What a program is connected to. */
export interface Surroundings {
  readonly stdout: DisplayStream;
  readonly stderr: DisplayStream;
  /** Colours; `NO_COLOR` says no. */
  readonly color: boolean;
  readonly signal: AbortSignal;
}

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** Runs an example over a command line: progress and results to `stdout`, errors to `stderr`. Returns the exit code. */
export async function runExample(example: Example, argv: readonly string[], around: Surroundings): Promise<number> {
  const { stdout, stderr, color, signal } = around;
  const display = createProgressDisplay(stdout, color);
  try {
    const program = example.name.split("/").at(-1) ?? example.name;
    const out = { value: "DIR", default: `demo-output/${program}`, help: "folder for the results" };
    const args = readOptions({ ...example, options: { ...example.options, out } }, argv);
    if ("help" in args) {
      stdout.write(args.help);
      return 0;
    }
    const folder = resolve(args.text("out") ?? "");
    let hasResults = false;
    const write = async (name: string, content: string | Uint8Array) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, name), content);
      if (!hasResults) display.note(`Results go to ${pathToFileURL(join(folder, "/"))}`);
      hasResults = true;
    };
    return (await example.run(args, { display, signal, out: folder, write })) ?? 0;
  } catch (error) {
    display.stop();
    if (signal.aborted) {
      stderr.write("Interrupted: everything was stopped.\n");
      return EXIT_INTERRUPTED;
    }
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n`);
      return EXIT_USAGE;
    }
    stderr.write(`${describeError(error)}\n`);
    return 1;
  }
}

/** Expected errors in one line, others with the place where they happened. */
function describeError(error: unknown): string {
  if (isSconesError(error)) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  return "code" in error || "$metadata" in error ? `${error.name}: ${error.message}` : (error.stack ?? error.message);
}

/** Runs an example when its file is the program: `if (isProgram(import.meta.url)) await runProgram(example)`. */
export async function runProgram(example: Example): Promise<void> {
  // The SDK says on Node 20 that its releases of 2027 will need Node 22; the first screen is no place for that.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  const { stdout, stderr, env } = process;
  const color = (env["NO_COLOR"] ?? "") === "";
  process.exitCode = await runExample(example, process.argv.slice(2), {
    stdout,
    stderr,
    color,
    signal: interrupt.signal,
  });
  process.removeListener("SIGINT", onSignal);
  process.removeListener("SIGTERM", onSignal);
}

/** Whether a module is what Node was started with. */
export function isProgram(url: string): boolean {
  return url === pathToFileURL(process.argv[1] ?? "").href;
}
