import type { LineSink } from "../../kept/journal.js";
import type { Kept } from "../../kept/kept.js";
import { type HistoryEvent, NOT_TRUNCATED } from "../engine/history.js";
import { type ExecutionLine, type ExecutionLineOf, ExecutionLineSchema } from "./execution-lines.js";
import type { ExecutionMachine, ExecutionRecord, KnownExecution } from "./execution-record.js";

/** What an earlier process left of its executions. @internal */
export interface PastExecutions {
  /** They have all ended. */
  readonly records: readonly ExecutionRecord[];
  /** The machines that they were started from, by their numbers in the journal. */
  readonly machines: ReadonlyMap<ExecutionMachine, number>;
  /** Takes what happens from now on. */
  readonly sink: LineSink<ExecutionLine>;
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };
type PastExecution = Mutable<Omit<KnownExecution, "history" | "redrive">> & {
  readonly history: { readonly events: HistoryEvent[] };
};

const INTERRUPTED = {
  error: "LocalAws.Stopped",
  cause: "The local AWS was stopped while this execution ran. Start another one.",
};

/**
 * Reads the journal of executions. Those that ran when the process ended have failed, and the journal says so from now on.
 *
 * @param kept - What outlives the process.
 * @param now - The clock.
 * @returns The executions; `undefined` where nothing is kept.
 * @throws {@link LocalDirectoryError} `LOCAL_DIRECTORY_DAMAGED` when the journal is damaged.
 * @internal
 */
export async function openPastExecutions(
  kept: Pick<Kept, "openJournal">,
  now: () => Date,
): Promise<PastExecutions | undefined> {
  const reader = new JournalReader();
  const sink = await kept.openJournal("executions", ExecutionLineSchema, (line) => reader.read(line));
  if (sink === undefined) return undefined;
  for (const { execution } of reader.records.values()) {
    if (execution.status !== "RUNNING") continue;
    const end = interrupt(execution, now());
    sink.append(end);
    reader.read(end);
  }
  const machines = new Map(reader.machines.map((machine, id) => [machine, id]));
  return { records: [...reader.records.values()], machines, sink };
}

/** Puts executions together from the lines about them. */
class JournalReader {
  readonly machines: ExecutionMachine[] = [];
  readonly records = new Map<string, ExecutionRecord & { readonly execution: PastExecution }>();

  read(line: ExecutionLine): void {
    if (line.line === "machine") this.#machine(line);
    else if (line.line === "start") this.#start(line);
    else this.#continue(line);
  }

  #continue(line: ExecutionLineOf<"redrive" | "events" | "end">): void {
    const record = this.records.get(line.arn);
    if (record === undefined) throw new Error(`It is about ${line.arn}, which was never started.`);
    const { execution, redrives } = record;
    if (line.line === "redrive") {
      const redriveDate = new Date(line.redriveDate);
      redrives.set(line.token, redriveDate);
      const redriveCount = execution.redriveCount + 1;
      const nothing = { stopDate: undefined, error: undefined, cause: undefined };
      Object.assign(execution, { status: "RUNNING", redriveDate, redriveCount, ...nothing });
      return;
    }
    for (const event of line.events) execution.history.events.push(event);
    if (line.line === "events") return;
    const { status, output, error, cause } = line;
    Object.assign(execution, { status, output, error, cause, stopDate: new Date(line.stopDate) });
  }

  #machine({ line: _line, id, created, updated, ...machine }: ExecutionLineOf<"machine">): void {
    if (id !== this.machines.length) throw new Error(`Machine ${id} follows ${this.machines.length} others.`);
    const revisionId = machine.revisionId;
    this.machines.push({ ...machine, revisionId, created: new Date(created), updated: new Date(updated) });
  }

  #start({ line: _line, machine: id, startDate: start, timestamp, ...kept }: ExecutionLineOf<"start">): void {
    const { arn, name, input, ...target } = kept;
    const machine = this.machines[id];
    if (machine === undefined) throw new Error(`Machine ${id} is not there.`);
    const startDate = new Date(start);
    const execution: PastExecution = {
      options: { arn, name, inputText: input },
      status: "RUNNING",
      startDate,
      stopDate: undefined,
      output: undefined,
      error: undefined,
      cause: undefined,
      redriveCount: 0,
      redriveDate: undefined,
      done: Promise.resolve(),
      stop: () => execution.stopDate ?? startDate,
      history: { events: [startEvent(input, machine.roleArn, timestamp)] },
    };
    this.records.set(arn, { execution, machine, ...target, redrives: new Map() });
  }
}

function startEvent(input: string, roleArn: string, timestamp: number): HistoryEvent {
  const value = { input, inputDetails: NOT_TRUNCATED, roleArn };
  const details = { key: "executionStartedEventDetails", value };
  return { id: 1, previousEventId: 0, timestamp, type: "ExecutionStarted", details };
}

function interrupt({ options, history }: PastExecution, now: Date): ExecutionLineOf<"end"> {
  const { length } = history.events;
  const event = {
    id: length + 1,
    previousEventId: length,
    timestamp: now.getTime() / 1000,
    type: "ExecutionFailed",
    details: { key: "executionFailedEventDetails", value: INTERRUPTED },
  };
  return { line: "end", arn: options.arn, status: "FAILED", stopDate: now.getTime(), ...INTERRUPTED, events: [event] };
}
