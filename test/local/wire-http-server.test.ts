import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type HttpServer, type HttpServerOptions, startHttpServer } from "../../src/local/http-server.js";
import { unsupportedOperation } from "../../src/local/local-operation-error.js";
import { readBody, type WireRequest, type WireResponse } from "../../src/local/wire.js";

const running: HttpServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));
const start = async (service: HttpServerOptions["service"], options: { maxBodyBytes?: number } = {}) => {
  const server = await startHttpServer({ service, ...options });
  running.push(server);
  return server;
};
const ok = (body: WireResponse["body"] = new Uint8Array(), headers = {}): WireResponse => ({
  status: 200,
  headers,
  body,
});

/** Like an SDK, but every detail is ours to choose. */
async function send(server: HttpServer, options: RequestOptions = {}, body: string | Buffer = "") {
  const request = httpRequest(server.endpoint, { agent: false, ...options });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

describe("startHttpServer", () => {
  it("hands on method, raw path, decoded query, headers and body", async () => {
    let seen: WireRequest | undefined;
    const server = await start(async (wire) => {
      seen = wire;
      return ok(await readBody(wire.body, 100), { "content-type": "text/plain", "x-amz-meta-a": "b" });
    });
    const path = "/a%20b/../c?x-id=Put%2BIt&uploads";
    const answer = await send(server, { method: "PUT", path, headers: { "X-Amz-Meta-A": "b" } }, "hello");
    expect(answer).toMatchObject({ status: 200, body: "hello" });
    expect(answer.headers).toMatchObject({ "content-type": "text/plain", "content-length": "5", "x-amz-meta-a": "b" });
    expect(seen).toMatchObject({ method: "PUT", path: "/a%20b/../c" });
    expect([...(seen?.query ?? [])]).toEqual([
      ["x-id", "Put+It"],
      ["uploads", ""],
    ]);
    expect(seen?.headers["x-amz-meta-a"]).toBe("b");
  });

  it("listens on the loopback address only", async () => {
    const server = await start(async () => ok());
    expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("answers to its own names and refuses any other", async () => {
    let calls = 0;
    const server = await start(async () => {
      calls++;
      return ok();
    });
    const port = new URL(server.endpoint).port;
    const statusFor = async (host: string) => (await send(server, { headers: { host } })).status;
    for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "my.bucket.localhost", "sync-127.0.0.1"]) {
      expect([host, await statusFor(`${host}:${port}`)]).toEqual([host, 200]);
    }
    const served = calls;
    for (const host of [
      `evil.example:${port}`,
      "localhost",
      "127.0.0.1:1",
      `localhost.evil.example:${port}`,
      `127.0.0.2:${port}`,
    ]) {
      expect([host, await statusFor(host)]).toEqual([host, 403]);
    }
    expect(calls).toBe(served);
  });

  it("sends no body for HEAD but keeps the length that the service gives", async () => {
    const server = await start(async () => ok(Buffer.from("unwanted"), { "content-length": "1234" }));
    const answer = await send(server, { method: "HEAD" });
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.headers["content-length"]).toBe("1234");
  });

  it("asks for a body that waits for 100 Continue only when the service reads it", async () => {
    const server = await start(async (wire) => {
      return wire.path === "/read" ? ok(await readBody(wire.body, 100)) : { ...ok(), status: 404 };
    });
    const attempt = async (path: string) => {
      const request = httpRequest(`${server.endpoint}${path}`, {
        method: "PUT",
        agent: false,
        headers: { expect: "100-continue", "content-length": "5" },
      });
      request.flushHeaders();
      let continued = false;
      request.on("continue", () => {
        continued = true;
        request.end("hello");
      });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      request.destroy();
      return [continued, response.statusCode, response.headers.connection, Buffer.concat(chunks).toString()];
    };
    expect(await attempt("/read")).toEqual([true, 200, "close", "hello"]);
    expect(await attempt("/refuse")).toEqual([false, 404, "close", ""]);
  });

  it("uses a connection again, also after a body that nobody read", async () => {
    const server = await start(async () => ok());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let sockets = 0;
    agent.on("free", () => sockets++);
    for (let i = 0; i < 3; i++) await send(server, { agent, method: "PUT" }, Buffer.alloc(300_000));
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    expect(sockets).toBeGreaterThan(0);
    agent.destroy();
  });

  it("refuses bodies above the limit, announced or not", async () => {
    const server = await start(async (wire) => ok(await readBody(wire.body, 1e9)), { maxBodyBytes: 1000 });
    const announced = await send(server, { method: "PUT" }, "x".repeat(1001));
    expect(announced.status).toBe(413);
    const headers = { "transfer-encoding": "chunked" };
    const counted = await send(server, { method: "PUT", headers }, "x".repeat(1001));
    expect(counted.status).toBe(413);
    expect((await send(server, { method: "PUT" }, "x".repeat(1000))).status).toBe(200);
  });

  it("turns a fault of the service into an answer that the client can read, and goes on", async () => {
    const server = await start(async () => {
      throw new Error("a fault");
    });
    const xml = await send(server);
    expect(xml.status).toBe(500);
    expect(xml.body).toContain("<Code>InternalFailure</Code><Message>a fault</Message>");
    const json = await send(server, { headers: { "x-amz-target": "SageMaker.ListModels" } });
    expect(JSON.parse(json.body)).toMatchObject({ __type: "InternalFailure", message: "a fault" });
  });

  it("says in each protocol that it does not have a service", async () => {
    const server = await start(async () => {
      throw unsupportedOperation("sts", "GetCallerIdentity");
    });
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const answer = await send(server, { method: "POST", headers }, "Action=GetCallerIdentity");
    expect(answer.status).toBe(501);
    expect(answer.body).toMatch(/^<ErrorResponse><Error><Code>NotImplemented<.*GetCallerIdentity.*<\/ErrorResponse>$/);
  });

  it("ends the connection when an answer breaks off, and goes on", async () => {
    const server = await start(async (wire) => {
      if (wire.path === "/whole") return ok(Buffer.from("whole"));
      return ok(
        (async function* () {
          yield Buffer.from("half");
          throw new Error("broken off");
        })(),
      );
    });
    await expect(send(server)).rejects.toThrow(/aborted/);
    expect((await send(server, { path: "/whole" })).body).toBe("whole");
  });

  it("produces a long answer only as fast as the client takes it, and stops with the client", async () => {
    let produced = 0;
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const server = await start(async () =>
      ok(
        (async function* () {
          try {
            for (;;) {
              produced++;
              yield Buffer.alloc(1024 * 1024);
            }
          } finally {
            stop();
          }
        })(),
      ),
    );
    const request = httpRequest(server.endpoint, { agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    await once(response, "readable");
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    expect(produced).toBeLessThan(40);
    request.destroy();
    await stopped;
  });

  it("tells the service when the client goes away", async () => {
    let arrived = (_wire: WireRequest) => {};
    const arrival = new Promise<WireRequest>((resolve) => {
      arrived = resolve;
    });
    const server = await start((wire) => {
      arrived(wire);
      return new Promise(() => {});
    });
    const request = httpRequest(server.endpoint, { agent: false });
    request.on("error", () => {});
    request.end();
    const { signal } = await arrival;
    request.destroy();
    await once(signal ?? expect.fail("no signal"), "abort");
  });

  it("lets reading fail when the client goes away in the middle of its body", async () => {
    let failed = (_error: unknown) => {};
    const failure = new Promise<unknown>((resolve) => {
      failed = resolve;
    });
    const server = await start(async (wire) => {
      await readBody(wire.body, 1e9).catch(failed);
      return ok();
    });
    const request = httpRequest(server.endpoint, { agent: false, method: "PUT", headers: { "content-length": "100" } });
    request.on("error", () => {});
    request.write("part", () => request.destroy());
    expect(await failure).toBeInstanceOf(Error);
  });

  it("closes at once, with idle connections and requests under way", async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await start(() => {
      arrived();
      return new Promise(() => {});
    });
    const { hostname, port } = new URL(server.endpoint);
    const idle = connect(Number(port), hostname);
    await once(idle, "connect");
    const request = httpRequest(server.endpoint, { agent: new Agent({ keepAlive: true }) });
    const ended = once(request, "error");
    request.end();
    await arrival;
    const begin = performance.now();
    await server.close();
    expect(performance.now() - begin).toBeLessThan(1000);
    await ended;
    await server.close();
    idle.destroy();
    await expect(send(server)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("says when a port is taken", async () => {
    const server = await start(async () => ok());
    const port = Number(new URL(server.endpoint).port);
    await expect(startHttpServer({ service: async () => ok(), port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
