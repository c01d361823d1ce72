import { Worker } from "node:worker_threads";
import type { EnvironmentCall, EnvironmentMessage, EnvironmentSettings } from "./bundle-worker.js";
import { payloadText } from "./function-payload.js";
import type { LambdaFailure } from "./function-result.js";
import { type FunctionCall, type FunctionOutcome, timedOut } from "./function-runner.js";
import { ENVIRONMENT_SOURCE } from "./generated/environment-source.js";

/** Source: AWS Lambda Developer Guide, "Lambda runtime environment": the Init phase is limited to 10 seconds. */
const MAX_INIT_MS = 10_000;

interface Pending {
  readonly call: FunctionCall;
  readonly resolve: (outcome: FunctionOutcome) => void;
  readonly lines: string[];
  timer?: NodeJS.Timeout;
  /** Set where the environment was started for this invocation. */
  initMs?: number;
}

/**
 * One execution environment of a function that comes from a bundle: a thread that loads the bundle once and runs one
 * invocation at a time. Whatever the bundle does, it ends no more than this thread.
 * @internal
 */
export class BundleEnvironment {
  readonly #worker: Worker;
  readonly #settings: EnvironmentSettings;
  readonly #log: (line: string) => void;
  readonly #begun = performance.now();
  #loaded = false;
  #alive = true;
  #pending: Pending | undefined;

  /**
   * Starts the thread, which begins to load the bundle.
   *
   * @param settings - The function.
   * @param variables - Environment variables, and no others.
   * @param log - Receives every line that the function prints.
   */
  constructor(settings: EnvironmentSettings, variables: Readonly<Record<string, string>>, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    const options = {
      eval: true,
      workerData: settings,
      env: { ...variables },
      execArgv: [],
      stdout: true,
      stderr: true,
    };
    this.#worker = new Worker(ENVIRONMENT_SOURCE, options);
    this.#worker.on("message", (message: EnvironmentMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#end(`Runtime exited with error: ${describeFault(error)}`));
    this.#worker.on("exit", (code) => {
      this.#end(
        code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: exit status ${code}`,
      );
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#print(text));
    }
    this.#worker.unref();
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Runs one invocation. Its time begins when the bundle is loaded, or when loading takes longer than Lambda lets it.
   *
   * @param call - The invocation.
   * @returns How it ended; after a timeout or a crash the environment is not alive any more.
   */
  invoke(call: FunctionCall): Promise<FunctionOutcome> {
    return new Promise((resolve) => {
      const pending: Pending = { call, resolve, lines: [] };
      this.#pending = pending;
      if (!this.#alive) {
        this.#end("Runtime was ended");
        return;
      }
      this.#worker.ref();
      if (this.#loaded) this.#hand(pending);
      else pending.timer = setTimeout(() => this.#startClock(pending), MAX_INIT_MS);
    });
  }

  /** Ends the thread, whatever it does. */
  async terminate(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }

  #receive(message: EnvironmentMessage): void {
    switch (message.type) {
      case "ready":
        this.#loaded = true;
        if (this.#pending === undefined) break;
        this.#pending.initMs = performance.now() - this.#begun;
        this.#hand(this.#pending);
        break;
      case "line":
        this.#print(message.line);
        break;
      case "succeeded":
        this.#settle({ status: "succeeded", payload: message.payload });
        break;
      case "failed":
        this.#settle({ status: "failed", failure: message.failure });
        break;
      case "fatal":
        this.#alive = false;
        this.#settle({ status: "failed", failure: message.failure });
        break;
    }
  }

  #hand(pending: Pending): void {
    this.#startClock(pending);
    const deadline = Date.now() + this.#settings.identity.timeoutSeconds * 1000;
    const payload = payloadText(pending.call.payload);
    const call: EnvironmentCall = { ...pending.call, payload, deadline };
    this.#worker.postMessage(call);
  }

  #startClock(pending: Pending): void {
    const { timeoutSeconds } = this.#settings.identity;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      this.#settle({ status: "failed", failure: timedOut(pending.call.requestId, timeoutSeconds) });
      void this.terminate();
    }, timeoutSeconds * 1000);
  }

  #print(text: string): void {
    const line = text.replace(/\n$/, "");
    this.#pending?.lines.push(line);
    this.#log(line);
  }

  #end(reason: string): void {
    this.#alive = false;
    const requestId = this.#pending?.call.requestId ?? "";
    const failure: LambdaFailure = {
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    };
    this.#settle({ status: "failed", failure });
  }

  #settle(outcome: { status: "succeeded"; payload: string } | { status: "failed"; failure: LambdaFailure }): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    clearTimeout(pending.timer);
    this.#worker.unref();
    const { lines, initMs } = pending;
    pending.resolve(initMs === undefined ? { ...outcome, lines } : { ...outcome, lines, initMs });
  }
}

/** A thread without memory is what Lambda sees as a killed process. */
function describeFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "signal: killed" : String(error);
}
