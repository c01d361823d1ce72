import type { Evaluator } from "../evaluation.js";
import type { Json } from "../json.js";
import type { JsonPath } from "../paths/path-parser.js";
import type { ServiceAction, TaskIntegration } from "../tasks/task-integration.js";
import type { ChoiceTest } from "./choice-test.js";
import type { DistributedMap } from "./distributed-model.js";

/** How a state's data is written. @internal */
export type StateLanguage = "JSONPath" | "JSONata";

/** States that belong together: a machine, a branch, or the processor of a Map. @internal */
export interface StatesBlock {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A machine that was read. @internal */
export interface Machine extends StatesBlock {
  readonly timeoutSeconds?: number;
}

/** Fields that reshape a state's data; each state has those of its language and type. @internal */
export interface DataFields {
  readonly inputPath?: Evaluator | null;
  /** Parameters, or Arguments. */
  readonly parameters?: Evaluator;
  readonly resultSelector?: Evaluator;
  readonly resultPath?: JsonPath | null;
  readonly outputPath?: Evaluator | null;
  /** Output, of JSONata. */
  readonly output?: Evaluator;
  readonly assign?: Evaluator;
}

/** One entry of Retry. @internal */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: boolean;
}

/** One entry of Catch. @internal */
export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly resultPath?: JsonPath | null;
  readonly output?: Evaluator;
  readonly assign?: Evaluator;
}

interface StateBase {
  readonly name: string;
  readonly language: StateLanguage;
  /** The state that comes next; none where the state ends its block. */
  readonly next: string | undefined;
  readonly data: DataFields;
}

/** What states that can fail have. @internal */
export interface ErrorHandling {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

/** A Task state. @internal */
export interface TaskState extends StateBase, ErrorHandling {
  readonly type: "Task";
  readonly resource: string;
  /** The resource as the history shows it. */
  readonly service: ServiceAction;
  readonly integration: TaskIntegration;
  readonly timeoutSeconds: Evaluator | undefined;
  readonly heartbeatSeconds: Evaluator | undefined;
}

/** A Pass state. @internal */
export interface PassState extends StateBase {
  readonly type: "Pass";
  readonly result: Json | undefined;
}

/** A rule of a Choice state. @internal */
export interface ChoiceRule {
  readonly test: ChoiceTest;
  readonly next: string;
  readonly output?: Evaluator;
  readonly assign?: Evaluator;
}

/** A Choice state. @internal */
export interface ChoiceState extends StateBase {
  readonly type: "Choice";
  readonly choices: readonly ChoiceRule[];
  readonly default: string | undefined;
}

/** A Wait state. @internal */
export interface WaitState extends StateBase {
  readonly type: "Wait";
  readonly until: "Seconds" | "SecondsPath" | "Timestamp" | "TimestampPath";
  /** The field as it was written, for causes. */
  readonly text: string;
  readonly value: Evaluator;
}

/** A Succeed state. @internal */
export interface SucceedState extends StateBase {
  readonly type: "Succeed";
}

/** A Fail state. @internal */
export interface FailState extends StateBase {
  readonly type: "Fail";
  readonly error: Evaluator | undefined;
  readonly cause: Evaluator | undefined;
}

/** A Parallel state. @internal */
export interface ParallelState extends StateBase, ErrorHandling {
  readonly type: "Parallel";
  readonly branches: readonly StatesBlock[];
}

/** A Map state. @internal */
export interface MapState extends StateBase, ErrorHandling {
  readonly type: "Map";
  readonly processor: StatesBlock;
  readonly items: Evaluator | undefined;
  readonly itemsText: string;
  readonly itemSelector: Evaluator | undefined;
  readonly maxConcurrency: Evaluator | undefined;
  readonly toleratedFailureCount: Evaluator | undefined;
  readonly toleratedFailurePercentage: Evaluator | undefined;
  /** Set in the mode DISTRIBUTED. */
  readonly distributed: DistributedMap | undefined;
}

/** A state that was read. @internal */
export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;
