import {
  ExecutionAlreadyExists,
  InvalidArn,
  InvalidExecutionInput,
  InvalidName,
  SFNServiceException,
  StateMachineDoesNotExist,
  ValidationException,
} from "@aws-sdk/client-sfn";
import * as z from "zod";
import { parseOptions, signalSchema } from "../core/options.js";
import type { FaultInjector } from "./faults/fault-injector.js";
import { ServiceError } from "./service-error.js";
import type { KnownExecution } from "./states/service/execution-record.js";
import type { StatesService } from "./states/states-service.js";

/** Options of {@link LocalAws.runExecution}. */
export interface LocalExecutionOptions {
  /** ARN of a state machine, or of a version or an alias of one. */
  readonly stateMachineArn: string;
  /** Name of the execution. @defaultValue a random one */
  readonly name?: string;
  /** The input as JSON text. @defaultValue `"{}"` */
  readonly input?: string;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
}

/** How an execution ended. */
export interface LocalExecution {
  /** ARN of the execution: with it, one of a Standard machine can be described, and its history read, by a client. */
  readonly executionArn: string;
  /** How it ended. */
  readonly status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  /** When it was started. */
  readonly startDate: Date;
  /** When it ended. */
  readonly stopDate: Date;
  /** The output as JSON text, where it succeeded. */
  readonly output?: string;
  /** Name of the error, where it did not. */
  readonly error?: string;
  /** Cause of the error, where it did not. */
  readonly cause?: string;
}

const OptionsSchema = z.strictObject({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().optional(),
  signal: signalSchema.optional(),
});

/**
 * Makes `runExecution` of a local AWS.
 *
 * @param states - Runs the executions.
 * @param injector - Its faults strike as those of StartExecution.
 * @returns The function.
 * @internal
 */
export function createRunExecution(
  states: Pick<StatesService, "runExecution">,
  injector: Pick<FaultInjector, "isEmpty" | "strike">,
): (options: LocalExecutionOptions) => Promise<LocalExecution> {
  return async (options) => {
    const { signal, stateMachineArn, name, input } = parseOptions("runExecution", OptionsSchema, options);
    try {
      const fault = injector.isEmpty ? undefined : await injector.strike("states", () => "StartExecution", signal);
      if (fault !== undefined) throw fault;
      const request = { stateMachineArn, ...(name === undefined ? {} : { name }) };
      return showEnd(await states.runExecution(input === undefined ? request : { ...request, input }, signal));
    } catch (error) {
      throw error instanceof ServiceError ? toException(error) : error;
    }
  };
}

function showEnd({ options, status, startDate, stopDate, output, error, cause }: KnownExecution): LocalExecution {
  // Only a redrive in the very moment of its end comes before this.
  if (status === "RUNNING") throw new Error(`${options.arn} runs again.`);
  return {
    executionArn: options.arn,
    status,
    startDate,
    stopDate: stopDate ?? startDate,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The exceptions that StartExecution has, by name. */
const EXCEPTIONS = {
  ExecutionAlreadyExists,
  InvalidArn,
  InvalidExecutionInput,
  InvalidName,
  StateMachineDoesNotExist,
  ValidationException,
};

/** What a client would make of the answer. */
function toException({ type, message, status }: ServiceError): SFNServiceException {
  const $metadata = { httpStatusCode: status };
  const Known = Object.entries(EXCEPTIONS).find(([name]) => name === type)?.[1];
  if (Known !== undefined) return new Known({ message, $metadata });
  return new SFNServiceException({ name: type, $fault: status < 500 ? "client" : "server", message, $metadata });
}
