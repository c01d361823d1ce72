import fc from "fast-check";
import type { StateRun } from "../../src/workflow/render/execution-trace.js";

/** What one state of a made-up execution does. */
export type Step =
  | { readonly kind: "pass" }
  | { readonly kind: "task"; readonly retries: number; readonly end: "succeeds" | "is caught" }
  | {
      readonly kind: "Parallel" | "Map";
      readonly branches: readonly (readonly Step[])[];
      readonly end: "succeeds" | "is caught";
    };

/** A made-up execution: its states, and what its last task does. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly end: "succeeds" | "fails" | "fails and is redriven" | "fails in a branch";
  /** Decides which branch goes on next. */
  readonly picks: readonly number[];
}

/** An event as GetExecutionHistory has it. */
export interface ModelEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: Date;
  readonly redriveId: number;
  readonly [details: `${string}EventDetails`]: object;
}

type Expected = Pick<StateRun, "name" | "status" | "retries" | "isCaught"> & {
  from: string | undefined;
  error: string | undefined;
};
type Group = Extract<Step, { readonly branches: unknown }>;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Draft = Omit<ModelEvent, "id" | "timestamp" | "redriveId">;
type Thread<Result> = Generator<Draft, Result, number>;

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.letrec<{ step: Step; steps: Step[] }>((tie) => ({
    steps: fc.array(tie("step"), { minLength: 1, maxLength: 4 }),
    step: fc.oneof(
      { depthSize: "small", maxDepth: 3, withCrossShrink: true },
      fc.constant({ kind: "pass" as const }),
      fc.record({
        kind: fc.constant("task" as const),
        retries: fc.nat(2),
        end: fc.constantFrom("succeeds" as const, "is caught" as const),
      }),
      fc.record({
        kind: fc.constantFrom("Parallel" as const, "Map" as const),
        branches: fc.array(tie("steps"), { minLength: 1, maxLength: 3 }),
        end: fc.constantFrom("succeeds" as const, "is caught" as const),
      }),
    ),
  })).steps,
  end: fc.constantFrom("succeeds", "fails", "fails and is redriven", "fails in a branch"),
  picks: fc.array(fc.nat(6), { minLength: 5, maxLength: 40 }),
});

/** Writes the history of a plan as Step Functions does, and what a reader should make of it. */
export function writeHistory({ steps, end, picks }: Plan) {
  const events: ModelEvent[] = [];
  const runs: Expected[] = [];
  let redriveId = 0;
  let turns = 0;
  let states = 0;

  const add = (draft: Draft): number => {
    const id = events.length + 1;
    events.push({ ...draft, id, redriveId, timestamp: new Date(1_700_000_000_000 + id * 10) });
    return id;
  };
  const event = (type: string, previousEventId: number, details: object = {}): Draft => ({
    type,
    previousEventId,
    ...details,
  });
  const open = (name: string, from: Expected | undefined): Writable<Expected> => {
    const run = {
      name,
      status: "SUCCEEDED" as const,
      retries: 0,
      isCaught: from?.status === "CAUGHT",
      from: from?.name,
      error: undefined,
    };
    runs.push(run);
    return run;
  };
  const enter = (type: string, previousId: number, name: string) =>
    event(`${type}StateEntered`, previousId, { stateEnteredEventDetails: { name, input: JSON.stringify({ name }) } });
  const exit = (type: string, previousId: number, name: string) =>
    event(`${type}StateExited`, previousId, { stateExitedEventDetails: { name, output: JSON.stringify([name]) } });
  const failure = { taskFailedEventDetails: { error: "Broken", cause: "It fell." } };

  function* attempt(previousId: number, fails: boolean): Thread<number> {
    const scheduled = yield event("TaskScheduled", previousId, { taskScheduledEventDetails: { parameters: "{}" } });
    const started = yield event("TaskStarted", scheduled);
    return yield fails ? event("TaskFailed", started, failure) : event("TaskSucceeded", started);
  }

  /** Runs states one after the other; gives the last event. */
  function* sequence(all: readonly Step[], previousId: number): Thread<number> {
    let last = previousId;
    let from: Expected | undefined;
    for (const step of all) {
      const name = `State ${++states}`;
      if (step.kind === "pass") {
        last = yield enter("Pass", last, name);
        from = open(name, from);
        last = yield exit("Pass", last, name);
      } else if (step.kind === "task") {
        last = yield enter("Task", last, name);
        const run = open(name, from);
        for (let count = 0; count < step.retries; count++) last = yield* attempt(last, true);
        last = yield* attempt(last, step.end === "is caught");
        run.retries = step.retries;
        if (step.end === "is caught") Object.assign(run, { status: "CAUGHT", error: "Broken" });
        last = yield exit("Task", last, name);
        from = run;
      } else {
        last = yield enter(step.kind, last, name);
        from = open(name, from);
        if (step.end === "is caught") Object.assign(from, { status: "CAUGHT", error: "Broken" });
        last = yield* group(step, last);
        last = yield exit(step.kind, last, name);
      }
    }
    return last;
  }

  /** The branches one beside the other, and where the group is to fail one more that fails after them. */
  function* group({ kind, branches, end: groupEnd }: Group, entered: number): Thread<number> {
    const started = yield event(`${kind}StateStarted`, entered);
    const isMap = kind === "Map";
    const last = yield* together(branches.map((branch, at) => item(branch, started, isMap ? at : undefined)));
    if (groupEnd === "succeeds") return yield event(`${kind}StateSucceeded`, last);
    const begun = isMap ? yield event("MapIterationStarted", started) : started;
    let failed = yield* failingTask(`State ${++states}`, begun);
    if (isMap) failed = yield event("MapIterationFailed", failed);
    return yield event(`${kind}StateFailed`, failed);
  }

  function* item(branch: readonly Step[], started: number, index: number | undefined): Thread<number> {
    if (index === undefined) return yield* sequence(branch, started);
    const details = { mapIterationStartedEventDetails: { name: "an item", index } };
    const begun = yield event("MapIterationStarted", started, details);
    return yield event("MapIterationSucceeded", yield* sequence(branch, begun));
  }

  /** Lets branches take turns; gives the last event of the one that ends last. */
  function* together(threads: readonly Thread<number>[]): Thread<number> {
    const live = threads.map((thread) => ({ thread, next: thread.next() }));
    let last = 0;
    for (;;) {
      const ready = live.filter(({ next }) => next.done !== true);
      const one = ready[(picks[turns++ % picks.length] ?? 0) % Math.max(1, ready.length)];
      if (one === undefined) return last;
      const id: number = yield one.next.value as Draft;
      one.next = one.thread.next(id);
      if (one.next.done === true) last = one.next.value;
    }
  }

  function* failingTask(name: string, previousId: number, from?: Expected): Thread<number> {
    const entered = yield enter("Task", previousId, name);
    Object.assign(open(name, from), { status: "FAILED", error: "Broken" });
    return yield* attempt(entered, true);
  }

  function* all(): Thread<void> {
    yield event("ExecutionStarted", 0, { executionStartedEventDetails: { input: '{"the":"input"}' } });
    let last = yield* sequence(steps, 0);
    const before = events.at(-1)?.type.endsWith("StateExited")
      ? runs.find(({ name }) => name === lastName(events))
      : undefined;
    const failed = { executionFailedEventDetails: { error: "Broken", cause: "It fell." } };
    if (end === "fails in a branch") {
      Object.assign(open("Last", before), { status: "FAILED", error: "Broken" });
      last = yield enter("Parallel", last, "Last");
      const started = yield event("ParallelStateStarted", last);
      yield enter("Wait", started, "Idle");
      open("Idle", undefined).status = "ABORTED";
      last = yield* failingTask("Failing", started);
      if (picks.length % 2 === 0) yield event("WaitStateAborted", last);
      last = yield event("ParallelStateFailed", last);
    } else if (end !== "succeeds") {
      const entered = events.length + 1;
      last = yield* failingTask("Last", last, before);
      if (end === "fails and is redriven") {
        last = yield event("ExecutionFailed", last, failed);
        redriveId = 1;
        yield event("ExecutionRedriven", last, { executionRedrivenEventDetails: { redriveCount: 1 } });
        last = yield* attempt(entered, false);
        last = yield exit("Task", last, "Last");
        Object.assign(runs.at(-1) ?? {}, { status: "SUCCEEDED", error: undefined });
      }
    }
    if (end.endsWith("fails") || end === "fails in a branch") yield event("ExecutionFailed", last, failed);
    else yield event("ExecutionSucceeded", last, { executionSucceededEventDetails: { output: '"done"' } });
  }

  const main = all();
  let next = main.next();
  while (next.done !== true) next = main.next(add(next.value));
  return { events, runs };
}

function lastName(events: readonly ModelEvent[]): string | undefined {
  const details = events.at(-1)?.["stateExitedEventDetails"] as { readonly name?: string } | undefined;
  return details?.name;
}
