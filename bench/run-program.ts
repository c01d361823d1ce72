import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Debian's interpreter, to which its packages such as python3-numpy belong. */
export const PYTHON = "/usr/bin/python3";

/** One run of a program. */
export interface ProgramRun {
  /** Wall time from its start to its end, in seconds. */
  readonly seconds: number;
  /** What it wrote. */
  readonly output: string;
}

/** Runs a program to its end; a failure rejects with what it wrote. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramRun> {
  const startedAt = performance.now();
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(program, [...args], options);
  return { seconds: (performance.now() - startedAt) / 1000, output: stdout };
}

/** Whether a program runs, which tells whether a peer is installed. */
export async function isRunnable(program: string, args: readonly string[]): Promise<boolean> {
  return runProgram(program, args).then(
    () => true,
    () => false,
  );
}
