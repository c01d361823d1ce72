import { plainText, shorten } from "../../core/plain-text.js";
import type { ExecutionTrace, StateRun, TraceStatus } from "./execution-trace.js";

/** How a state did in an execution. @internal */
export interface StateSummary {
  readonly status: TraceStatus;
  /** Such as `failed, 1.2 s, 2 retries`. */
  readonly text: string;
  readonly error?: string;
}

const WORDS: Readonly<Record<TraceStatus, string>> = {
  FAILED: "failed",
  TIMED_OUT: "timed out",
  RUNNING: "running",
  CAUGHT: "error caught",
  ABORTED: "aborted",
  SUCCEEDED: "succeeded",
};
/** The worst comes first. */
const RANKS = Object.keys(WORDS) as readonly TraceStatus[];
const MAX_ERROR = 90;

/**
 * Sums up the runs of each state.
 *
 * @param trace - What happened.
 * @returns By name of the state.
 * @internal
 */
export function summarizeStates(trace: ExecutionTrace): ReadonlyMap<string, StateSummary> {
  const groups = new Map<string, StateRun[]>();
  for (const run of trace.runs) {
    const group = groups.get(run.name);
    if (group === undefined) groups.set(run.name, [run]);
    else group.push(run);
  }
  return new Map([...groups].map(([name, runs]) => [name, summarize(runs)]));
}

/** Says how an execution as a whole did. @internal */
export function describeExecution(trace: ExecutionTrace): string {
  const start = Math.min(...trace.runs.map((run) => run.enteredAt));
  const end = Math.max(...trace.runs.map((run) => run.endedAt ?? run.enteredAt));
  const time = end > start ? `, ${formatDuration(end - start)}` : "";
  const error = trace.error === undefined ? "" : `: ${shorten(plainText(trace.error), MAX_ERROR)}`;
  return `Execution ${WORDS[trace.status]}${time}${error}`;
}

function summarize(runs: readonly StateRun[]): StateSummary {
  const worst = RANKS.find((status) => runs.some((run) => run.status === status)) ?? "SUCCEEDED";
  const retries = runs.reduce((sum, run) => sum + run.retries, 0);
  const times = runs.flatMap((run) => (run.endedAt === undefined ? [] : [run.endedAt - run.enteredAt]));
  const longest = Math.max(0, ...times);
  const count = runs.filter((run) => run.status === worst).length;
  const parts = [
    runs.length === 1 ? WORDS[worst] : `${count} of ${runs.length} ${WORDS[worst]}`,
    longest === 0 ? "" : `${runs.length === 1 ? "" : "longest "}${formatDuration(longest)}`,
    retries === 0 ? "" : `${retries} ${retries === 1 ? "retry" : "retries"}`,
  ];
  const error = runs.find((run) => run.status === worst)?.error;
  return {
    status: worst,
    text: parts.filter((part) => part !== "").join(", "),
    ...(error === undefined ? {} : { error: shorten(plainText(error), MAX_ERROR) }),
  };
}

function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
