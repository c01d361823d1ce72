import { randomUUID } from "node:crypto";
import { InvalidOptionsError, parseOptions } from "../core/options.js";
import { type BundleHost, createBundleRunner } from "./lambda/bundle-runner.js";
import {
  FunctionSchema,
  type LocalFunction,
  type LocalFunctionBundle,
  type LocalFunctionOptions,
} from "./lambda/function-options.js";
import type { FunctionPayload } from "./lambda/function-payload.js";
import type { FunctionIdentity, FunctionOutcome, FunctionRunner } from "./lambda/function-runner.js";
import { createInProcessRunner } from "./lambda/in-process-runner.js";
import { ServiceError } from "./service-error.js";
import { type StopSignal, throwIfStopped } from "./stop-signal.js";

/** Options of {@link FunctionRegistry.invoke}. @internal */
export interface InvokeFunctionOptions {
  /** Ends the wait for the function. */
  readonly signal?: StopSignal;
  /** What the context carries as `clientContext`. */
  readonly clientContext?: unknown;
}

/** How an invocation ended. @internal */
export type Invocation =
  | (FunctionOutcome & { readonly requestId: string; readonly functionArn: string })
  | { readonly status: "notFound"; readonly functionArn: string }
  /** Lambda did not run the function. */
  | { readonly status: "refused"; readonly requestId: string; readonly error: ServiceError };

/** A function as Lambda's control plane shows it. @internal */
export interface FunctionDescription extends FunctionIdentity {
  readonly reservedConcurrency?: number;
  /** Lambda's handler setting, where the function comes from a bundle. */
  readonly handler?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly registeredAt: Date;
}

/** The functions of the local AWS. @internal */
export interface FunctionRegistry {
  /** Makes a function known and returns its ARN. */
  register(name: string, code: LocalFunction | LocalFunctionBundle, options?: LocalFunctionOptions): string;
  /** Whether a name or ARN leads to a function. */
  has(nameOrArn: string): boolean;
  /** Describes a function; `undefined` when there is none. */
  describe(nameOrArn: string): FunctionDescription | undefined;
  /** Describes every function, by name. */
  list(): readonly FunctionDescription[];
  /** The ARN that a name or ARN stands for, whether or not there is such a function. */
  arnOf(nameOrArn: string): string;
  /** Invokes a function with an event; rejects only with the signal's reason. */
  invoke(nameOrArn: string, payload: FunctionPayload, options?: InvokeFunctionOptions): Promise<Invocation>;
  /** Ends the threads of functions that come from bundles. */
  close(): Promise<void>;
}

/** Where functions live. @internal */
export interface FunctionPlace {
  /** Region of the ARNs. */
  readonly region: string;
  /** Account of the ARNs. */
  readonly accountId: string;
  /** The clock of the remaining time. @defaultValue the system's */
  readonly now?: () => Date;
  /** Where bundles find the local AWS; without it none can be registered. */
  readonly bundles?: Omit<BundleHost, "region">;
  /** Is asked before each invocation: an error refuses it. Nothing at once costs nothing. */
  readonly intercept?: (signal: StopSignal | undefined) => Promise<ServiceError | undefined> | undefined;
}

interface RegisteredFunction {
  readonly description: FunctionDescription;
  readonly runner: FunctionRunner;
}

/** A name or any ARN of a function, with or without a version or alias. */
const REFERENCE =
  /^(?:arn:[a-z-]+:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:|(?:(?<owner>\d{12}):function:))?(?<name>[a-zA-Z0-9_-]{1,64})(?::(?<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?$/;

/**
 * Makes an empty registry of functions.
 *
 * @param place - See {@link FunctionPlace}.
 * @returns The registry.
 * @internal
 */
export function createFunctionRegistry(place: FunctionPlace): FunctionRegistry {
  const { region, accountId, now = () => new Date(), intercept } = place;
  const functions = new Map<string, RegisteredFunction>();
  const byArn = new Map<string, RegisteredFunction>();
  const arnOf = (name: string) =>
    name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;

  const find = (nameOrArn: string): RegisteredFunction | undefined => {
    // As nearly every task names its function.
    const known = byArn.get(nameOrArn);
    if (known !== undefined) return known;
    const groups = REFERENCE.exec(nameOrArn)?.groups;
    const elsewhere =
      (groups?.["region"] ?? region) !== region ||
      (groups?.["account"] ?? groups?.["owner"] ?? accountId) !== accountId;
    const hasVersion = (groups?.["qualifier"] ?? "$LATEST") !== "$LATEST";
    return groups === undefined || elsewhere || hasVersion ? undefined : functions.get(groups["name"] ?? "");
  };

  const add = (added: RegisteredFunction): string => {
    const { name, arn } = added.description;
    functions.set(name, added);
    byArn.set(arn, added);
    return arn;
  };

  return {
    register(name, code, options = {}) {
      const { code: parsed, ...settings } = parseOptions("registerFunction", FunctionSchema, {
        name,
        code,
        ...options,
      });
      if (functions.has(name)) throw refuse("name", `there is already a function "${name}"`, "Choose another name.");
      const identity = { ...settings, arn: arnOf(name) };
      const description = { ...withoutUndefined(identity), registeredAt: now() };
      if (typeof parsed === "function") {
        return add({ description, runner: createInProcessRunner(identity, parsed, now) });
      }
      if (place.bundles === undefined) throw refuse("code", "bundles are not available here", "Pass a function.");
      const runner = createBundleRunner(identity, parsed, { ...place.bundles, region });
      const { handler, environment } = parsed;
      return add({ description: { ...description, handler, environment }, runner });
    },
    has: (nameOrArn) => find(nameOrArn) !== undefined,
    describe: (nameOrArn) => find(nameOrArn)?.description,
    list: () =>
      [...functions.values()].map(({ description }) => description).sort((a, b) => (a.name < b.name ? -1 : 1)),
    arnOf,
    async invoke(nameOrArn, payload, { signal, clientContext } = {}) {
      const found = find(nameOrArn);
      if (found === undefined) return { status: "notFound", functionArn: arnOf(nameOrArn) };
      throwIfStopped(signal);
      const requestId = randomUUID();
      const fault = intercept?.(signal);
      const refusal = (fault && (await fault)) ?? checkConcurrency(found);
      if (refusal !== undefined) return { status: "refused", requestId, error: refusal };
      const outcome = await found.runner.run({ requestId, payload, clientContext }, signal);
      return { ...outcome, requestId, functionArn: found.description.arn };
    },
    async close() {
      await Promise.all([...functions.values()].map(({ runner }) => runner.close()));
    },
  };
}

function checkConcurrency({ description, runner }: RegisteredFunction): ServiceError | undefined {
  if (runner.running < (description.reservedConcurrency ?? Number.POSITIVE_INFINITY)) return undefined;
  return new ServiceError(429, "TooManyRequestsException", "Rate Exceeded.", {
    Type: "User",
    Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
  });
}

function withoutUndefined<T extends { readonly reservedConcurrency?: number | undefined }>(value: T) {
  const { reservedConcurrency, ...rest } = value;
  return reservedConcurrency === undefined ? rest : { ...rest, reservedConcurrency };
}

function refuse(path: string, message: string, remedy: string): InvalidOptionsError {
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `registerFunction cannot work with these options: ${path}: ${message}. ${remedy}`,
    details: { functionName: "registerFunction", issues: [{ path, message }] },
  });
}
