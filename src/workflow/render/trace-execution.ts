import type { ExecutionTrace, TraceStatus } from "./execution-trace.js";
import { beginRun, blameInner, finishRun, nameCaughtError, parsed, type RunDraft } from "./run-draft.js";
import type { TraceEvent } from "./trace-event.js";

const END = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/;
const ENTERED = /^(.+)StateEntered$/;
const SCHEDULED = /^(Task|LambdaFunction|Activity)Scheduled$|^(Map|Parallel)StateStarted$/;
const FAILED = /^(?!MapRun).*(Failed|TimedOut|Aborted)$/;
const ABORTED = /^(.+)StateAborted$/;
const SUCCEEDED = /^(?!MapRun).*Succeeded$/;
/** Events of the execution and of items belong to no state. */
const OUTSIDE = /^(Execution|MapIteration)/;
const STATUS = { Succeeded: "SUCCEEDED", Failed: "FAILED", TimedOut: "TIMED_OUT", Aborted: "ABORTED" } as const;

/**
 * Follows the events of an execution. Their chain is a tree: branches and redrives start again from an older event.
 *
 * @param events - The events, by number.
 * @returns What happened.
 * @internal
 */
export function traceExecution(events: readonly TraceEvent[]): ExecutionTrace {
  const tracer = new ExecutionTracer(events);
  for (const event of events) tracer.add(event);
  return tracer.finish(events);
}

/** Keeps which state each event belongs to; states go by the number of the event that entered them. */
class ExecutionTracer {
  readonly #events: ReadonlyMap<number, TraceEvent>;
  readonly #runs = new Map<number, RunDraft>();
  /** By event: the state that it belongs to. */
  readonly #owners = new Map<number, number>();
  /** By event of an exit: the state that was left. */
  readonly #exits = new Map<number, number>();
  /** By type and by name: the states in the order in which they were entered. */
  readonly #byKey = new Map<string, number[]>();

  constructor(events: readonly TraceEvent[]) {
    this.#events = new Map(events.map((event) => [event.id, event]));
  }

  add(event: TraceEvent): void {
    const type = ENTERED.exec(event.type)?.[1];
    if (type !== undefined) this.#enter(event, type);
    else if (!OUTSIDE.test(event.type)) this.#change(event);
  }

  finish(events: readonly TraceEvent[]): ExecutionTrace {
    const last = events.at(-1);
    const end = END.exec(last?.type ?? "")?.[1] as keyof typeof STATUS | undefined;
    const status: TraceStatus = end === undefined ? "RUNNING" : STATUS[end];
    const ended = end === undefined ? undefined : last;
    const failing = ended === undefined ? undefined : this.#find(ended.previousId);
    return {
      status,
      runs: [...this.#runs].map(([id, run]) => finishRun(run, ended, status, id === failing)),
      ...(ended?.error === undefined ? {} : { error: ended.error }),
      ...(ended?.cause === undefined ? {} : { cause: ended.cause }),
      ...parsed("input", events.find(({ type }) => type === "ExecutionStarted")?.input),
      ...parsed("output", ended?.output),
    };
  }

  #enter(event: TraceEvent, type: string): void {
    const { id } = event;
    const before = this.#exits.get(event.previousId);
    this.#runs.set(id, beginRun(event, type, before === undefined ? undefined : this.#runs.get(before)));
    this.#owners.set(id, id);
    for (const key of [`type ${type}`, `name ${event.name}`]) {
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, [id]);
      else known.push(id);
    }
  }

  #change(event: TraceEvent): void {
    const { id, type, time } = event;
    const start = this.#ownerOf(event);
    const run = start === undefined ? undefined : this.#runs.get(start);
    if (start === undefined || run === undefined) return;
    this.#owners.set(id, start);
    if (type.endsWith("StateExited")) {
      this.#exits.set(id, start);
      leave(run, event);
    } else if (SCHEDULED.test(type)) {
      run.attempts.set(event.redrive, (run.attempts.get(event.redrive) ?? 0) + 1);
      run.error = run.cause = run.status = run.endedAt = undefined;
    } else if (SUCCEEDED.test(type)) run.error = run.cause = run.status = undefined;
    else if (ABORTED.test(type)) {
      run.status = "ABORTED";
      run.endedAt = time;
    } else if (FAILED.test(type)) this.#fail(run, event);
  }

  #fail(run: RunDraft, event: TraceEvent): void {
    const isGroup = groupOf(event.type) !== undefined;
    run.status = "FAILED";
    run.endedAt = event.time;
    run.error = event.error ?? (isGroup ? undefined : event.type);
    run.cause = event.cause;
    if (isGroup) blameInner(run, this.#runs.get(this.#find(event.previousId) ?? 0), event.time);
  }

  #ownerOf({ type, previousId, name }: TraceEvent): number | undefined {
    const aborted = ABORTED.exec(type)?.[1];
    if (aborted !== undefined) return this.#findOpen(`type ${aborted}`);
    if (type === "EvaluationFailed") return this.#findOpen(`name ${name}`);
    if (type.endsWith("StateExited")) return this.#find(previousId, (run) => run.name === (name ?? run.name));
    const group = groupOf(type);
    return this.#find(previousId, (run) => group === undefined || run.type === group);
  }

  /** The newest open state of a type or name, for events that do not say from which event they come. */
  #findOpen(key: string): number | undefined {
    const ids = this.#byKey.get(key) ?? [];
    while (ids.length > 0 && this.#runs.get(ids.at(-1) ?? 0)?.status !== undefined) ids.pop();
    return ids.at(-1);
  }

  /** The open state that an event is in, or the nearest around it that fits. */
  #find(from: number, fits: (run: RunDraft) => boolean = () => true): number | undefined {
    let id: number | undefined = from;
    const seen = new Set<number>();
    while (id !== undefined && id !== 0 && !seen.has(id)) {
      seen.add(id);
      const left = this.#exits.get(id);
      const start: number | undefined = left ?? this.#owners.get(id);
      const run: RunDraft | undefined = start === undefined ? undefined : this.#runs.get(start);
      if (run !== undefined && left === undefined && fits(run)) return start;
      id = run === undefined ? this.#events.get(id)?.previousId : run.previousId;
    }
    return undefined;
  }
}

/** Which kind of group an event is about, if it is about one. */
function groupOf(type: string): string | undefined {
  return /^(Map|Parallel)State/.exec(type)?.[1];
}

function leave(run: RunDraft, { time, output }: TraceEvent): void {
  run.endedAt = time;
  run.output = output;
  const isCaught = run.status === "FAILED";
  run.status = isCaught ? "CAUGHT" : "SUCCEEDED";
  if (isCaught) nameCaughtError(run);
}
