import { randomUUID } from "node:crypto";
import * as z from "zod";
import { InvalidOptionsError, parseOptions } from "../core/options.js";
import { failureOf, type LambdaFailure, marshalResult } from "./function-result.js";

/** What a local function gets as its second argument, as on Lambda. */
export interface LocalFunctionContext {
  /** Name of the function. */
  readonly functionName: string;
  /** Version that runs: always `$LATEST`. */
  readonly functionVersion: string;
  /** ARN that it was invoked by. */
  readonly invokedFunctionArn: string;
  /** Memory of the function in MB, as text. */
  readonly memoryLimitInMB: string;
  /** Id of this invocation. */
  readonly awsRequestId: string;
  /** CloudWatch log group of the function. */
  readonly logGroupName: string;
  /** CloudWatch log stream of the instance. */
  readonly logStreamName: string;
  /** What the caller sent as ClientContext. */
  readonly clientContext?: unknown;
  /** Whether Lambda would wait for the event loop; without effect here. */
  callbackWaitsForEmptyEventLoop: boolean;
  /** Milliseconds until the function times out. */
  getRemainingTimeInMillis(): number;
}

/** A handler as Lambda would call it: it gets the event and the context, and returns what becomes JSON. */
export type LocalFunction = (event: never, context: LocalFunctionContext) => unknown;

/** Options of {@link FunctionRegistry.register}. @internal */
export interface RegisterFunctionOptions {
  /** Milliseconds after which an invocation fails with `Sandbox.Timedout`. @defaultValue 900000 */
  readonly timeoutMs?: number;
  /** Memory in MB that the context names; it is not enforced. @defaultValue 128 */
  readonly memoryMb?: number;
}

/** Options of {@link FunctionRegistry.invoke}. @internal */
export interface InvokeFunctionOptions {
  /** Ends the wait for the function. */
  readonly signal?: AbortSignal;
  /** What the context carries as `clientContext`. */
  readonly clientContext?: unknown;
}

/** How an invocation ended. @internal */
export type Invocation =
  | {
      readonly status: "succeeded";
      readonly requestId: string;
      readonly functionArn: string;
      /** What the handler returned, as JSON text. */
      readonly payload: string;
    }
  | { readonly status: "failed"; readonly requestId: string; readonly failure: LambdaFailure }
  | { readonly status: "notFound"; readonly functionArn: string };

/** The functions of the local AWS. @internal */
export interface FunctionRegistry {
  /** Makes a function known and returns its ARN. */
  register(name: string, handler: LocalFunction, options?: RegisterFunctionOptions): string;
  /** Whether a name or ARN leads to a function. */
  has(nameOrArn: string): boolean;
  /** Invokes a function with an event that is given as JSON text; rejects only with the signal's reason. */
  invoke(nameOrArn: string, payload: string, options?: InvokeFunctionOptions): Promise<Invocation>;
}

interface RegisteredFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: LocalFunction;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** Source: AWS Lambda Developer Guide, "Lambda quotas": 15 minutes. */
const MAX_TIMEOUT_MS = 900_000;

const OptionsSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, hyphens or underscores"),
  handler: z.custom<LocalFunction>((value) => typeof value === "function", "must be a function"),
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).default(MAX_TIMEOUT_MS),
  memoryMb: z.int().min(128).max(10_240).default(128),
});

/** A name or any ARN of a function, with or without a version or alias. */
const REFERENCE =
  /^(?:arn:[a-z-]+:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:|(?:(?<owner>\d{12}):function:))?(?<name>[a-zA-Z0-9_-]{1,64})(?::(?<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?$/;

/**
 * Makes an empty registry of functions.
 *
 * @param place - Region and account of the ARNs; `now`: the clock of the remaining time.
 * @returns The registry.
 * @internal
 */
export function createFunctionRegistry(place: {
  readonly region: string;
  readonly accountId: string;
  readonly now?: () => Date;
}): FunctionRegistry {
  const { region, accountId, now = () => new Date() } = place;
  const functions = new Map<string, RegisteredFunction>();
  const arnOf = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;

  const find = (nameOrArn: string): RegisteredFunction | undefined => {
    const groups = REFERENCE.exec(nameOrArn)?.groups;
    const elsewhere =
      (groups?.["region"] ?? region) !== region ||
      (groups?.["account"] ?? groups?.["owner"] ?? accountId) !== accountId;
    const hasVersion = (groups?.["qualifier"] ?? "$LATEST") !== "$LATEST";
    return groups === undefined || elsewhere || hasVersion ? undefined : functions.get(groups["name"] ?? "");
  };

  return {
    register(name, handler, options = {}) {
      const parsed = parseOptions("registerFunction", OptionsSchema, { name, handler, ...options });
      if (functions.has(name)) throw duplicate(name);
      const arn = arnOf(name);
      functions.set(name, { ...parsed, arn });
      return arn;
    },
    has: (nameOrArn) => find(nameOrArn) !== undefined,
    async invoke(nameOrArn, payload, options = {}) {
      const found = find(nameOrArn);
      if (found !== undefined) return invokeFunction(found, payload, options, now);
      return { status: "notFound", functionArn: nameOrArn.startsWith("arn:") ? nameOrArn : arnOf(nameOrArn) };
    },
  };
}

function duplicate(name: string): InvalidOptionsError {
  const message = `there is already a function "${name}"`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `registerFunction cannot work with these options: name: ${message}. Choose another name.`,
    details: { functionName: "registerFunction", issues: [{ path: "name", message }] },
  });
}

async function invokeFunction(
  found: RegisteredFunction,
  payload: string,
  { signal, clientContext }: InvokeFunctionOptions,
  now: () => Date,
): Promise<Invocation> {
  signal?.throwIfAborted();
  const requestId = randomUUID();
  const deadline = now().getTime() + found.timeoutMs;
  const context: LocalFunctionContext = {
    functionName: found.name,
    functionVersion: "$LATEST",
    invokedFunctionArn: found.arn,
    memoryLimitInMB: String(found.memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${found.name}`,
    logStreamName: `local/[$LATEST]${found.name}`,
    ...(clientContext === undefined ? {} : { clientContext }),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - now().getTime()),
  };
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const givenUp = new Promise<Invocation>((resolve, reject) => {
    stop = () => reject(signal?.reason);
    const seconds = (found.timeoutMs / 1000).toFixed(2);
    const failure: LambdaFailure = {
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
    };
    timer = setTimeout(() => resolve({ status: "failed", requestId, failure }), found.timeoutMs);
  });
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([runHandler(found, payload, context), givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Never rejects: what goes wrong in a handler, even after its time is up, stays a failed invocation. */
async function runHandler(
  { handler, arn }: RegisteredFunction,
  payload: string,
  context: LocalFunctionContext,
): Promise<Invocation> {
  const requestId = context.awsRequestId;
  try {
    const result = await handler(JSON.parse(payload) as never, context);
    const marshalled = marshalResult(result);
    if (typeof marshalled !== "string") return { status: "failed", requestId, failure: marshalled };
    return { status: "succeeded", requestId, functionArn: arn, payload: marshalled };
  } catch (error) {
    return { status: "failed", requestId, failure: failureOf(error) };
  }
}
