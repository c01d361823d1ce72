import { format } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { createContext } from "./function-context.js";
import { failureOf, type LambdaFailure, marshalResult } from "./function-result.js";
import type { FunctionCall, FunctionIdentity } from "./function-runner.js";
import { type LoadedHandler, loadHandler } from "./load-handler.js";

/** What an execution environment is started with. @internal */
export interface EnvironmentSettings {
  readonly identity: FunctionIdentity;
  /** Absolute path of the bundle. */
  readonly path: string;
  /** Lambda's handler setting. */
  readonly handler: string;
}

/** An invocation with the time at which it must have ended, in milliseconds since 1970. @internal */
export interface EnvironmentCall extends FunctionCall {
  /** The event, as JSON text. */
  readonly payload: string;
  readonly deadline: number;
}

/** What an execution environment tells. After `fatal` it ends. @internal */
export type EnvironmentMessage =
  | { readonly type: "ready" }
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "succeeded"; readonly payload: string }
  | { readonly type: "failed"; readonly failure: LambdaFailure }
  | { readonly type: "fatal"; readonly failure: LambdaFailure };

const LEVELS = { debug: "DEBUG", error: "ERROR", info: "INFO", log: "INFO", trace: "TRACE", warn: "WARN" } as const;
/** Source: aws-lambda-nodejs-runtime-interface-client, src/index.mjs. */
const EXIT_AFTER_FAULT = 129;

const { identity, path, handler: handlerName } = workerData as EnvironmentSettings;
const port = parentPort;
const post = (message: EnvironmentMessage) => port?.postMessage(message);
let requestId = "undefined";

function fail(failure: LambdaFailure): void {
  post({ type: "fatal", failure });
  process.exit(EXIT_AFTER_FAULT);
}

process.on("uncaughtException", (error) => fail(failureOf(error)));
process.on("unhandledRejection", (reason) => {
  const { trace = [] } = failureOf(reason);
  fail({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: String(reason), trace });
});
for (const [method, level] of Object.entries(LEVELS)) {
  Reflect.set(console, method, (...values: readonly unknown[]) => {
    post({ type: "line", line: `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}` });
  });
}

loadHandler(path, handlerName).then(
  (handler) => {
    post({ type: "ready" });
    port?.on("message", (call: EnvironmentCall) => void invoke(handler, call));
  },
  (error: unknown) => fail(failureOf(error)),
);

async function invoke(handler: LoadedHandler, call: EnvironmentCall): Promise<void> {
  requestId = call.requestId;
  try {
    const context = createContext(identity, call, () => call.deadline - Date.now());
    const marshalled = marshalResult(await handler(JSON.parse(call.payload), context));
    if (typeof marshalled === "string") post({ type: "succeeded", payload: marshalled });
    else post({ type: "failed", failure: marshalled });
  } catch (error) {
    post({ type: "failed", failure: failureOf(error) });
  }
}
