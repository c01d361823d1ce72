import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import type { MapRun } from "../engine/distributed/map-run.js";
import type { ChildRequest } from "../engine/distributed/map-run-host.js";
import { Execution } from "../engine/execution.js";
import type { ItemStore } from "../item-store.js";
import type { Json } from "../json.js";
import { rememberText } from "../json-text.js";
import { exceedsDataLimit, MAX_DATA_BYTES } from "../limits.js";
import { type ArnPlace, checkArn, checkName, executionArn } from "./arns.js";
import { MapRuns } from "./map-runs.js";
import { takePage } from "./paging.js";
import { showEvent } from "./show-history.js";
import { describeDefinition, type StateMachineRecord, type StateMachines, seconds } from "./state-machines.js";
import { namedError, statesError } from "./states-error.js";

/** A StartExecution request after its shape was checked. @internal */
export interface StartExecutionRequest {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

interface ExecutionRequest {
  readonly executionArn: string;
  readonly includedData?: string;
}

interface ExecutionRecord {
  readonly execution: Execution;
  readonly machine: StateMachineRecord;
  /** The Map Run that started it, when it is a child execution. */
  readonly mapRun?: MapRun;
  /** Items in the input of a child execution. */
  readonly itemCount?: number;
}

/** Source: AWS Step Functions Developer Guide, "Choosing workflow type": Express runs for up to five minutes. */
const MAX_EXPRESS_SECONDS = 300;

/** The executions of the local AWS; they live in memory. @internal */
export class Executions {
  /** The Map Runs of the executions. */
  readonly mapRuns = new MapRuns();
  readonly #place: ArnPlace;
  readonly #clock: Clock;
  readonly #machines: StateMachines;
  readonly #items: ItemStore | undefined;
  readonly #records = new Map<string, ExecutionRecord>();
  /** Those that run, among them those of Express machines, which nothing can ask for. */
  readonly #running = new Set<Execution>();
  #closed = false;

  /**
   * @param place - Region and account.
   * @param clock - Time and chance.
   * @param machines - The machines.
   * @param items - The local S3, for Distributed Maps.
   */
  constructor(place: ArnPlace, clock: Clock, machines: StateMachines, items?: ItemStore) {
    this.#place = place;
    this.#clock = clock;
    this.#machines = machines;
    this.#items = items;
  }

  /** Starts an execution; the same request again finds the one that runs. */
  start(request: StartExecutionRequest): { readonly executionArn: string; readonly startDate: number } {
    const machine = this.#machines.find(request.stateMachineArn);
    const name = checkName(request.name ?? randomUUID());
    const { text, input } = readInput(request.input ?? "{}");
    const arn = executionArn(this.#place, machine.name, name, machine.type === "EXPRESS" ? randomUUID() : undefined);
    const existing = this.#records.get(arn)?.execution;
    if (existing !== undefined) {
      if (existing.status !== "RUNNING" || existing.options.inputText !== text) {
        throw namedError("ExecutionAlreadyExists", arn);
      }
      return { executionArn: arn, startDate: seconds(existing.startDate) };
    }
    const execution = this.#run(machine, arn, name, text, input);
    if (machine.type === "STANDARD") this.#records.set(arn, { execution, machine });
    return { executionArn: arn, startDate: seconds(execution.startDate) };
  }

  /** Runs an execution of an Express machine to its end. */
  async startSync(request: StartExecutionRequest & { includedData?: string }, signal?: AbortSignal): Promise<unknown> {
    const machine = this.#machines.find(request.stateMachineArn);
    if (machine.type !== "EXPRESS") {
      throw statesError(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
      );
    }
    const name = checkName(request.name ?? randomUUID());
    const { text, input } = readInput(request.input ?? "{}");
    const arn = executionArn(this.#place, machine.name, name, randomUUID());
    const execution = this.#run(machine, arn, name, text, input);
    const stop = () => void execution.stop();
    signal?.addEventListener("abort", stop, { once: true });
    await execution.done;
    signal?.removeEventListener("abort", stop);
    const duration = (execution.stopDate ?? execution.startDate).getTime() - execution.startDate.getTime();
    return {
      ...describeRun(execution, request.includedData),
      stateMachineArn: machine.arn,
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: Math.ceil(duration / 100) * 100 },
    };
  }

  /** Stops an execution; one that has ended stays as it is. */
  stop(request: ExecutionRequest & { readonly error?: string; readonly cause?: string }): unknown {
    const { execution } = this.#find(request.executionArn);
    return { stopDate: seconds(execution.stop(request.error, request.cause)) };
  }

  /** Waits until an execution has ended, and stops it when the signal fires before. */
  async waitFor(arn: string, signal: AbortSignal): Promise<void> {
    const { execution } = this.#find(arn);
    const stop = () => void execution.stop();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    await execution.done.finally(() => signal.removeEventListener("abort", stop));
    signal.throwIfAborted();
  }

  /** Describes an execution. */
  describe({ executionArn: arn, includedData }: ExecutionRequest): unknown {
    const { execution, machine, mapRun } = this.#find(arn);
    return {
      ...describeRun(execution, includedData),
      stateMachineArn: machine.arn,
      ...(mapRun === undefined ? {} : { mapRunArn: mapRun.facts.arn }),
      redriveCount: 0,
      redriveStatus: "NOT_REDRIVABLE",
      redriveStatusReason: "The local AWS does not redrive executions",
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
  list(request: {
    readonly stateMachineArn?: string;
    readonly mapRunArn?: string;
    readonly statusFilter?: string;
    readonly maxResults?: number;
    readonly nextToken?: string;
  }): unknown {
    const { stateMachineArn, mapRunArn, statusFilter } = request;
    const listed = mapRunArn ?? stateMachineArn;
    if (listed === undefined || (mapRunArn !== undefined && stateMachineArn !== undefined)) {
      throw statesError("ValidationException", "Must specify exactly one of [StateMachineArn, MapRunArn]");
    }
    if (mapRunArn !== undefined) this.mapRuns.find(mapRunArn);
    else this.#checkListable(listed);
    const all = [...this.#records.values()]
      .filter(({ machine, mapRun }) => (mapRunArn === undefined ? machine.arn : mapRun?.facts.arn) === listed)
      .filter(({ execution }) => statusFilter === undefined || execution.status === statusFilter)
      .reverse();
    const { items, nextToken } = takePage(all, request, `executions:${listed}:${statusFilter ?? ""}`);
    const executions = items.map(({ execution, machine, itemCount }) => ({
      executionArn: execution.options.arn,
      stateMachineArn: machine.arn,
      ...(mapRunArn === undefined ? {} : { mapRunArn, itemCount }),
      name: execution.options.name,
      status: execution.status,
      startDate: seconds(execution.startDate),
      ...(execution.stopDate === undefined ? {} : { stopDate: seconds(execution.stopDate) }),
      redriveCount: 0,
    }));
    return { executions, nextToken };
  }

  /** Lists the Map Runs of an execution. */
  listMapRuns(request: ExecutionRequest): unknown {
    this.#find(request.executionArn);
    return this.mapRuns.list(request);
  }

  /** Gives the events of an execution. */
  history(request: {
    readonly executionArn: string;
    readonly maxResults?: number;
    readonly nextToken?: string;
    readonly reverseOrder?: boolean;
    readonly includeExecutionData?: boolean;
  }): unknown {
    const { executionArn: arn, reverseOrder = false, includeExecutionData = true } = request;
    const { events } = this.#find(arn).execution.history;
    const all = reverseOrder ? [...events].reverse() : events;
    const { items, nextToken } = takePage(all, request, `history:${arn}:${reverseOrder}`);
    return { events: items.map((event) => showEvent(event, includeExecutionData)), nextToken };
  }

  /** Stops everything that runs and waits until it has ended; nothing can be started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running];
    for (const execution of running) execution.stop(undefined, "The local AWS was closed.");
    await Promise.all(running.map(({ done }) => done));
  }

  #run(machine: StateMachineRecord, arn: string, name: string, inputText: string, input: Json): Execution {
    if (this.#closed) throw statesError("ValidationException", "The local AWS was closed; create another one.");
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
    this.#running.add(execution);
    void execution.done.then(() => this.#running.delete(execution));
    return execution;
  }

  /** A child runs its processor as a machine of its own, which no request but those for executions can name. */
  #startChild(parent: StateMachineRecord, mapRun: MapRun, child: ChildRequest): Execution {
    const { label, stateMachineArn: arn } = mapRun.facts;
    const { type, definition, size: itemCount } = child;
    const machine = { ...parent, arn, name: `${parent.name}/${label}`, type, definition, machine: child.machine };
    const name = randomUUID();
    const childArn = executionArn(this.#place, machine.name, name, type === "EXPRESS" ? randomUUID() : undefined);
    const execution = this.#run(machine, childArn, name, child.inputText, child.input);
    if (type === "STANDARD") this.#records.set(childArn, { execution, machine, mapRun, itemCount });
    return execution;
  }

  #checkListable(arn: string): void {
    if (this.#machines.find(arn).type === "STANDARD") return;
    throw statesError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
  }

  #find(arn: string): ExecutionRecord {
    checkArn(arn, "execution");
    const record = this.#records.get(arn);
    if (record === undefined) throw namedError("ExecutionDoesNotExist", arn);
    return record;
  }
}

function readInput(text: string): { readonly text: string; readonly input: Json } {
  if (exceedsDataLimit(text)) {
    throw namedError("InvalidExecutionInput", `The input is larger than ${MAX_DATA_BYTES} bytes`);
  }
  try {
    const input = JSON.parse(text) as Json;
    // Writing it once shows that it can be written: a value that is nested too deeply cannot.
    return { text, input: rememberText(input, JSON.stringify(input)) };
  } catch (error) {
    throw namedError("InvalidExecutionInput", error instanceof Error ? error.message : String(error));
  }
}

function describeRun(execution: Execution, includedData: string | undefined) {
  const { arn, name, inputText } = execution.options;
  const { status, startDate, stopDate, output, error, cause } = execution;
  const hasData = includedData !== "METADATA_ONLY";
  return {
    executionArn: arn,
    name,
    status,
    startDate: seconds(startDate),
    ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
    inputDetails: { included: hasData },
    ...(hasData ? { input: inputText } : {}),
    ...(output === undefined ? {} : { outputDetails: { included: hasData }, ...(hasData ? { output } : {}) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
