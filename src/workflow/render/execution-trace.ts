import type { TraceEvent } from "./trace-event.js";

/** How a state or an execution stands. `CAUGHT`: it failed, and a catcher took over. */
export type TraceStatus = "RUNNING" | "SUCCEEDED" | "CAUGHT" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One time that a state was entered. */
export interface StateRun {
  /** Name of the state. */
  readonly name: string;
  /** How it ended. */
  readonly status: TraceStatus;
  /** When it was entered, in milliseconds since 1970. */
  readonly enteredAt: number;
  /** When it ended; absent while it runs. */
  readonly endedAt?: number;
  /** How often its work was tried again, redrives not counted. */
  readonly retries: number;
  /** Name of the error that it ended with. */
  readonly error?: string;
  /** What happened. */
  readonly cause?: string;
  /** Name of the state that led to it; absent for the first one of a machine, branch or item. */
  readonly from?: string;
  /** Whether a catcher of that state led to it. */
  readonly isCaught: boolean;
  /** What it was given; absent where the history does not hold it whole. */
  readonly input?: unknown;
  /** What it handed on; absent while it runs, after a failure, and where the history does not hold it whole. */
  readonly output?: unknown;
}

/** What happened in an execution. */
export interface ExecutionTrace {
  /** How the execution stands, by its last event. */
  readonly status: TraceStatus;
  /** The states in the order in which they were entered. */
  readonly runs: readonly StateRun[];
  /** Name of the error that the execution ended with. */
  readonly error?: string;
  /** What happened. */
  readonly cause?: string;
  /** What the execution was given; absent where the history does not hold it whole. */
  readonly input?: unknown;
  /** What the execution returned; absent unless it succeeded, and where the history does not hold it whole. */
  readonly output?: unknown;
}

type Draft = { -readonly [Key in keyof StateRun]: StateRun[Key] | undefined } & {
  readonly name: string;
  readonly enteredAt: number;
  readonly type: string;
  readonly previousId: number;
  attempts: Map<number, number>;
  /** The state in it that made it fail. */
  blamed?: Draft;
};

const END = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/;
const ENTERED = /^(.+)StateEntered$/;
const SCHEDULED = /^(Task|LambdaFunction|Activity)Scheduled$|^(Map|Parallel)StateStarted$/;
const FAILED = /^(?!Execution|MapIteration|MapRun).*(Failed|TimedOut|Aborted)$/;
const ABORTED = /^(.+)StateAborted$/;
const SUCCEEDED = /^(?!Execution|MapIteration|MapRun).*Succeeded$/;
const STATUS = { Succeeded: "SUCCEEDED", Failed: "FAILED", TimedOut: "TIMED_OUT", Aborted: "ABORTED" } as const;

/**
 * Follows the events of an execution. Their chain is a tree: branches and redrives start again from an older event.
 *
 * @param events - The events, by number.
 * @returns What happened.
 * @internal
 */
export function traceExecution(events: readonly TraceEvent[]): ExecutionTrace {
  const byId = new Map(events.map((event) => [event.id, event]));
  const entered = new Map<number, Draft>();
  /** What an event belongs to: the number of the event that entered its state. */
  const owner = new Map<number, number>();
  const exited = new Map<number, number>();

  /** States by type and by name, in the order in which they were entered. */
  const byKey = new Map<string, number[]>();
  /** The newest open state of a type or name, for events that do not say from which event they come. */
  const findOpen = (key: string): number | undefined => {
    const ids = byKey.get(key) ?? [];
    while (ids.length > 0 && entered.get(ids.at(-1) ?? 0)?.status !== undefined) ids.pop();
    return ids.at(-1);
  };

  /** The open state that an event is in, or the nearest around it that fits. */
  const find = (from: number, fits: (run: Draft) => boolean): number | undefined => {
    let id: number | undefined = from;
    const seen = new Set<number>();
    while (id !== undefined && id !== 0 && !seen.has(id)) {
      seen.add(id);
      const left = exited.get(id);
      const start: number | undefined = left ?? owner.get(id);
      const run: Draft | undefined = start === undefined ? undefined : entered.get(start);
      if (run !== undefined && left === undefined && fits(run)) return start;
      id = run === undefined ? byId.get(id)?.previousId : run.previousId;
    }
    return undefined;
  };

  for (const event of events) {
    const { id, previousId, type, time } = event;
    const isEntered = ENTERED.exec(type);
    if (isEntered !== null) {
      const before = exited.get(previousId);
      const from = before === undefined ? undefined : entered.get(before);
      entered.set(id, {
        name: event.name ?? "?",
        type: isEntered[1] ?? "",
        enteredAt: time,
        previousId,
        status: isEntered[1] === "Fail" ? "FAILED" : undefined,
        endedAt: isEntered[1] === "Fail" ? time : undefined,
        retries: 0,
        error: undefined,
        cause: undefined,
        from: from?.name,
        isCaught: from?.status === "CAUGHT",
        input: event.input,
        output: undefined,
        attempts: new Map(),
      });
      owner.set(id, id);
      for (const key of [`type ${isEntered[1]}`, `name ${event.name}`]) {
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, [id]);
        else known.push(id);
      }
      continue;
    }
    const kind = /^(Map|Parallel)State/.exec(type)?.[1];
    const isExit = type.endsWith("StateExited");
    const aborted = ABORTED.exec(type)?.[1];
    const start =
      aborted !== undefined
        ? findOpen(`type ${aborted}`)
        : type === "EvaluationFailed"
          ? findOpen(`name ${event.name}`)
          : find(previousId, (one) =>
              isExit ? one.name === (event.name ?? one.name) : kind === undefined || one.type === kind,
            );
    const run = start === undefined ? undefined : entered.get(start);
    if (start === undefined || run === undefined || /^(Execution|MapIteration)/.test(type)) continue;
    owner.set(id, start);
    if (isExit) {
      exited.set(id, start);
      run.endedAt = time;
      run.output = event.output;
      if (run.status === "FAILED") {
        run.status = "CAUGHT";
        nameCaughtError(run);
      } else run.status = "SUCCEEDED";
    } else if (SCHEDULED.test(type)) {
      run.attempts.set(event.redrive, (run.attempts.get(event.redrive) ?? 0) + 1);
      run.error = run.cause = run.status = run.endedAt = undefined;
    } else if (SUCCEEDED.test(type)) run.error = run.cause = run.status = undefined;
    else if (FAILED.test(type)) {
      run.status = type.endsWith("Aborted") ? "ABORTED" : "FAILED";
      run.endedAt = time;
      run.error = event.error ?? (run.status === "ABORTED" || kind !== undefined ? undefined : type);
      run.cause = event.cause;
      if (run.status === "FAILED" && kind !== undefined)
        blameInner(run, entered.get(find(previousId, () => true) ?? 0), time);
    }
  }

  const last = events.at(-1);
  const end = END.exec(last?.type ?? "")?.[1] as keyof typeof STATUS | undefined;
  const status: TraceStatus = end === undefined ? "RUNNING" : STATUS[end];
  const ended = end === undefined ? undefined : last;
  const failing = ended === undefined ? undefined : find(ended.previousId, () => true);
  return {
    status,
    runs: [...entered].map(([id, draft]) => finish(draft, ended, status, id === failing)),
    ...(ended?.error === undefined ? {} : { error: ended.error }),
    ...(ended?.cause === undefined ? {} : { cause: ended.cause }),
    ...parsed("input", events.find(({ type }) => type === "ExecutionStarted")?.input),
    ...parsed("output", ended?.output),
  };
}

/** The event of a Map or Parallel that failed has no error; it is that of the state in it that failed. */
function blameInner(run: Draft, inner: Draft | undefined, time: number): void {
  if (inner === undefined || inner === run) return;
  inner.status ??= "FAILED";
  inner.endedAt ??= time;
  run.error ??= inner.error;
  run.cause ??= inner.cause;
  run.blamed = inner;
}

/** A Fail state in a branch leaves its error nowhere but in what the catcher hands on. */
function nameCaughtError(run: Draft): void {
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

/** What was open when the execution ended is failed where the end came from, and aborted elsewhere. */
function finish(draft: Draft, end: TraceEvent | undefined, status: TraceStatus, isFailing: boolean): StateRun {
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
    isCaught: draft.isCaught ?? false,
    ...parsed("input", draft.input),
    ...parsed("output", draft.output),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Data that was cut off is no JSON any more. */
function parsed<Key extends string>(key: Key, text: unknown): { readonly [Name in Key]?: unknown } {
  if (typeof text !== "string") return {};
  try {
    return { [key]: JSON.parse(text) as unknown } as { readonly [Name in Key]?: unknown };
  } catch {
    return {};
  }
}
