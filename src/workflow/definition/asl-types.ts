/** How the data of a state is written: paths such as `$.a`, or expressions such as `{% $states.input.a %}`. */
export type QueryLanguage = "JSONPath" | "JSONata";

/** One entry of `Retry`: which errors are tried again, and how often. */
export interface Retrier {
  /** Names of the errors that it is for. */
  readonly ErrorEquals: readonly string[];
  /** Seconds before the first new attempt; 1 where absent. */
  readonly IntervalSeconds?: number;
  /** How often at most; 3 where absent, 0 for never. */
  readonly MaxAttempts?: number;
  /** By how much the pause grows from attempt to attempt; 2 where absent, at least 1. */
  readonly BackoffRate?: number;
  /** Longest pause in seconds. */
  readonly MaxDelaySeconds?: number;
  /** `FULL` draws each pause between 0 and its computed length. */
  readonly JitterStrategy?: "FULL" | "NONE";
  /** A remark. */
  readonly Comment?: string;
}

/** One entry of `Catch`: where an error leads that was not tried again. */
export interface Catcher {
  /** Names of the errors that it is for. */
  readonly ErrorEquals: readonly string[];
  /** The state that comes next. */
  readonly Next: string;
  /** JSONPath: where `{ Error, Cause }` goes in the input; `$` where absent, `null` drops it. */
  readonly ResultPath?: string | null;
  /** JSONata: what the next state gets. */
  readonly Output?: unknown;
  /** Variables to set. */
  readonly Assign?: Readonly<Record<string, unknown>>;
  /** A remark. */
  readonly Comment?: string;
}

/** What every state may carry. */
export interface StateBase {
  /** A remark. */
  readonly Comment?: string;
  /** The query language of this state, where it is another one than the machine's. */
  readonly QueryLanguage?: QueryLanguage;
  /** JSONPath: the part of the input that the state works with. */
  readonly InputPath?: string | null;
  /** JSONPath: the part of the result that the next state gets. */
  readonly OutputPath?: string | null;
  /** JSONata: what the next state gets. */
  readonly Output?: unknown;
  /** Variables to set. */
  readonly Assign?: Readonly<Record<string, unknown>>;
}

/** What comes after a state: another one, or the end. */
export interface Transition {
  /** Name of the state that comes next. */
  readonly Next?: string;
  /** Whether this is the last state. */
  readonly End?: true;
}

/** What a state that can fail may carry. */
export interface ErrorHandling {
  /** Errors that are tried again. */
  readonly Retry?: readonly Retrier[];
  /** Errors that lead to another state. */
  readonly Catch?: readonly Catcher[];
}

/** What states that reshape their data may carry. */
export interface Reshaping {
  /** JSONPath: what the work gets; keys that end in `.$` take a path. */
  readonly Parameters?: unknown;
  /** JSONata: what the work gets. */
  readonly Arguments?: unknown;
  /** JSONPath: picks from the raw result. */
  readonly ResultSelector?: Readonly<Record<string, unknown>>;
  /** JSONPath: where the result goes in the input; `null` drops it. */
  readonly ResultPath?: string | null;
}

/** A state that has work done by a service, such as a Lambda function. */
export interface TaskState extends StateBase, Transition, ErrorHandling, Reshaping {
  /** Kind of the state. */
  readonly Type: "Task";
  /** ARN of the service integration, or of a function or activity. */
  readonly Resource: string;
  /** Seconds after which the work has failed with `States.Timeout`. */
  readonly TimeoutSeconds?: number | string;
  /** JSONPath: where the input says how many seconds. */
  readonly TimeoutSecondsPath?: string;
  /** Seconds between two signs of life. */
  readonly HeartbeatSeconds?: number | string;
  /** JSONPath: where the input says how many seconds. */
  readonly HeartbeatSecondsPath?: string;
  /** Role that the task is run with. */
  readonly Credentials?: Readonly<Record<string, unknown>>;
}

/** A state that only reshapes data. */
export interface PassState extends StateBase, Transition, Omit<Reshaping, "Arguments" | "ResultSelector"> {
  /** Kind of the state. */
  readonly Type: "Pass";
  /** JSONPath: a fixed result. */
  readonly Result?: unknown;
}

/** One rule of a choice. Its operators are many; `checkDefinition` knows them. */
export interface ChoiceRule {
  /** JSONata: decides. */
  readonly Condition?: unknown;
  /** The state that comes next; on outermost rules only. */
  readonly Next?: string;
  /** JSONPath: what is compared. */
  readonly Variable?: string;
  /** JSONPath: all of them must hold. */
  readonly And?: readonly ChoiceRule[];
  /** JSONPath: one of them must hold. */
  readonly Or?: readonly ChoiceRule[];
  /** JSONPath: must not hold. */
  readonly Not?: ChoiceRule;
  /** JSONPath: comparison operators, such as `NumericLessThan`. */
  readonly [operator: string]: unknown;
}

/** A state that decides which one comes next. */
export interface ChoiceState extends StateBase {
  /** Kind of the state. */
  readonly Type: "Choice";
  /** The rules; the first one that holds wins. */
  readonly Choices: readonly ChoiceRule[];
  /** The state that comes next when no rule holds. */
  readonly Default?: string;
}

/** A state that waits. */
export interface WaitState extends StateBase, Transition {
  /** Kind of the state. */
  readonly Type: "Wait";
  /** How many seconds. */
  readonly Seconds?: number | string;
  /** JSONPath: where the input says how many seconds. */
  readonly SecondsPath?: string;
  /** Until when, in RFC 3339. */
  readonly Timestamp?: string;
  /** JSONPath: where the input says until when. */
  readonly TimestampPath?: string;
}

/** A state that ends the execution well. */
export interface SucceedState extends StateBase {
  /** Kind of the state. */
  readonly Type: "Succeed";
}

/** A state that ends the execution as failed. */
export interface FailState extends Pick<StateBase, "Comment" | "QueryLanguage"> {
  /** Kind of the state. */
  readonly Type: "Fail";
  /** Name of the error. */
  readonly Error?: string;
  /** JSONPath: where the input names the error. */
  readonly ErrorPath?: string;
  /** What happened. */
  readonly Cause?: string;
  /** JSONPath: where the input says what happened. */
  readonly CausePath?: string;
}

/** States with a start: a branch of `Parallel`, or what `Map` does with an item. */
export interface StateScope {
  /** Name of the first state. */
  readonly StartAt: string;
  /** The states by name. */
  readonly States: Readonly<Record<string, State>>;
  /** A remark. */
  readonly Comment?: string;
}

/** A state that runs several branches side by side. */
export interface ParallelState extends StateBase, Transition, ErrorHandling, Reshaping {
  /** Kind of the state. */
  readonly Type: "Parallel";
  /** The branches. */
  readonly Branches: readonly StateScope[];
}

/** What `Map` does with each item. */
export interface ItemProcessor extends StateScope {
  /** `INLINE` within the execution, `DISTRIBUTED` as executions of their own. */
  readonly ProcessorConfig?: {
    /** Where the items are worked on; `INLINE` where absent. */
    readonly Mode?: "INLINE" | "DISTRIBUTED";
    /** Type of the executions of a distributed map. */
    readonly ExecutionType?: "STANDARD" | "EXPRESS";
  };
}

/** A state that does the same with every item of a list. */
export interface MapState extends StateBase, Transition, ErrorHandling, Omit<Reshaping, "Arguments"> {
  /** Kind of the state. */
  readonly Type: "Map";
  /** What is done with each item. */
  readonly ItemProcessor?: ItemProcessor;
  /** The old name of `ItemProcessor`. */
  readonly Iterator?: ItemProcessor;
  /** JSONPath: where the list is. */
  readonly ItemsPath?: string;
  /** JSONata: the list. */
  readonly Items?: unknown;
  /** What the work on one item gets. */
  readonly ItemSelector?: unknown;
  /** How many items at once; 0 for no limit. */
  readonly MaxConcurrency?: number | string;
  /** Further fields, those of a distributed map among them. */
  readonly [field: string]: unknown;
}

/** A state of a state machine. */
export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/**
 * A state machine in Amazon States Language: a plain object, ready for `JSON.stringify`.
 *
 * @see https://states-language.net/
 */
export interface StateMachineDefinition extends StateScope {
  /** Version of the language. */
  readonly Version?: "1.0";
  /** The query language of all states that do not name their own; JSONPath where absent. */
  readonly QueryLanguage?: QueryLanguage;
  /** Seconds after which an execution has failed with `States.Timeout`. */
  readonly TimeoutSeconds?: number;
}
