import { describe, expect, it } from "vitest";
import type { LocalFunctionContext } from "../../../src/local/lambda/function-options.js";
import { createStates, functionArn } from "./states-fixture.js";

const invoke = (parameters: object, more: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: functionArn("f"), ...parameters },
  ...more,
});

describe("lambda:invoke", () => {
  it("of type Event does not wait for the function, nor for its failure", async () => {
    let release = () => {};
    const seen: unknown[] = [];
    const { runState } = createStates({
      f: async (event: unknown) => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        seen.push(event);
        throw new Error("nobody hears this");
      },
    });
    const { output } = await runState(invoke({ InvocationType: "Event", "Payload.$": "$" }), { a: 1 });
    expect(output).toMatchObject({ StatusCode: 202, Payload: "", SdkHttpMetadata: { HttpStatusCode: 202 } });
    expect(seen).toEqual([]);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([{ a: 1 }]);
  });

  it("of type DryRun invokes nothing, but looks for the function", async () => {
    const { runState } = createStates({ f: () => expect.fail("invoked") });
    const dryRun = { InvocationType: "DryRun" };
    expect((await runState(invoke(dryRun))).output).toMatchObject({ StatusCode: 204 });
    const missing = await runState(invoke({ ...dryRun, FunctionName: "none" }));
    expect(missing.error).toBe("Lambda.ResourceNotFoundException");
  });

  it("refuses any other type", async () => {
    const { runState } = createStates({ f: () => 1 });
    const { error, cause } = await runState(invoke({ InvocationType: "Later" }));
    expect(error).toBe("Lambda.ValidationException");
    expect(cause).toContain("Member must satisfy enum value set: [RequestResponse, Event, DryRun]");
  });

  it("hands the client context to the function", async () => {
    const { runState } = createStates({ f: (_event: unknown, context: LocalFunctionContext) => context.clientContext });
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString("base64");
    expect((await runState(invoke({ ClientContext }))).output).toMatchObject({ Payload: { custom: { a: 1 } } });
    expect((await runState(invoke({ ClientContext: "{" }))).error).toBe("Lambda.InvalidRequestContentException");
  });

  it("invokes by qualifier: the latest version is the only one", async () => {
    const { runState } = createStates({ f: () => "here" });
    expect((await runState(invoke({ Qualifier: "$LATEST" }))).output).toMatchObject({ Payload: "here" });
    expect((await runState(invoke({ Qualifier: "prod" }))).error).toBe("Lambda.ResourceNotFoundException");
  });

  it.each(["Sandbox.Timedout", "Lambda.Unknown"])("hands a function that timed out to Catch as %s", async (name) => {
    const { registry, runStates } = createStates();
    registry.register("f", () => new Promise(() => {}), { timeoutSeconds: 5 / 1000 });
    const task = invoke({}, { Catch: [{ ErrorEquals: [name], Next: "Late" }], End: true });
    const { status, output } = await runStates({ S: task, Late: { Type: "Succeed" } });
    expect(status).toBe("SUCCEEDED");
    expect(output).toMatchObject({ Error: "Sandbox.Timedout", Cause: expect.stringContaining("Task timed out") });
  });
});

describe("aws-sdk:lambda:invoke", () => {
  const sdk = (parameters: object = {}) => invoke(parameters, { Resource: "arn:aws:states:::aws-sdk:lambda:invoke" });

  it("gives the payload as text", async () => {
    const { runState } = createStates({ f: (event: unknown) => ({ event }) });
    const { output } = await runState(sdk({ "Payload.$": "$" }), { a: 1 });
    expect(output).toEqual({ ExecutedVersion: "$LATEST", Payload: '{"event":{"a":1}}', StatusCode: 200 });
    expect((await runState(sdk({ InvocationType: "DryRun" }))).output).toMatchObject({ StatusCode: 204 });
  });

  it("succeeds with the failure of a function, but not without a function", async () => {
    const { runState } = createStates({ f: () => Promise.reject(new TypeError("no")) });
    const { output } = await runState(sdk());
    expect(output).toMatchObject({ FunctionError: "Unhandled", StatusCode: 200 });
    expect(JSON.parse((output as { Payload: string }).Payload)).toMatchObject({ errorType: "TypeError" });
    expect((await runState(sdk({ FunctionName: "none" }))).error).toBe("Lambda.ResourceNotFoundException");
  });
});
