import type { MapRun } from "../engine/distributed/map-run.js";
import type { Execution } from "../engine/execution.js";
import type { HistoryEvent } from "../engine/history.js";
import type { StateMachineRecord } from "./state-machines.js";

/** What is known of an execution, be it one of this process or of an earlier one. @internal */
export interface KnownExecution
  extends Pick<
    Execution,
    | "status"
    | "startDate"
    | "stopDate"
    | "output"
    | "error"
    | "cause"
    | "redriveCount"
    | "redriveDate"
    | "done"
    | "stop"
  > {
  readonly options: Pick<Execution["options"], "arn" | "name" | "inputText">;
  readonly history: { readonly events: readonly HistoryEvent[] };
  /** Only an execution of this process knows how far it came. */
  redrive?(): Date;
}

/** The machine of an execution as it was when the execution was started. @internal */
export type ExecutionMachine = Omit<StateMachineRecord, "machine">;

/** An execution, and what it was started from. @internal */
export interface ExecutionRecord {
  readonly execution: KnownExecution;
  readonly machine: ExecutionMachine;
  /** The version that it runs, where it was started by one or by an alias. */
  readonly versionArn?: string;
  /** The alias that it was started by. */
  readonly aliasArn?: string;
  /** The Map Run that started it, when it is a child execution. */
  readonly mapRun?: MapRun;
  /** Items in the input of a child execution. */
  readonly itemCount?: number;
  /** When it was redriven, by the token of the request. */
  readonly redrives: Map<string, Date>;
}
