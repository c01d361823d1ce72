import * as z from "zod";
import { lambdaOperations } from "../lambda/lambda-request.js";
import { logShapes } from "../logs/log-shapes.js";
import { s3OperationNames } from "../s3/s3-operations.js";
import { requestShapes as sagemakerShapes } from "../sagemaker/request-shapes.js";
import type { LocalServiceName } from "../service-of.js";
import { requestShapes as statesShapes } from "../states/service/request-shapes.js";

/** Strikes each call with a probability. */
export interface LocalFaultRate {
  /** The probability, 0 to 1. */
  readonly rate: number;
}

/** Which calls a fault strikes. */
export interface LocalFaultTarget {
  /** The service. */
  readonly service: LocalServiceName;
  /**
   * The operation, by its name in the API, such as `CreateEndpoint`. Each operation is counted for itself.
   * @defaultValue every operation of the service
   */
  readonly operation?: string;
  /**
   * Which calls of the operation: the nth or a list of such numbers, counted from 1 since the fault was injected; every
   * one; or each with a probability from 0 to 1, drawn from the seed. The SDK's retries count as calls.
   * @defaultValue `"every"`
   */
  readonly on?: number | readonly number[] | "every" | LocalFaultRate;
}

/** The call is answered later, and then as always. */
export interface LocalDelayFault extends LocalFaultTarget {
  /** The kind of fault. */
  readonly kind: "delay";
  /** Milliseconds before the answer, 0 to 900000. */
  readonly delayMs: number;
}

/** The call is refused with an error of the service, in its own protocol. */
export interface LocalErrorFault extends LocalFaultTarget {
  /** The kind of fault: `throttle` is what the service answers under load, `fail` what it answers when it is ill. */
  readonly kind: "throttle" | "fail";
  /**
   * Name of the error. @defaultValue for `throttle` the service's own: `SlowDown` of S3, `TooManyRequestsException` of
   * Lambda, else `ThrottlingException`; for `fail` `InternalError` of S3, `ServiceException` of Lambda, else `InternalFailure`
   */
  readonly error?: string;
  /** Its message. @defaultValue the service's own */
  readonly message?: string;
  /** HTTP status, 400 to 599. @defaultValue the error's own; 400 for an error that is not known here */
  readonly status?: number;
  /** Milliseconds before the refusal, 0 to 900000. @defaultValue `0` */
  readonly delayMs?: number;
}

/** What the call starts is accepted, and gets no further until the fault is removed or it is stopped or deleted. */
export interface LocalStallFault {
  /** The kind of fault. */
  readonly kind: "stall";
  /** The service. */
  readonly service: "sagemaker";
  /** The operation. */
  readonly operation: StallableOperation;
  /** Which starts: see {@link LocalFaultTarget.on}. @defaultValue `"every"` */
  readonly on?: LocalFaultTarget["on"];
}

/** Operations whose work goes on after their answer, and can be stalled. */
export type StallableOperation = "CreateTrainingJob" | "CreateTransformJob" | "CreateEndpoint" | "UpdateEndpoint";

/**
 * A fault of the local AWS, for tests of what happens when AWS is slow, throttles or fails.
 *
 * @example
 * ```ts
 * import { createLocalAws, type LocalFault } from "scones-ml/local";
 *
 * const faults: readonly LocalFault[] = [
 *   { service: "sagemaker", operation: "CreateEndpoint", on: 2, kind: "fail", error: "ResourceLimitExceeded" },
 *   { service: "s3", operation: "PutObject", on: { rate: 0.1 }, kind: "throttle" },
 *   { service: "states", kind: "delay", delayMs: 100 },
 *   { service: "sagemaker", operation: "UpdateEndpoint", kind: "stall" },
 * ];
 * await using local = await createLocalAws({ faults, seed: 1 });
 * ```
 */
export type LocalFault = LocalDelayFault | LocalErrorFault | LocalStallFault;

const OPERATIONS: Readonly<Record<LocalServiceName, readonly string[]>> = {
  s3: s3OperationNames,
  sagemaker: Object.keys(sagemakerShapes),
  "sagemaker-runtime": ["InvokeEndpoint"],
  states: Object.keys(statesShapes),
  lambda: lambdaOperations,
  logs: Object.keys(logShapes),
};

const ordinal = z.int().min(1);
const on = z
  .union([ordinal, z.array(ordinal).min(1), z.literal("every"), z.strictObject({ rate: z.number().min(0).max(1) })])
  .default("every");
const target = {
  service: z.enum(["s3", "sagemaker", "sagemaker-runtime", "states", "lambda", "logs"]),
  operation: z.string().min(1).optional(),
  on,
};
const delayMs = z.number().min(0).max(900_000);

/** One fault. @internal */
export const FaultSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("delay"), ...target, delayMs }),
    z.strictObject({
      kind: z.literal("stall"),
      service: z.literal("sagemaker"),
      operation: z.enum(["CreateTrainingJob", "CreateTransformJob", "CreateEndpoint", "UpdateEndpoint"]),
      on,
    }),
    z.strictObject({
      kind: z.literal(["throttle", "fail"]),
      ...target,
      error: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9.]{0,127}$/, "must be the name of an error")
        .optional(),
      message: z.string().max(1024).optional(),
      status: z.int().min(400).max(599).optional(),
      delayMs: delayMs.default(0),
    }),
  ])
  .superRefine(({ service, operation }, context) => {
    if (operation === undefined || OPERATIONS[service].includes(operation)) return;
    context.addIssue({
      code: "custom",
      path: ["operation"],
      message: `the local AWS has no "${operation}" of the service "${service}"`,
    });
  });

/** A fault with its defaults. @internal */
export type ResolvedFault = z.output<typeof FaultSchema>;
