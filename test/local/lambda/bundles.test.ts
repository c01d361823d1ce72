import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createFunctionRegistry, type FunctionRegistry, type Invocation } from "../../../src/local/functions.js";
import type { LocalFunctionBundle, LocalFunctionOptions } from "../../../src/local/lambda/function-options.js";

const folder = mkdtempSync(join(tmpdir(), "scones-bundles-"));
afterAll(() => rmSync(folder, { recursive: true }));

const registries: FunctionRegistry[] = [];
afterEach(() => Promise.all(registries.splice(0).map((registry) => registry.close())));
const lines: string[] = [];

let files = 0;
/** Writes a bundle and registers it; returns how to invoke it. */
function register(
  code: string,
  options: LocalFunctionOptions & Partial<LocalFunctionBundle> & { extension?: string } = {},
) {
  const { extension = "mjs", handler, environment, ...settings } = options;
  const bundle = join(folder, `index${files++}.${extension}`);
  writeFileSync(bundle, code);
  const registry = createFunctionRegistry({
    region: "us-east-1",
    accountId: "123456789012",
    bundles: { endpoint: async () => "http://127.0.0.1:4566", log: (_name, line) => lines.push(line) },
  });
  registries.push(registry);
  registry.register(
    "f",
    { bundle, ...(handler === undefined ? {} : { handler }), ...(environment && { environment }) },
    settings,
  );
  return (payload: unknown = {}, signal?: AbortSignal) =>
    registry.invoke("f", JSON.stringify(payload), signal ? { signal } : {});
}
const resultOf = (invocation: Invocation): unknown =>
  invocation.status === "succeeded" ? JSON.parse(invocation.payload) : invocation;
const failed = (errorType: string, errorMessage: unknown = expect.any(String)) => ({
  status: "failed",
  failure: expect.objectContaining({ errorType, errorMessage }),
});

describe("a function from a bundle", () => {
  it.each([
    ["an ES module", "mjs", "export const handler = async (event) => ({ twice: event.n * 2 });"],
    ["CommonJS", "cjs", "exports.handler = async (event) => ({ twice: event.n * 2 });"],
    [
      "CommonJS that import cannot see through",
      "cjs",
      "const all = { handler: (e) => ({ twice: e.n * 2 }) }; module.exports = all;",
    ],
  ])("runs from %s", async (_what, extension, code) => {
    expect(resultOf(await register(code, { extension })({ n: 21 }))).toEqual({ twice: 42 });
  });

  it("finds the handler by Lambda's setting, in objects too", async () => {
    const invoke = register("export const api = { v1: { run: () => 7 } };", { handler: `index${files}.api.v1.run` });
    expect(resultOf(await invoke())).toBe(7);
  });

  it("is loaded at the first invocation, once for each environment", async () => {
    const invoke = register("let calls = 0; export const handler = () => ++calls;");
    const first = await invoke();
    expect(first).toMatchObject({ status: "succeeded", payload: "1", initMs: expect.any(Number) });
    const second = await invoke();
    expect(second).toMatchObject({ status: "succeeded", payload: "2" });
    expect(second).not.toHaveProperty("initMs");
    const together = await Promise.all([invoke(), invoke()]);
    expect(together.map(resultOf).sort()).toEqual([1, 3]);
  });

  it("gets Lambda's environment and context, and nothing of this process", async () => {
    const invoke = register(
      "export const handler = (event, context) => ({ env: process.env, context, left: context.getRemainingTimeInMillis() });",
      { environment: { TABLE: "t" }, timeoutSeconds: 5, memoryMb: 256 },
    );
    const { env, context, left } = resultOf(await invoke()) as Record<string, Record<string, string>>;
    expect(env).toMatchObject({
      TABLE: "t",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_LAMBDA_FUNCTION_NAME: "f",
      LAMBDA_TASK_ROOT: folder,
    });
    expect(env).not.toHaveProperty("PATH");
    expect(context).toMatchObject({
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f",
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/f",
    });
    expect(Number(left)).toBeGreaterThan(0);
    expect(Number(left)).toBeLessThanOrEqual(5000);
  });

  it("prints to its own log, with time and request", async () => {
    const invoke = register(
      "console.log('loading'); export const handler = () => { console.warn('seen', { a: 1 }); };",
    );
    const invocation = await invoke();
    const requestId = "requestId" in invocation ? invocation.requestId : "";
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/Z\tundefined\tINFO\tloading$/),
      expect.stringMatching(new RegExp(`Z\\t${requestId}\\tWARN\\tseen { a: 1 }$`)),
    ]);
    expect(invocation).toMatchObject({ lines: lines.slice(-2) });
  });

  it.each<[string, string, string, unknown]>([
    [
      "does not export it",
      "export const other = 1;",
      "Runtime.HandlerNotFound",
      expect.stringContaining("is undefined or not exported"),
    ],
    [
      "exports something else",
      "export const handler = 1;",
      "Runtime.HandlerNotFound",
      expect.stringContaining("is not a function"),
    ],
    [
      "takes a callback",
      "export const handler = (e, c, callback) => callback();",
      "Runtime.CallbackHandlerDeprecated",
      expect.any(String),
    ],
    [
      "needs a module that is not there",
      "import 'no-such-module'; export const handler = 1;",
      "Runtime.ImportModuleError",
      expect.stringContaining("no-such-module"),
    ],
    [
      "cannot be parsed",
      "export const handler = (;",
      "Runtime.UserCodeSyntaxError",
      expect.stringMatching(/^SyntaxError: /),
    ],
    ["throws as it loads", "throw new RangeError('no config');", "RangeError", "no config"],
    ["exits as it loads", "process.exit(3);", "Runtime.ExitError", expect.stringMatching(/exit status 3$/)],
  ])("fails when its file %s, at each invocation anew", async (_what, code, type, message) => {
    const invoke = register(code);
    expect(await invoke()).toMatchObject(failed(type, message));
    expect(await invoke()).toMatchObject(failed(type, message));
  });

  it("fails when there is no file", async () => {
    const registry = createFunctionRegistry({
      region: "us-east-1",
      accountId: "123456789012",
      bundles: { endpoint: async () => "", log: () => {} },
    });
    registries.push(registry);
    registry.register("f", { bundle: join(folder, "missing.mjs") });
    expect(await registry.invoke("f", "{}")).toMatchObject(failed("Runtime.ImportModuleError"));
  });

  it.each<[string, string, string, unknown]>([
    ["throws in a later tick", "setImmediate(() => { throw new TypeError('late'); });", "TypeError", "late"],
    [
      "leaves a rejection",
      "Promise.reject(new Error('nobody'));",
      "Runtime.UnhandledPromiseRejection",
      "Error: nobody",
    ],
    [
      "exits",
      "process.exit(1);",
      "Runtime.ExitError",
      expect.stringMatching(/^RequestId: .* Error: Runtime exited with error: exit status 1$/),
    ],
    [
      "exits quietly",
      "process.exit(0);",
      "Runtime.ExitError",
      expect.stringMatching(/Runtime exited without providing a reason$/),
    ],
  ])("that %s fails alone, and the next invocation starts afresh", async (_what, crash, type, message) => {
    const invoke = register(
      `let calls = 0; export const handler = (event) => { calls++; if (event.crash) { ${crash} return new Promise(() => {}); } return calls; };`,
    );
    expect(resultOf(await invoke())).toBe(1);
    expect(await invoke({ crash: true })).toMatchObject(failed(type, message));
    expect(resultOf(await invoke())).toBe(1);
  });

  it("is ended when its time is up, even in an endless loop", async () => {
    const invoke = register("export const handler = (event) => { while (event.loop); return 'ok'; };", {
      timeoutSeconds: 0.2,
    });
    expect(await invoke({ loop: true })).toMatchObject(
      failed("Sandbox.Timedout", expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 0.20 seconds$/)),
    );
    expect(resultOf(await invoke())).toBe("ok");
  });

  it("fails with Lambda's error where its result is not JSON", async () => {
    const invoke = register("export const handler = () => ({ big: 1n });");
    expect(await invoke()).toMatchObject(failed("Runtime.MarshalError"));
  });

  it("goes on and keeps its place when the caller gives up", async () => {
    const invoke = register("export const handler = () => new Promise(() => {});", { reservedConcurrency: 1 });
    const controller = new AbortController();
    const reason = new Error("enough");
    const given = invoke({}, controller.signal);
    controller.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect(await invoke()).toMatchObject({ status: "refused", error: { type: "TooManyRequestsException" } });
  });

  it("ends with the local AWS", async () => {
    const invoke = register("export const handler = () => new Promise(() => {});");
    const invocation = invoke();
    await Promise.all(registries.splice(0).map((registry) => registry.close()));
    expect(await invocation).toMatchObject({ status: "failed" });
  });

  it.each([
    ["a path without a known extension", { bundle: "dist/index.ts" }],
    ["another file's handler", { bundle: "dist/index.mjs", handler: "main.handler" }],
    ["a handler without an export", { bundle: "dist/index.mjs", handler: "index" }],
    ["an unknown option", { bundle: "dist/index.mjs", entry: "x" }],
  ])("is refused with %s", (_what, code) => {
    const registry = createFunctionRegistry({ region: "us-east-1", accountId: "123456789012" });
    expect(() => registry.register("f", code as LocalFunctionBundle)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS" }),
    );
  });
});
