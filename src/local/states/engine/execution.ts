import { WorkStop } from "../../stop-signal.js";
import { type Clock, withTimeout } from "../clock.js";
import type { Machine } from "../definition/model.js";
import type { Json } from "../json.js";
import { jsonText, LazyText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { Branch } from "./branch.js";
import type { MapRunHost } from "./distributed/map-run-host.js";
import { History, NOT_TRUNCATED } from "./history.js";
import { Progress } from "./progress.js";
import { runBlock } from "./run-block.js";
import type { ExecutionEnvironment } from "./state-run.js";

/** What an execution is made of. @internal */
export interface ExecutionOptions {
  readonly machine: Machine;
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly region: string;
  /** The input as it was sent. */
  readonly inputText: string;
  readonly input: Json;
  /** Longest run in seconds beside the machine's own TimeoutSeconds. */
  readonly maxSeconds?: number;
  readonly clock: Clock;
  /** Starts and keeps the child executions of Distributed Maps. */
  readonly mapRuns: MapRunHost;
}

const NO_VARIABLES: ReadonlyMap<string, Json> = new Map();

/** Ends an execution that StopExecution, or the end of the local AWS, stopped. */
class ExecutionStopped extends Error {
  override get name(): string {
    return "ExecutionStopped";
  }
}

/** One execution of a machine. @internal */
export class Execution {
  /** What it was started with. */
  readonly options: ExecutionOptions;
  /** What happened so far. */
  readonly history: History;
  /** When it was started. */
  readonly startDate: Date;
  /** Resolves when it has ended; never rejects. */
  done: Promise<void>;
  /** How it stands. */
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" = "RUNNING";
  /** When it ended. */
  stopDate: Date | undefined;
  /** Error name, when it did not. */
  error: string | undefined;
  /** Cause, when it did not. */
  cause: string | undefined;
  /** How often it was redriven. */
  redriveCount = 0;
  /** When it was redriven last. */
  redriveDate: Date | undefined;
  #output: Json | undefined;
  readonly #progress = new Progress();
  /** Is there while it runs. */
  #beforeStop: ReadonlySet<() => void> | undefined;
  #stop = new WorkStop();
  #branch: Branch;

  /**
   * Starts an execution.
   *
   * @param options - See {@link ExecutionOptions}.
   */
  constructor(options: ExecutionOptions) {
    const { clock, inputText, roleArn } = options;
    this.options = options;
    this.startDate = clock.now();
    this.history = new History(clock);
    this.history.add("ExecutionStarted", 0, {
      key: "executionStartedEventDetails",
      value: { input: inputText, inputDetails: NOT_TRUNCATED, roleArn },
    });
    // The first state follows no event: AWS gives it 0 as its previous one.
    this.#branch = this.#createBranch(0);
    this.done = this.#run();
  }

  /** Its output as JSON text, when it succeeded. */
  get output(): string | undefined {
    return this.#output === undefined ? undefined : jsonText(this.#output);
  }

  /**
   * Continues an execution that did not succeed at the states that failed or were aborted.
   *
   * @returns When it was redriven.
   */
  redrive(): Date {
    this.status = "RUNNING";
    for (const name of ["stopDate", "error", "cause"] as const) this[name] = undefined;
    this.redriveCount++;
    this.redriveDate = this.options.clock.now();
    this.#stop = new WorkStop();
    const lastEventId = this.history.add("ExecutionRedriven", this.history.events.length, {
      key: "executionRedrivenEventDetails",
      value: { redriveCount: this.redriveCount },
    });
    this.#branch = this.#createBranch(lastEventId);
    this.done = this.#run();
    return this.redriveDate;
  }

  #createBranch(lastEventId: number): Branch {
    return new Branch({
      history: this.history,
      stop: this.#stop,
      lastEventId,
      variables: NO_VARIABLES,
      progress: this.#progress,
    });
  }

  /**
   * Stops the execution.
   *
   * @param error - Error name for the history.
   * @param cause - Cause for the history.
   * @returns When it stopped.
   */
  stop(error?: string, cause?: string): Date {
    if (this.status === "RUNNING") {
      this.#prepareStop();
      const value = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
      this.#end("ABORTED", "ExecutionAborted", { key: "executionAbortedEventDetails", value });
      this.error = error;
      this.cause = cause;
      this.#stop.abort(new ExecutionStopped());
    }
    return this.stopDate ?? this.startDate;
  }

  async #run(): Promise<void> {
    // StartExecution answers before the first state runs.
    await null;
    try {
      this.#succeed(await this.#runMachine());
    } catch (error) {
      if (this.status !== "RUNNING") return;
      this.#fail(error instanceof StateFailure ? error : new StateFailure("States.Runtime", String(error)));
    }
  }

  #runMachine(): Promise<Json> {
    const { machine, clock, input, maxSeconds } = this.options;
    const environment = this.#environment();
    const limits = [machine.timeoutSeconds, maxSeconds].filter((seconds) => seconds !== undefined);
    if (limits.length === 0) return runBlock(environment, machine, input, this.#branch);
    return withTimeout(
      clock,
      {
        milliseconds: Math.min(...limits) * 1000,
        signal: this.#stop,
        onTimeout: () => {
          const failure = new StateFailure("States.Timeout", undefined, { located: true });
          if (this.status === "RUNNING") this.#timeOut();
          this.#stop.abort(failure);
          return failure;
        },
      },
      () => runBlock(environment, machine, input, this.#branch),
    );
  }

  #environment(): ExecutionEnvironment {
    const { arn, name, roleArn, input, clock, region, stateMachineArn, stateMachineName, mapRuns } = this.options;
    const beforeStop = new Set<() => void>();
    this.#beforeStop = beforeStop;
    const environment: ExecutionEnvironment = {
      clock,
      region,
      executionArn: arn,
      stateMachineArn,
      mapRuns,
      beforeStop,
      contextBase: {
        Execution: {
          Id: arn,
          Input: input,
          Name: name,
          RoleArn: roleArn,
          StartTime: this.startDate.toISOString(),
          RedriveCount: this.redriveCount,
          ...(this.redriveDate === undefined ? {} : { RedriveTime: this.redriveDate.toISOString() }),
        },
        StateMachine: { Id: stateMachineArn, Name: stateMachineName },
      },
      runBlock: (block, data, branch) => runBlock(environment, block, data, branch),
    };
    return environment;
  }

  #prepareStop(): void {
    for (const prepare of this.#beforeStop ?? []) {
      try {
        prepare();
      } catch (error) {
        // The history may have room for the end only.
        if (!(error instanceof StateFailure)) throw error;
      }
    }
  }

  #succeed(output: Json): void {
    if (this.status !== "RUNNING") return;
    this.#output = output;
    this.#end("SUCCEEDED", "ExecutionSucceeded", {
      key: "executionSucceededEventDetails",
      value: { output: new LazyText(output), outputDetails: NOT_TRUNCATED },
    });
  }

  #fail({ error, causeText }: StateFailure): void {
    this.error = error;
    this.cause = causeText;
    const value = {
      ...(error === undefined ? {} : { error }),
      ...(causeText === undefined ? {} : { cause: causeText }),
    };
    this.#end("FAILED", "ExecutionFailed", { key: "executionFailedEventDetails", value });
  }

  #timeOut(): void {
    this.#prepareStop();
    this.error = "States.Timeout";
    this.#end("TIMED_OUT", "ExecutionTimedOut", {
      key: "executionTimedOutEventDetails",
      value: { error: "States.Timeout" },
    });
  }

  #end(status: Execution["status"], type: string, details: { readonly key: string; readonly value: object }): void {
    // What comes from outside follows no event.
    this.history.end(type, status === "ABORTED" ? 0 : this.#branch.lastEventId, details);
    this.status = status;
    this.stopDate = this.options.clock.now();
    this.#beforeStop = undefined;
  }
}
