import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { createRequestHandler } from "../../src/local/request-handler.js";
import { readBody, type WireRequest, type WireResponse, type WireService } from "../../src/local/wire.js";

const clientOf = (service: WireService) =>
  new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: createRequestHandler(service),
  });
const answerWith = (body: WireResponse["body"]): WireResponse => ({ status: 200, headers: {}, body });
const get = new GetObjectCommand({ Bucket: "bucket", Key: "key" });
const request = { method: "PUT", hostname: "h", path: "/", headers: {} };

describe("createRequestHandler", () => {
  it("hands the service what the client would have sent", async () => {
    let seen: WireRequest | undefined;
    const client = clientOf(async (wire) => {
      seen = wire;
      return answerWith(new Uint8Array());
    });
    await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "a b/ü", Body: "text" }));
    expect(seen).toMatchObject({ method: "PUT", path: "/a%20b/%C3%BC" });
    expect(seen?.query.get("x-id")).toBe("PutObject");
    expect(seen?.headers).toMatchObject({ host: "bucket.s3.us-east-1.amazonaws.com", "content-length": "4" });
    expect(seen?.headers["authorization"]).toContain("/s3/aws4_request");
  });

  it.each([
    ["nothing", undefined, ""],
    ["text", "äb", "äb"],
    ["a Buffer", Buffer.from("abc"), "abc"],
    ["a view of a part", new Uint8Array(Buffer.from("xabcx")).subarray(1, 4), "abc"],
    ["an ArrayBuffer", new Uint8Array([97, 98]).buffer, "ab"],
    ["a Node stream of text", Readable.from(["ab", "c"]), "abc"],
    ["a web stream", new Blob(["abc"]).stream(), "abc"],
    ["a Blob", new Blob(["abc"]), "abc"],
  ])("reads %s as a body", async (_what, body, expected) => {
    let text: string | undefined;
    const handler = createRequestHandler(async (wire) => {
      text = Buffer.from((await readBody(wire.body, 100)) ?? []).toString();
      return answerWith(new Uint8Array());
    });
    await handler.handle({ ...request, body });
    expect(text).toBe(expected);
  });

  it("gives the error of the service to the caller as it is, after one attempt", async () => {
    const fault = new Error("a fault of the service");
    let calls = 0;
    const client = clientOf(async () => {
      calls++;
      throw fault;
    });
    await expect(client.send(get)).rejects.toBe(fault);
    expect(calls).toBe(1);
  });

  it("gives the error of the caller's own stream to the caller", async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error("the disk is gone"));
      },
    });
    const client = clientOf(async (wire) => answerWith((await readBody(wire.body, 100)) ?? new Uint8Array()));
    const put = new PutObjectCommand({ Bucket: "bucket", Key: "key", Body: broken, ContentLength: 5 });
    await expect(client.send(put)).rejects.toThrow("the disk is gone");
  });

  it("streams an answer only as fast as it is read, and stops it when the reader does", async () => {
    let produced = 0;
    let stopped = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          produced++;
          yield Buffer.alloc(64 * 1024);
        }
      } finally {
        stopped = true;
      }
    }
    const { Body } = await clientOf(async () => answerWith(endless())).send(get);
    let read = 0;
    for await (const chunk of Body as Readable) {
      read += chunk.length;
      if (read > 1024 * 1024) break;
    }
    expect(produced).toBeLessThan(40);
    expect(stopped).toBe(true);
  });

  it("lets an answer that breaks off fail where it is read, and nowhere else", async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("half");
      throw new Error("broken off");
    }
    const { Body } = await clientOf(async () => answerWith(breaking())).send(get);
    await expect(Body?.transformToString()).rejects.toThrow("broken off");
    const unread = await clientOf(async () => answerWith(breaking())).send(get);
    (unread.Body as Readable).resume();
    await new Promise((resolve) => (unread.Body as Readable).once("close", resolve));
  });

  it("does not begin when the signal has fired already", async () => {
    let calls = 0;
    const client = clientOf(async () => {
      calls++;
      return answerWith(new Uint8Array());
    });
    const abortSignal = AbortSignal.abort(new Error("changed my mind"));
    await expect(client.send(get, { abortSignal })).rejects.toMatchObject({ name: "AbortError" });
    expect(calls).toBe(0);
  });

  it("gives up while the service works, tells the service, and leaves no listener", async () => {
    const controller = new AbortController();
    let serviceSignal: AbortSignal | undefined;
    const client = clientOf((wire) => {
      serviceSignal = wire.signal;
      setImmediate(() => controller.abort(new Error("changed my mind")));
      return new Promise(() => {});
    });
    await expect(client.send(get, { abortSignal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(serviceSignal?.reason).toBe(controller.signal.reason);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("gives back an answer that comes after the caller gave up", async () => {
    const controller = new AbortController();
    let returned = false;
    const late = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }) as const,
        return: async () => {
          returned = true;
          return { done: true, value: undefined } as const;
        },
      }),
    };
    let answer = (_response: WireResponse) => {};
    const client = clientOf(() => {
      setImmediate(() => controller.abort());
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    await expect(client.send(get, { abortSignal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    answer(answerWith(late));
    await new Promise(setImmediate);
    expect(returned).toBe(true);
  });

  it("breaks a body off when the signal fires while it is read", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield Buffer.alloc(1024);
        await new Promise(setImmediate);
      }
    }
    const controller = new AbortController();
    const client = clientOf(async () => answerWith(endless()));
    const { Body } = await client.send(get, { abortSignal: controller.signal });
    const reading = Body?.transformToByteArray();
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    await new Promise(setImmediate);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("leaves no listener behind after a call that went well", async () => {
    const controller = new AbortController();
    const client = clientOf(async () => answerWith(Buffer.from("abc")));
    const { Body } = await client.send(get, { abortSignal: controller.signal });
    expect(await Body?.transformToString()).toBe("abc");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("understands the older kind of signal", async () => {
    const signal: { aborted: boolean; onabort: unknown } = { aborted: false, onabort: null };
    const handler = createRequestHandler(() => new Promise(() => {}));
    const call = handler.handle(request, { abortSignal: signal });
    (signal.onabort as () => void)();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(signal.onabort).toBeNull();
  });

  it("closes a stream that the service did not want", async () => {
    const body = Readable.from(["abc"]);
    await createRequestHandler(async () => answerWith(new Uint8Array())).handle({ ...request, body });
    expect(body.destroyed).toBe(true);
  });
});
