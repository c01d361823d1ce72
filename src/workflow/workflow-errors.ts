import { SconesError } from "../core/errors.js";

/** A state machine's definition has errors; nothing was sent to AWS. */
export class DefinitionError extends SconesError<"DEFINITION_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "DefinitionError";
  }
}

/** An execution failed, timed out or was stopped. */
export class ExecutionFailedError extends SconesError<"EXECUTION_FAILED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "ExecutionFailedError";
  }
}

/** An execution succeeded with an output that the schema refuses. */
export class ExecutionOutputError extends SconesError<"EXECUTION_OUTPUT_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "ExecutionOutputError";
  }
}

/** A state machine could not be deployed for a reason of its own; what AWS refuses arrives as AWS's exception. */
export class StateMachineError extends SconesError<"STATE_MACHINE_CONFLICT" | "STATE_MACHINE_LEFT"> {
  /** Literal name of the error. */
  override get name(): string {
    return "StateMachineError";
  }
}
