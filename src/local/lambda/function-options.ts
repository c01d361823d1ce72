import { parse as parsePath } from "node:path";
import * as z from "zod";

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

/** A built bundle, which is loaded as Lambda would load it: once for each execution environment. */
export interface LocalFunctionBundle {
  /** Path of the built file, such as `dist/index.mjs`; its extension is `.js`, `.mjs` or `.cjs`. */
  readonly bundle: string;
  /**
   * Lambda's handler setting: the file's name without its extension, a dot, and the name of the export.
   * @defaultValue the file's name and `.handler`, such as `index.handler`
   */
  readonly handler?: string;
  /** Environment variables of the function. @defaultValue none but those that Lambda sets */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Options of `registerFunction`. */
export interface LocalFunctionOptions {
  /**
   * Seconds after which an invocation fails with `Sandbox.Timedout`, above 0 and at most 900. Lambda's own default is
   * 3 seconds; fractions are for tests that do not want to wait. @defaultValue `900`
   */
  readonly timeoutSeconds?: number;
  /** Invocations that may run at once; one more is refused with `TooManyRequestsException`. @defaultValue no limit */
  readonly reservedConcurrency?: number;
  /** Memory in MB that the context names, 128 to 10240; it is not enforced. @defaultValue `128` */
  readonly memoryMb?: number;
}

/** A bundle whose every part is known. @internal */
export type ResolvedBundle = Required<LocalFunctionBundle>;

/** Source: AWS Lambda Developer Guide, "Lambda quotas": 15 minutes. */
const MAX_TIMEOUT_SECONDS = 900;

const BundleSchema = z
  .strictObject({
    bundle: z.string().regex(/[^\\/]\.[cm]?js$/, "must be the path of a .js, .mjs or .cjs file"),
    handler: z
      .string()
      .regex(/^[^\s./\\]+(\.[^\s./\\]+)+$/, 'must be a file name, a dot and an export, such as "index.handler"')
      .optional(),
    environment: z.record(z.string().regex(/^[a-zA-Z]\w*$/, "must be the name of a variable"), z.string()).default({}),
  })
  .transform((value) => ({ ...value, handler: value.handler ?? `${parsePath(value.bundle).name}.handler` }))
  .refine(({ bundle, handler }) => handler.startsWith(`${parsePath(bundle).name}.`), {
    path: ["handler"],
    message: "must start with the bundle's file name without its extension, as Lambda finds the file by it",
  });

/** What `registerFunction` is called with, as one object. @internal */
export const FunctionSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, hyphens or underscores"),
  code: z.union([z.custom<LocalFunction>((value) => typeof value === "function", "must be a function"), BundleSchema]),
  timeoutSeconds: z.number().positive().max(MAX_TIMEOUT_SECONDS).default(MAX_TIMEOUT_SECONDS),
  reservedConcurrency: z.int().min(0).optional(),
  memoryMb: z.int().min(128).max(10_240).default(128),
});
