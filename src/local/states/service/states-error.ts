import { ServiceError } from "../../service-error.js";

/**
 * Makes an answer of Step Functions to a request that it refuses.
 *
 * @param type - Name of the exception in the service model.
 * @param message - The exception's message.
 * @param members - Further members of the exception.
 * @returns The refusal.
 * @internal
 */
export function statesError(
  type: string,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): ServiceError {
  return new ServiceError(400, type, message, members);
}

const PREFIXES: Readonly<Record<string, string>> = {
  ActivityDoesNotExist: "Activity Does Not Exist",
  ExecutionAlreadyExists: "Execution Already Exists",
  ExecutionDoesNotExist: "Execution Does Not Exist",
  InvalidArn: "Invalid Arn",
  InvalidDefinition: "Invalid State Machine Definition",
  InvalidExecutionInput: "Invalid State Machine Execution Input",
  InvalidName: "Invalid Name",
  InvalidOutput: "Invalid Output",
  InvalidToken: "Invalid Token",
  ResourceNotFound: "Resource not found",
  StateMachineAlreadyExists: "State Machine Already Exists",
  StateMachineDoesNotExist: "State Machine Does Not Exist",
  TaskDoesNotExist: "Task Does Not Exist",
  TaskTimedOut: "Task Timed Out",
};

/**
 * Makes a refusal whose message names a value behind the words of its exception, as Step Functions writes them.
 *
 * @param type - Name of the exception.
 * @param value - What it is about.
 * @returns The refusal.
 * @internal
 */
export function namedError(type: string, value: string): ServiceError {
  const message = `${PREFIXES[type] ?? type}: '${value}'`;
  return statesError(type, message, type === "ResourceNotFound" ? { resourceName: value } : {});
}
