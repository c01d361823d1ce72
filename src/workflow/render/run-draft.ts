import type { StateRun, TraceStatus } from "./execution-trace.js";
import type { TraceEvent } from "./trace-event.js";

/** One time that a state was entered, as far as it is known. @internal */
export interface RunDraft {
  readonly name: string;
  readonly type: string;
  readonly enteredAt: number;
  readonly previousId: number;
  readonly from: string | undefined;
  readonly isCaught: boolean;
  readonly input: string | undefined;
  /** Attempts by redrive. */
  readonly attempts: Map<number, number>;
  status: TraceStatus | undefined;
  endedAt: number | undefined;
  error: string | undefined;
  cause: string | undefined;
  output: string | undefined;
  /** The state in it that made it fail. */
  blamed: RunDraft | undefined;
}

/**
 * Begins a run. Nothing follows a Fail state, so that it has failed as soon as it is entered.
 *
 * @param event - The event that entered the state.
 * @param type - Type of the state.
 * @param from - The run that led to it.
 * @returns The run.
 * @internal
 */
export function beginRun(event: TraceEvent, type: string, from: RunDraft | undefined): RunDraft {
  const isFail = type === "Fail";
  return {
    name: event.name ?? "?",
    type,
    enteredAt: event.time,
    previousId: event.previousId,
    from: from?.name,
    isCaught: from?.status === "CAUGHT",
    input: event.input,
    attempts: new Map(),
    status: isFail ? "FAILED" : undefined,
    endedAt: isFail ? event.time : undefined,
    error: undefined,
    cause: undefined,
    output: undefined,
    blamed: undefined,
  };
}

/** The event of a Map or Parallel that failed has no error; it is that of the state in it that failed. @internal */
export function blameInner(run: RunDraft, inner: RunDraft | undefined, time: number): void {
  if (inner === undefined || inner === run) return;
  inner.status ??= "FAILED";
  inner.endedAt ??= time;
  run.error ??= inner.error;
  run.cause ??= inner.cause;
  run.blamed = inner;
}

/** A Fail state in a branch leaves its error nowhere but in what the catcher hands on. @internal */
export function nameCaughtError(run: RunDraft): void {
  if (run.error !== undefined) return;
  const { output } = parsed("output", run.output);
  const places = isRecord(output) ? [output, ...Object.values(output)] : [];
  const found = places.find((place) => isRecord(place) && typeof place["Error"] === "string");
  if (!isRecord(found)) return;
  run.error = String(found["Error"]);
  run.cause = typeof found["Cause"] === "string" ? found["Cause"] : undefined;
  if (run.blamed === undefined) return;
  run.blamed.error ??= run.error;
  run.blamed.cause ??= run.cause;
}

/** What was open when the execution ended is failed where the end came from, and aborted elsewhere. @internal */
export function finishRun(
  draft: RunDraft,
  end: TraceEvent | undefined,
  status: TraceStatus,
  isFailing: boolean,
): StateRun {
  const isOpen = draft.status === undefined && end !== undefined;
  const endedAt = draft.endedAt ?? (isOpen ? end.time : undefined);
  const takesError = isFailing && draft.status !== "SUCCEEDED" && draft.status !== "CAUGHT";
  const error = draft.error ?? (takesError ? end?.error : undefined);
  const cause = draft.cause ?? (takesError ? end?.cause : undefined);
  const open: TraceStatus = end === undefined ? "RUNNING" : isFailing ? status : "ABORTED";
  return {
    name: draft.name,
    status: draft.status ?? open,
    enteredAt: draft.enteredAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    retries: [...draft.attempts.values()].reduce((sum, attempts) => sum + attempts - 1, 0),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    ...(draft.from === undefined ? {} : { from: draft.from }),
    isCaught: draft.isCaught,
    ...parsed("input", draft.input),
    ...parsed("output", draft.output),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Data that was cut off is no JSON any more. @internal */
export function parsed<Key extends string>(key: Key, text: unknown): { readonly [Name in Key]?: unknown } {
  if (typeof text !== "string") return {};
  try {
    return { [key]: JSON.parse(text) as unknown } as { readonly [Name in Key]?: unknown };
  } catch {
    return {};
  }
}
