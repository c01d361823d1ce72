import { describe, expect, it } from "vitest";
import { createFunctionRegistry } from "../../src/local/functions.js";
import type { LocalFunctionContext } from "../../src/local/lambda/function-options.js";

const place = { region: "us-east-1", accountId: "123456789012" };
const ARN = "arn:aws:lambda:us-east-1:123456789012:function:f";

describe("local functions", () => {
  it.each(["f", "f:$LATEST", ARN, `${ARN}:$LATEST`, "123456789012:function:f"])(
    "are found by %s",
    async (reference) => {
      const registry = createFunctionRegistry(place);
      expect(registry.register("f", (event: { a: number }) => ({ b: event.a + 1 }))).toBe(ARN);
      expect(registry.has(reference)).toBe(true);
      expect(await registry.invoke(reference, '{"a":1}')).toMatchObject({
        status: "succeeded",
        payload: '{"b":2}',
        functionArn: ARN,
      });
    },
  );

  it.each([
    "g",
    "f:1",
    "f:live",
    ARN.replace("us-east-1", "eu-west-1"),
    ARN.replace("123456789012", "999999999999"),
    "arn:nonsense",
    "",
  ])("are not found by %j", async (reference) => {
    const registry = createFunctionRegistry(place);
    registry.register("f", () => null);
    expect(registry.has(reference)).toBe(false);
    expect(await registry.invoke(reference, "{}")).toMatchObject({ status: "notFound" });
  });

  it("have one name each, of Lambda's kind", () => {
    const registry = createFunctionRegistry(place);
    registry.register("f", () => null);
    expect(() => registry.register("f", () => null)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    for (const name of ["", "a b", "a:b", "x".repeat(65)]) {
      expect(() => registry.register(name, () => null)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    }
    expect(() => registry.register("g", "no function" as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS" }),
    );
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "null"],
    ["a date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["bytes", Buffer.from("a"), '{"type":"Buffer","data":[97]}'],
    ["a map", new Map([[1, 2]]), "{}"],
    ["a function", () => 1, "null"],
  ])("return JSON for %s", async (_what, result, payload) => {
    const registry = createFunctionRegistry(place);
    registry.register("f", async () => result);
    expect(await registry.invoke("f", "{}")).toMatchObject({ status: "succeeded", payload });
  });

  it("get their own copy of the event", async () => {
    const registry = createFunctionRegistry(place);
    const text = '{"list":[1]}';
    registry.register("f", (event: { list: number[] }) => {
      event.list.push(2);
      return event;
    });
    expect(await registry.invoke("f", text)).toMatchObject({ payload: '{"list":[1,2]}' });
    expect(await registry.invoke("f", text)).toMatchObject({ payload: '{"list":[1,2]}' });
  });

  it("get a context like Lambda's", async () => {
    const registry = createFunctionRegistry({ ...place, now: () => new Date(5) });
    let context: LocalFunctionContext | undefined;
    const keep = (_event: never, given: LocalFunctionContext) => {
      context = given;
    };
    registry.register("f", keep, { timeoutSeconds: 3, memoryMb: 512 });
    const { requestId } = (await registry.invoke("f", "{}")) as { requestId: string };
    expect(context).toMatchObject({
      functionName: "f",
      functionVersion: "$LATEST",
      invokedFunctionArn: ARN,
      memoryLimitInMB: "512",
      awsRequestId: requestId,
      logGroupName: "/aws/lambda/f",
    });
    expect(context?.getRemainingTimeInMillis()).toBe(3000);
  });

  it.each<[string, () => unknown, object]>([
    [
      "an error with a name",
      () => {
        throw Object.assign(new Error("no"), { name: "THRESHOLD_CONFIDENCE_NOT_MET" });
      },
      { errorType: "THRESHOLD_CONFIDENCE_NOT_MET", errorMessage: "no" },
    ],
    ["a rejected promise", () => Promise.reject(new TypeError("bad")), { errorType: "TypeError", errorMessage: "bad" }],
    [
      "a text",
      () => {
        throw "oops";
      },
      { errorType: "string", errorMessage: "oops", trace: [] },
    ],
    [
      "nothing at all",
      () => {
        throw undefined;
      },
      { errorType: "undefined" },
    ],
    [
      "something that cannot be described",
      () => {
        throw {
          toString() {
            throw new Error("x");
          },
        };
      },
      { errorType: "handled" },
    ],
    ["a result with a BigInt", () => ({ big: 1n }), { errorType: "Runtime.MarshalError" }],
    [
      "a result that holds itself",
      () => {
        const self: { self?: unknown } = {};
        self.self = self;
        return self;
      },
      { errorType: "Runtime.MarshalError" },
    ],
    [
      "a result over 6 MB",
      () => "x".repeat(6_291_560),
      { errorType: "Function.ResponseSizeTooLarge", errorMessage: expect.stringContaining("6291562 bytes") },
    ],
  ])("fail with %s", async (_what, handler, failure) => {
    const registry = createFunctionRegistry(place);
    registry.register("f", handler);
    expect(await registry.invoke("f", "{}")).toMatchObject({ status: "failed", failure });
  });

  it("fail when their time is up, and may fail later without harm", async () => {
    const registry = createFunctionRegistry(place);
    registry.register("f", () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), 5)), {
      timeoutSeconds: 0.001,
    });
    expect(await registry.invoke("f", "{}")).toMatchObject({
      status: "failed",
      failure: {
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringContaining("Task timed out after 0.00 seconds"),
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it("are given up with the signal's own reason", async () => {
    const registry = createFunctionRegistry(place);
    registry.register("f", () => new Promise(() => {}));
    const controller = new AbortController();
    const reason = new Error("enough");
    const invocation = registry.invoke("f", "{}", { signal: controller.signal });
    controller.abort(reason);
    await expect(invocation).rejects.toBe(reason);
    await expect(registry.invoke("f", "{}", { signal: controller.signal })).rejects.toBe(reason);
  });
});
