import type { S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";

const EVENT = { image_data: "aGk=", s3_bucket: "scones", s3_key: "test/a.png", inferences: [] };
const failure = (name: string, fields: object = {}) => Object.assign(new Error(name), { name, ...fields });
const answer = (text = "[0.1, 0.9]") => ({ Body: Buffer.from(text) }) as never;
const gone = failure("ValidationError", { message: "Endpoint scones-1 of account 000000000000 not found." });

const runtime = mockClient(SageMakerRuntimeClient);
const clients = { sagemakerRuntime: new SageMakerRuntimeClient({ region: "eu-west-1" }) };
const askedNames = () => runtime.commandCalls(InvokeEndpointCommand).map((call) => call.args[0].input.EndpointName);

beforeEach(() => {
  runtime.reset();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** Lets every wait of the handler pass at once. */
async function settle<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await vi.runAllTimersAsync();
  return promise;
}

describe("an endpoint that is found at run time", () => {
  it("is asked for once while its answer is fresh, also by images at the same time, and again afterwards", async () => {
    runtime.on(InvokeEndpointCommand).resolves(answer());
    const resolve = vi.fn(async () => "scones-1");
    const handler = createClassifyHandler({ endpointName: resolve, cacheMs: 1000, clients });
    expect((await handler([EVENT, EVENT, EVENT])).body.failed).toBe(0);
    await handler(EVENT);
    expect(resolve).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    await handler(EVENT);
    expect(resolve).toHaveBeenCalledTimes(2);
  });

  it("may be replaced by a redeploy: the event that notices is answered by the new one, with its labels", async () => {
    runtime.on(InvokeEndpointCommand, { EndpointName: "scones-1" }).resolvesOnce(answer()).rejects(gone);
    runtime.on(InvokeEndpointCommand, { EndpointName: "scones-2" }).resolves(answer());
    let parameter = { endpointName: "scones-1", labels: ["bicycle", "motorcycle"] };
    const handler = createClassifyHandler({ endpointName: () => parameter, clients });
    expect((await handler(EVENT)).body.label).toBe("motorcycle");
    parameter = { endpointName: "scones-2", labels: ["car", "bus"] };
    expect((await handler(EVENT)).body.label).toBe("bus");
    expect(askedNames()).toEqual(["scones-1", "scones-1", "scones-2"]);
  });

  it("that is gone for good fails with AWS's own error", async () => {
    runtime.on(InvokeEndpointCommand).rejects(gone);
    await expect(createClassifyHandler({ endpointName: () => "scones-1", clients })(EVENT)).rejects.toBe(gone);
    await expect(createClassifyHandler({ endpointName: "scones-1", clients })(EVENT)).rejects.toBe(gone);
    expect(askedNames()).toHaveLength(2);
  });

  it("stays the known one while the resolver fails, and a failure is not remembered", async () => {
    runtime.on(InvokeEndpointCommand).resolves(answer());
    const resolve = vi.fn<() => Promise<string>>();
    resolve
      .mockRejectedValueOnce(new Error("throttled"))
      .mockResolvedValueOnce("scones-1")
      .mockRejectedValue(new Error("x"));
    const handler = createClassifyHandler({ endpointName: resolve, cacheMs: 0, clients });
    await expect(handler(EVENT)).rejects.toThrow("throttled");
    await handler(EVENT);
    await handler(EVENT);
    expect(askedNames()).toEqual(["scones-1", "scones-1"]);
  });

  it("must be a name that SageMaker knows", async () => {
    const handler = createClassifyHandler({ endpointName: () => "no_name", clients });
    await expect(handler(EVENT)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    expect(() => createClassifyHandler({ endpointName: "no_name" })).toThrow(/endpointName/);
  });
});

describe("a request that fails", () => {
  it.each<[string, object?]>([
    ["ThrottlingException"],
    ["ModelNotReadyException"],
    ["InternalFailure"],
    ["ServiceUnavailable"],
    ["TimeoutError"],
    ["ModelError", { OriginalStatusCode: 500 }],
  ])("with %s is repeated twice at most", async (name, fields = {}) => {
    const error = failure(name, fields);
    runtime.on(InvokeEndpointCommand).rejectsOnce(error).rejectsOnce(error).resolves(answer());
    const handler = createClassifyHandler({ endpointName: "scones-1", clients });
    expect((await settle(handler(EVENT))).body.inferences).toEqual([0.1, 0.9]);
    runtime.on(InvokeEndpointCommand).rejects(error);
    await expect(settle(handler(EVENT))).rejects.toBe(error);
    expect(askedNames()).toHaveLength(6);
  });

  it.each<[string, object?]>([
    ["ValidationException"],
    ["AccessDeniedException"],
    ["ModelError", { OriginalStatusCode: 400 }],
    ["SomethingElse"],
  ])("with %s is not repeated", async (name, fields = {}) => {
    const error = failure(name, fields);
    runtime.on(InvokeEndpointCommand).rejects(error);
    await expect(settle(createClassifyHandler({ endpointName: "scones-1", clients })(EVENT))).rejects.toBe(error);
    expect(askedNames()).toHaveLength(1);
  });

  it("is not repeated on top of what the caller's client has repeated already", async () => {
    runtime.on(InvokeEndpointCommand).rejects(failure("ThrottlingException", { $metadata: { attempts: 3 } }));
    const handler = createClassifyHandler({ endpointName: "scones-1", clients });
    await expect(settle(handler(EVENT))).rejects.toThrow("ThrottlingException");
    expect(askedNames()).toHaveLength(1);
  });

  it("ends before Lambda ends the invocation, with an error that says so", async () => {
    const signals: AbortSignal[] = [];
    const sagemakerRuntime = {
      send: (_: unknown, options: { abortSignal: AbortSignal }) => {
        signals.push(options.abortSignal);
        return new Promise(() => undefined);
      },
    } as unknown as SageMakerRuntimeClient;
    const handler = createClassifyHandler({ endpointName: "scones-1", clients: { sagemakerRuntime } });
    const pending = handler(EVENT, { getRemainingTimeInMillis: () => 3000 });
    pending.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(2499);
    expect(signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(pending).rejects.toMatchObject({ name: "WaitTimeoutError", code: "WAIT_TIMEOUT" });
    expect(signals[0]?.aborted).toBe(true);
  });

  it("leaves no timer behind", async () => {
    runtime.on(InvokeEndpointCommand).resolves(answer());
    const handler = createClassifyHandler({ endpointName: "scones-1", clients });
    await handler(EVENT, { getRemainingTimeInMillis: () => 3000 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an answer", () => {
  it.each([["[0.1, 1.2]"], ["[null, 0.5]"], ["[]"], ["{}"], ["[1e999, 0]"], ["[0.1]"], ["[0.1, 0.2, 0.7]"]])(
    "of %s is refused for two labels",
    async (text) => {
      runtime.on(InvokeEndpointCommand).resolves(answer(text));
      const handler = createClassifyHandler({ endpointName: "scones-1", labels: ["bicycle", "motorcycle"], clients });
      await expect(handler(EVENT)).rejects.toMatchObject({ code: "PREDICTION_INVALID" });
    },
  );
});

describe("several images", () => {
  it("fail one by one, in their order, with at most as many under way as allowed", async () => {
    let underWay = 0;
    let most = 0;
    const sagemakerRuntime = {
      send: async (command: InvokeEndpointCommand) => {
        most = Math.max(most, ++underWay);
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        underWay--;
        if (Buffer.from(command.input.Body as Uint8Array).toString() === "bad")
          throw failure("ModelError", { OriginalStatusCode: 400 });
        return answer();
      },
    } as unknown as SageMakerRuntimeClient;
    const bad = Buffer.from("bad").toString("base64");
    const events = Array.from({ length: 9 }, (_, index) => ({
      ...EVENT,
      s3_key: `${index}.png`,
      ...(index % 3 === 1 ? { image_data: bad } : {}),
    }));
    const handler = createClassifyHandler({ endpointName: "scones-1", concurrency: 2, clients: { sagemakerRuntime } });
    const { statusCode, body } = await handler([...events, { s3_key: "x" }]);
    expect([statusCode, body.failed, most]).toEqual([200, 4, 2]);
    expect(body.items.map((item) => item.s3_key)).toEqual([...events.map((event) => event.s3_key), undefined]);
    expect(body.items[1]).toEqual({
      ...EVENT,
      image_data: "",
      s3_key: "1.png",
      error: { name: "ModelError", message: "ModelError" },
    });
    expect(body.items[9]).toMatchObject({
      error: { name: "InvalidPayloadError", message: expect.stringContaining("9.s3_bucket") },
    });
    expect(body.items[8]).toMatchObject({ s3_key: "8.png", confidence: 0.9 });
  });

  it("that failed in an earlier step are handed on untouched", async () => {
    runtime.on(InvokeEndpointCommand).resolves(answer());
    const s3 = { send: async () => Promise.reject(failure("NoSuchKey")) } as unknown as S3Client;
    const handler = createClassifyHandler({ endpointName: "scones-1", clients: { ...clients, s3 } });
    const first = await handler({ statusCode: 200, body: { items: [EVENT, { ...EVENT, image_data: "" }], failed: 0 } });
    expect(first.statusCode).toBe(200);
    const second = (await handler(first)) as typeof first;
    expect(second.body).toEqual(first.body);
    expect(second.body).toMatchObject({ failed: 1, items: [{ confidence: 0.9 }, { error: { name: "NoSuchKey" } }] });
  });
});
