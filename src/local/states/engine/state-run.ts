import type { Clock } from "../clock.js";
import type { StatesBlock } from "../definition/model.js";
import type { EvaluationScope } from "../evaluation.js";
import type { Json, JsonObject } from "../json.js";
import type { Branch, MapItem } from "./branch.js";
import type { MapRunHost } from "./distributed/map-run-host.js";

/** What all states of an execution share. @internal */
export interface ExecutionEnvironment {
  readonly clock: Clock;
  readonly region: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  /** Members `Execution` and `StateMachine` of the context object. */
  readonly contextBase: JsonObject;
  /** Starts and keeps the child executions of Distributed Maps. */
  readonly mapRuns: MapRunHost;
  /** What is to be done before the execution is stopped or its time is up. */
  readonly beforeStop: Set<() => void>;
  /** Runs the states of a block from its first one, and returns what the last one gives. */
  readonly runBlock: (block: StatesBlock, input: Json, branch: Branch) => Promise<Json>;
  /** Members of the context object that come over all others. */
  readonly contextOverride?: JsonObject;
}

/** One attempt to run a state. @internal */
export interface StateRun {
  readonly environment: ExecutionEnvironment;
  readonly branch: Branch;
  readonly stateName: string;
  /** The state's input as it came in. */
  readonly input: Json;
  /** When the state was entered. */
  readonly entered: Date;
  /** How often it was tried again; absent for a state that has no Retry. */
  readonly retryCount?: number;
  /** Token of a task that waits for one. */
  readonly taskToken?: string;
  /** Sees what the data became on its way through the state. */
  readonly inspect?: (step: InspectedStep, value: Json) => void;
}

/** What TestState shows of the way of the data, by the names that it uses for JSONPath. @internal */
export type InspectedStep = "afterInputPath" | "afterParameters" | "result" | "afterResultSelector" | "afterResultPath";

/** What a state gives. @internal */
export interface StateResult {
  readonly output: Json;
  /** Variables that it set. */
  readonly assigned?: JsonObject;
  /** The state that comes next; none at the end of a block. */
  readonly next: string | undefined;
}

/**
 * Makes the scope in which a field of the state is evaluated.
 *
 * @param run - The state.
 * @param data - What `$` and `$states.input` mean.
 * @param more - `result`, `errorOutput`, and the item of a Map that is about to run.
 * @returns The scope.
 * @internal
 */
export function scopeOf(
  run: StateRun,
  data: Json,
  more: { readonly result?: Json; readonly errorOutput?: Json; readonly item?: MapItem } = {},
): EvaluationScope {
  const { result, errorOutput, item } = more;
  return {
    data,
    variables: run.branch.variables,
    clock: run.environment.clock,
    context: () => contextObject(run, item ?? run.branch.item),
    ...(result === undefined ? {} : { result }),
    ...(errorOutput === undefined ? {} : { errorOutput }),
  };
}

/** Source: AWS Step Functions Developer Guide, "Accessing execution data from the Context object". */
function contextObject(run: StateRun, item: MapItem | undefined): JsonObject {
  return {
    ...run.environment.contextBase,
    State: {
      EnteredTime: run.entered.toISOString(),
      Name: run.stateName,
      ...(run.retryCount === undefined ? {} : { RetryCount: run.retryCount }),
    },
    ...(item === undefined ? {} : { Map: { Item: describeItem(item) } }),
    ...(run.taskToken === undefined ? {} : { Task: { Token: run.taskToken } }),
    ...run.environment.contextOverride,
  };
}

function describeItem({ index, value, key, source }: MapItem): JsonObject {
  return {
    Index: index,
    Value: value,
    ...(key === undefined ? {} : { Key: key }),
    ...(source === undefined ? {} : { Source: source }),
  };
}
