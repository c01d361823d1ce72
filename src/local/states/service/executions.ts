import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import type { MapRun } from "../engine/distributed/map-run.js";
import type { ChildRequest } from "../engine/distributed/map-run-host.js";
import { Execution } from "../engine/execution.js";
import type { ItemStore } from "../item-store.js";
import type { Json } from "../json.js";
import { type ArnPlace, checkArn, checkName, executionArn } from "./arns.js";
import { describeExecution } from "./describe-execution.js";
import { describeDefinition } from "./describe-machine.js";
import { endOf } from "./end-of.js";
import { ExecutionJournal } from "./execution-journal.js";
import type { ExecutionRecord, KnownExecution } from "./execution-record.js";
import type { ExecutionRequest, RedriveRequest, StartExecutionRequest } from "./execution-requests.js";
import { checkListable, describeTarget, type ListExecutionsRequest, listExecutions } from "./list-executions.js";
import { MapRuns } from "./map-runs.js";
import type { PastExecutions } from "./past-executions.js";
import type { PublishedMachines, StartTarget } from "./published-machines.js";
import { readInput } from "./read-input.js";
import { describeRedrives, NO_PROGRESS, whyNotRedrivable } from "./redrive-status.js";
import { type HistoryRequest, showHistory } from "./show-history.js";
import { type StateMachineRecord, type StateMachines, seconds } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** Source: API reference, "RedriveExecution": the last 10 tokens are known, for up to 15 minutes. */
const MAX_TOKENS = 10;
const TOKEN_MS = 900_000;
/** Source: AWS Step Functions Developer Guide, "Choosing workflow type": Express runs for up to five minutes. */
const MAX_EXPRESS_SECONDS = 300;

/** What executions need. @internal */
export interface ExecutionsOptions extends ArnPlace {
  /** Time and chance. */
  readonly clock: Clock;
  /** The machines. */
  readonly machines: StateMachines;
  /** Their versions and aliases. */
  readonly published: PublishedMachines;
  /** The local S3, for Distributed Maps. */
  readonly items: ItemStore | undefined;
  /** Those of an earlier process, and what keeps these; without it they live in memory alone. */
  readonly past: PastExecutions | undefined;
}

/** The executions of the local AWS. @internal */
export class Executions {
  /** The Map Runs of the executions. */
  readonly mapRuns = new MapRuns();
  readonly #place: ArnPlace;
  readonly #clock: Clock;
  readonly #machines: StateMachines;
  readonly #published: PublishedMachines;
  readonly #items: ItemStore | undefined;
  readonly #journal: ExecutionJournal | undefined;
  readonly #records = new Map<string, ExecutionRecord>();
  /** Those that run, among them those of Express machines, which nothing can ask for. */
  readonly #running = new Set<Pick<Execution, "done" | "stop">>();
  #closed = false;

  /** @param options - See {@link ExecutionsOptions}. */
  constructor({ clock, machines, published, items, past, ...place }: ExecutionsOptions) {
    this.#place = place;
    this.#clock = clock;
    this.#machines = machines;
    this.#published = published;
    this.#items = items;
    if (past === undefined) return;
    this.#journal = new ExecutionJournal(past.sink, new Map(past.machines));
    for (const record of past.records) this.#records.set(record.execution.options.arn, record);
  }

  /** Starts an execution; the same request again finds the one that runs. */
  start(request: StartExecutionRequest): { readonly executionArn: string; readonly startDate: number } {
    const { options, startDate } = this.#begin(this.#published.resolve(request.stateMachineArn), request);
    return { executionArn: options.arn, startDate: seconds(startDate) };
  }

  /** Starts an execution, waits until it has ended, and stops it when the signal fires before. */
  async runToEnd(request: StartExecutionRequest, signal: AbortSignal | undefined): Promise<KnownExecution> {
    signal?.throwIfAborted();
    const execution = this.#begin(this.#published.resolve(request.stateMachineArn), request);
    await endOf(execution, signal);
    signal?.throwIfAborted();
    const record = this.#records.get(execution.options.arn);
    if (record !== undefined) this.#journal?.save(record);
    return execution;
  }

  #begin(target: StartTarget, request: StartExecutionRequest): KnownExecution {
    const { machine } = target;
    const name = checkName(request.name ?? randomUUID());
    const { text, input } = readInput(request.input ?? "{}");
    const arn = executionArn(this.#place, machine.name, name, machine.type === "EXPRESS" ? randomUUID() : undefined);
    if (this.#records.has(arn)) {
      const { execution: existing } = this.#find(arn);
      if (existing.status !== "RUNNING" || existing.options.inputText !== text) {
        throw namedError("ExecutionAlreadyExists", arn);
      }
      return existing;
    }
    const execution = this.#run(machine, arn, name, text, input);
    if (machine.type === "STANDARD") this.#remember({ execution, ...target, redrives: new Map() });
    return execution;
  }

  /** Runs an execution of an Express machine to its end. */
  async startSync(request: StartExecutionRequest & { includedData?: string }, signal?: AbortSignal): Promise<unknown> {
    const target = this.#published.resolve(request.stateMachineArn);
    if (target.machine.type !== "EXPRESS") {
      throw statesError(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
      );
    }
    const execution = this.#begin(target, request);
    await endOf(execution, signal);
    const duration = (execution.stopDate ?? execution.startDate).getTime() - execution.startDate.getTime();
    const hundreds = Math.max(1, Math.ceil(duration / 100));
    return {
      ...describeExecution(execution, request.includedData),
      stateMachineArn: target.machine.arn,
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: hundreds * 100 },
    };
  }

  /** Stops an execution; one that has ended stays as it is. */
  stop(request: ExecutionRequest & { readonly error?: string; readonly cause?: string }): unknown {
    const record = this.#find(request.executionArn);
    const stopDate = record.execution.stop(request.error, request.cause);
    this.#journal?.save(record);
    return { stopDate: seconds(stopDate) };
  }

  /** Waits until an execution has ended, and stops it when the signal fires before. */
  async waitFor(arn: string, signal: AbortSignal): Promise<void> {
    await endOf(this.#find(arn).execution, signal);
    signal.throwIfAborted();
  }

  /** Continues an execution that did not succeed; the same request again finds the one that was made. */
  redrive({ executionArn: arn, clientToken = randomUUID() }: RedriveRequest): { readonly redriveDate: number } {
    const record = this.#find(arn);
    const { execution, redrives } = record;
    const known = redrives.get(clientToken);
    const now = this.#clock.now().getTime();
    if (known !== undefined && now - known.getTime() <= TOKEN_MS) return { redriveDate: seconds(known) };
    const reason = this.#whyNotRedrivable(arn);
    if (reason !== undefined || execution.redrive === undefined) {
      throw statesError("ExecutionNotRedrivable", reason ?? NO_PROGRESS);
    }
    this.#refuseWhenClosed();
    const redriven = execution.redrive();
    this.#keep(record, (journal) => journal.redrive(record, clientToken, redriven));
    redrives.set(clientToken, redriven);
    const [oldest] = redrives.keys();
    if (redrives.size > MAX_TOKENS && oldest !== undefined) redrives.delete(oldest);
    this.#watch(execution);
    return { redriveDate: seconds(redriven) };
  }

  #whyNotRedrivable(arn: string): string | undefined {
    const { execution, machine, mapRun } = this.#find(arn);
    if (mapRun !== undefined) return "Child executions of a Map Run are not redriven by themselves";
    const isDeleted = !this.#machines.has(machine.arn);
    if (isDeleted) return "State machine is in DELETING status";
    return whyNotRedrivable(execution, this.#clock.now());
  }

  /** Describes an execution. */
  describe({ executionArn: arn, includedData }: ExecutionRequest): unknown {
    const { execution, machine, mapRun, ...target } = this.#find(arn);
    return {
      ...describeExecution(execution, includedData),
      stateMachineArn: machine.arn,
      ...describeTarget(target),
      ...(mapRun === undefined ? {} : { mapRunArn: mapRun.facts.arn }),
      ...describeRedrives(execution, this.#whyNotRedrivable(arn)),
    };
  }

  /** Describes the machine of an execution as it was when the execution was started. */
  describeMachine({ executionArn: arn, includedData }: ExecutionRequest): unknown {
    const { machine, mapRun } = this.#find(arn);
    return {
      stateMachineArn: machine.arn,
      updateDate: seconds(machine.updated),
      ...(mapRun === undefined ? {} : { mapRunArn: mapRun.facts.arn, label: mapRun.facts.label }),
      ...describeDefinition(machine, includedData),
    };
  }

  /** Lists the executions of a machine, or the children of a Map Run, newest first. */
  list(request: ListExecutionsRequest): unknown {
    const { stateMachineArn, mapRunArn } = request;
    const listed = mapRunArn ?? stateMachineArn;
    if (listed === undefined || (mapRunArn !== undefined && stateMachineArn !== undefined)) {
      throw statesError("ValidationException", "Must specify exactly one of [StateMachineArn, MapRunArn]");
    }
    if (mapRunArn === undefined) checkListable(this.#published.resolve(listed).machine, request);
    else this.mapRuns.find(mapRunArn);
    this.#journal?.saveAll();
    return listExecutions([...this.#records.values()], listed, request);
  }

  /** Lists the Map Runs of an execution. */
  listMapRuns(request: ExecutionRequest): unknown {
    this.#find(request.executionArn);
    return this.mapRuns.list(request);
  }

  /** Gives the events of an execution. */
  history(request: HistoryRequest): unknown {
    return showHistory(this.#find(request.executionArn).execution.history.events, request);
  }

  /** Stops everything that runs and waits until it has ended; nothing can be started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running];
    for (const execution of running) execution.stop(undefined, "The local AWS was closed.");
    await Promise.all(running.map(({ done }) => done));
    this.#journal?.saveAll();
  }

  #run(machine: StateMachineRecord, arn: string, name: string, inputText: string, input: Json): Execution {
    this.#refuseWhenClosed();
    const execution = new Execution({
      machine: machine.machine,
      arn,
      name,
      stateMachineArn: machine.arn,
      stateMachineName: machine.name,
      roleArn: machine.roleArn,
      region: this.#place.region,
      inputText,
      input,
      clock: this.#clock,
      mapRuns: {
        store: this.#items,
        open: (run) => this.mapRuns.add(run),
        start: (run, child) => this.#startChild(machine, run, child),
      },
      ...(machine.type === "EXPRESS" ? { maxSeconds: MAX_EXPRESS_SECONDS } : {}),
    });
    this.#watch(execution);
    return execution;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw statesError("ValidationException", "The local AWS was closed; create another one.");
  }

  #watch(execution: Pick<Execution, "done" | "stop">): void {
    this.#running.add(execution);
    void execution.done.then(() => this.#running.delete(execution));
  }

  #remember(record: ExecutionRecord): void {
    this.#keep(record, (journal) => journal.start(record));
    this.#records.set(record.execution.options.arn, record);
  }

  /** Keeps that an execution runs, and later how it ended; what cannot be kept does not run. */
  #keep(record: ExecutionRecord, write: (journal: ExecutionJournal) => void): void {
    const journal = this.#journal;
    if (journal === undefined) return;
    const { execution } = record;
    try {
      write(journal);
    } catch (error) {
      execution.stop();
      throw error;
    }
    // An end that cannot be kept now is tried again, and the error told, by whoever asks for the execution.
    void execution.done.then(() => journal.save(record)).catch(() => undefined);
  }

  /** A child runs its processor as a machine of its own, which no request but those for executions can name. */
  #startChild(parent: StateMachineRecord, mapRun: MapRun, child: ChildRequest): Execution {
    const { label, stateMachineArn: arn } = mapRun.facts;
    const { type, definition, size: itemCount } = child;
    const machine = { ...parent, arn, name: `${parent.name}/${label}`, type, definition, machine: child.machine };
    const name = randomUUID();
    const childArn = executionArn(this.#place, machine.name, name, type === "EXPRESS" ? randomUUID() : undefined);
    const execution = this.#run(machine, childArn, name, child.inputText, child.input);
    if (type === "STANDARD")
      this.#records.set(childArn, { execution, machine, redrives: new Map(), mapRun, itemCount });
    return execution;
  }

  #find(arn: string): ExecutionRecord {
    checkArn(arn, "execution");
    const record = this.#records.get(arn);
    if (record === undefined) throw namedError("ExecutionDoesNotExist", arn);
    this.#journal?.save(record);
    return record;
  }
}
