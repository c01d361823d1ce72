import { runProgram } from "./run-program.js";

/** A fresh process, from its start to its end. */
export interface ColdStart {
  /** Wall time in milliseconds; what else the machine does makes it longer. */
  readonly wall: number;
  /** User and system time in milliseconds, which a busy machine changes little. */
  readonly cpu: number;
}

/** What the program complains about stays apart from bash's report. */
const TIMED = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&3; } 3>&2 2>&1';

/** Runs a program to its end, timed by bash; a failure rejects with what it wrote to its standard error. */
export async function measureColdStart(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ColdStart> {
  const { output } = await runProgram("bash", ["-c", TIMED, "bash", ...command], { ...env, LC_ALL: "C" });
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = output.trim().split(" ").map(Number);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}
