import type { LineSink } from "../../kept/journal.js";
import type { ExecutionLine } from "./execution-lines.js";
import type { ExecutionMachine, ExecutionRecord } from "./execution-record.js";

/** Events of one line, so that no line grows beyond what a string can hold. */
const MAX_LINE_EVENTS = 200;

/**
 * Writes executions into a journal. Their start is written before StartExecution answers. What happens then is written
 * when they end, or when somebody asks before: what was shown has been kept.
 *
 * @internal
 */
export class ExecutionJournal {
  readonly #sink: LineSink<ExecutionLine>;
  readonly #machines: Map<ExecutionMachine, number>;
  /** Executions whose end is not written yet, with the number of events that are. */
  readonly #open = new Map<ExecutionRecord, number>();

  /**
   * @param sink - The journal.
   * @param machines - The machines that it has, with their numbers.
   */
  constructor(sink: LineSink<ExecutionLine>, machines: Map<ExecutionMachine, number>) {
    this.#sink = sink;
    this.#machines = machines;
  }

  /** Writes that an execution was started. */
  start(record: ExecutionRecord): void {
    const { options, startDate, history } = record.execution;
    const { arn, name, inputText: input } = options;
    const machine = this.#numberOf(record.machine);
    const { timestamp = 0 } = history.events[0] ?? {};
    const target = {
      ...(record.versionArn === undefined ? {} : { versionArn: record.versionArn }),
      ...(record.aliasArn === undefined ? {} : { aliasArn: record.aliasArn }),
    };
    const started = { ...target, input, startDate: startDate.getTime(), timestamp };
    this.#sink.append({ line: "start", arn, name, machine, ...started });
    this.#open.set(record, 1);
  }

  /** Writes that an execution was redriven. */
  redrive(record: ExecutionRecord, token: string, redriveDate: Date): void {
    // The event of the redrive is the last one, and belongs to what comes after the end.
    const { arn } = record.execution.options;
    this.#sink.append({ line: "redrive", arn, token, redriveDate: redriveDate.getTime() });
    this.#open.set(record, record.execution.history.events.length - 1);
  }

  /** Writes what happened in an execution since it was written last. */
  save(record: ExecutionRecord): void {
    let saved = this.#open.get(record);
    if (saved === undefined) return;
    const { status, stopDate, output, error, cause, history, options } = record.execution;
    const { arn } = options;
    const { events } = history;
    const hasEnded = status !== "RUNNING";
    // The last events go with the end: a history that has ended and an execution that runs would not agree.
    const most = hasEnded ? events.length - MAX_LINE_EVENTS : events.length;
    while (saved < most) {
      const next: number = Math.min(saved + MAX_LINE_EVENTS, most);
      this.#sink.append({ line: "events", arn, events: events.slice(saved, next) });
      saved = next;
      this.#open.set(record, saved);
    }
    if (!hasEnded) return;
    const stopped = (stopDate ?? new Date(0)).getTime();
    this.#sink.append({
      line: "end",
      arn,
      status,
      stopDate: stopped,
      output,
      error,
      cause,
      events: events.slice(saved),
    });
    this.#open.delete(record);
  }

  /** Writes what happened in all executions. */
  saveAll(): void {
    for (const record of [...this.#open.keys()]) this.save(record);
  }

  /** Executions of one machine share its definition; an update makes another machine of it. */
  #numberOf(machine: ExecutionMachine): number {
    const known = this.#machines.get(machine);
    if (known !== undefined) return known;
    const id = this.#machines.size;
    const { arn, name, type, definition, roleArn, loggingConfiguration, tracingConfiguration, revisionId } = machine;
    this.#sink.append({
      line: "machine",
      id,
      arn,
      name,
      type,
      definition,
      roleArn,
      loggingConfiguration,
      tracingConfiguration,
      revisionId,
      created: machine.created.getTime(),
      updated: machine.updated.getTime(),
    });
    this.#machines.set(machine, id);
    return id;
  }
}
