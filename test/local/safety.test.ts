import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect, Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type HttpServerOptions, startHttpServer } from "../../src/local/http-server.js";
import { createLocalAws, type LocalAws } from "../../src/local/index.js";
import { readBody } from "../../src/local/wire.js";

const roleArn = "arn:aws:iam::000000000000:role/r";
const parent = mkdtempSync(join(tmpdir(), "scones-safety-"));
const directory = join(parent, "aws");
let local: LocalAws;
let endpoint: string;
beforeAll(async () => {
  local = await createLocalAws({ directory });
  ({ endpoint } = await local.listen());
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "bucket-1" }));
  local.registerFunction("echo", (event: unknown) => event);
});
afterAll(async () => {
  await local.close();
  rmSync(parent, { recursive: true });
});

/** A request whose every detail is ours: fetch would tidy the path. */
async function send(options: RequestOptions, body: string | Buffer = "") {
  const { hostname, port } = new URL(endpoint);
  const request = httpRequest({ hostname, port, agent: false, ...options });
  // A server that has refused a body may close before all of it is sent.
  request.on("error", () => {});
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}
const target = (name: string) => ({ "x-amz-target": name, "content-type": "application/x-amz-json-1.1" });

describe("the port", () => {
  it("is on 127.0.0.1 and on no other address of this machine", async () => {
    const port = Number(new URL(endpoint).port);
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((item) => item !== undefined && item.address !== "127.0.0.1" && item.scopeid === undefined)
      .map((item) => item?.address ?? "");
    for (const address of [...others, "127.0.0.2", "::1"]) {
      const socket = connect({ host: address, port });
      const outcome = await Promise.race([
        once(socket, "connect").then(() => `connected to ${address}`),
        once(socket, "error").then(() => "refused"),
      ]).catch(() => "refused");
      socket.destroy();
      expect(outcome).toBe("refused");
    }
  });

  it.each([
    "attacker.example",
    "127.0.0.1.attacker.example",
    "localhost.attacker.example",
    "[::1]",
    "0.0.0.0",
    "127.0.0.1:1@x",
  ])("refuses the Host %j, for each service", async (name) => {
    const host = name === "" ? "" : `${name}:${new URL(endpoint).port}`;
    for (const headers of [{}, target("SageMaker.ListModels"), target("AWSStepFunctions.ListStateMachines")]) {
      const answer = await send({ method: "POST", headers: { ...headers, host } }, "{}");
      expect(answer.status).toBe(403);
      expect(answer.body).toContain("AccessDenied");
    }
  });

  it("refuses what a web page of elsewhere sends to its address", async () => {
    const post = (origin: string) =>
      send({ method: "POST", path: "/2015-03-31/functions/echo/invocations", headers: { origin } }, "{}");
    for (const origin of ["https://attacker.example", "null", "http://localhost.attacker.example", "http://x@y"]) {
      expect([origin, (await post(origin)).status]).toEqual([origin, 403]);
    }
    for (const origin of [endpoint, "http://localhost:3000"]) {
      expect([origin, (await post(origin)).status]).toEqual([origin, 200]);
    }
  });

  it("gives up a client whose headers do not come, and one whose body stands still", async () => {
    const service: HttpServerOptions["service"] = async (wire) => {
      await readBody(wire.body, 1e6);
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
    const server = await startHttpServer({ service, headersTimeoutMs: 50, stallTimeoutMs: 50 });
    const { hostname, port } = new URL(server.endpoint);
    const attempt = async (text: string) => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.resume().write(text);
      await once(socket, "close");
    };
    await attempt("PUT /bucket-1/key HTTP/1.1\r\nHo");
    await attempt(`PUT /bucket-1/key HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100\r\n\r\npart`);
    await server.close();
  });

  it("lets an answer take longer than a body may stand still", async () => {
    const service: HttpServerOptions["service"] = async (wire) => {
      await readBody(wire.body, 1e6);
      await new Promise((resolve) => setTimeout(resolve, 120));
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
    const server = await startHttpServer({ service, stallTimeoutMs: 40 });
    expect((await fetch(server.endpoint, { method: "PUT", body: "x" })).status).toBe(200);
    await server.close();
  });

  it("refuses headers and targets of a size that nobody sends", async () => {
    expect((await send({ headers: { "x-amz-meta-a": "x".repeat(20_000) } })).status).toBe(431);
    const long = await send({ method: "POST", headers: target(`SageMaker.${"x".repeat(8000)}`) }, "{}");
    expect(long.status).toBe(501);
  });

  it.each<[string, RequestOptions, number, number]>([
    ["SageMaker", { method: "POST", headers: target("SageMaker.CreateModel") }, 1_048_577, 400],
    ["Step Functions", { method: "POST", headers: target("AWSStepFunctions.StartExecution") }, 4_194_305, 400],
    ["Lambda", { method: "POST", path: "/2015-03-31/functions/echo/invocations" }, 6_291_457, 413],
    ["S3's small documents", { method: "POST", path: "/bucket-1?delete" }, 4_000_000, 400],
  ])("bounds the bodies of %s", async (_service, options, bytes, status) => {
    const answer = await send(options, Buffer.alloc(bytes, 32));
    expect(answer.status).toBe(status);
    expect((await send({ path: "/" })).status).toBe(200);
  });

  it.each([
    "/%2e%2e/%2e%2e/etc/passwd",
    "/../../etc/passwd",
    "/bucket-1/..%2f..%2f..%2fetc%2fpasswd",
    "/bucket-1/%00",
    "/bucket-1/a%00b",
    "/bucket-1/%zz",
    "/%zz",
    "//etc/passwd",
    "/bucket-1//../..",
    "/bucket-1/.%5c..%5cx",
    "/endpoints/%2e%2e%2f/invocations",
    "/endpoints/%zz/invocations",
    "/2015-03-31/functions/..%2f../invocations",
    "/2015-03-31/functions/%zz",
  ])("answers %s without leaving its folder or failing itself", async (path) => {
    for (const method of ["GET", "PUT", "POST", "DELETE"]) {
      const { status } = await send({ method, path }, method === "PUT" ? "data" : "");
      expect([path, method, status < 500 || status === 501]).toEqual([path, method, true]);
    }
    expect(readdirSync(parent)).toEqual(["aws"]);
    expect(readdirSync(dirname(parent)).filter((name) => name === "etc")).toEqual([]);
  });

  it("keeps an object of each such name, and gives it back", async () => {
    for (const Key of ["../../escape", "a\u0000b", ".", "..", "__proto__", "constructor", "c:\\x", "x/../../y"]) {
      const put = await send({ method: "PUT", path: `/bucket-1/${encodeURIComponent(Key)}` }, `of ${Key}`);
      expect([Key, put.status]).toEqual([Key, 200]);
      const { status, body } = await send({ path: `/bucket-1/${encodeURIComponent(Key)}` });
      expect([status, body]).toEqual([200, `of ${Key}`]);
    }
    expect(readdirSync(parent)).toEqual(["aws"]);
  });
});

describe("hostile JSON", () => {
  const poison = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const expectClean = () => expect("polluted" in {}).toBe(false);

  it.each([
    "SageMaker.CreateModel",
    "SageMaker.CreateTrainingJob",
    "SageMaker.CreateEndpointConfig",
    "AWSStepFunctions.CreateStateMachine",
    "AWSStepFunctions.StartExecution",
  ])("as a request of %s is refused and changes no prototype", async (name) => {
    expect((await send({ method: "POST", headers: target(name) }, poison)).status).toBe(400);
    expectClean();
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("has no operation named %s", async (name) => {
    for (const prefix of ["SageMaker.", "AWSStepFunctions."]) {
      expect((await send({ method: "POST", headers: target(prefix + name) }, "{}")).status).toBe(501);
    }
  });

  it("travels through a function as data", async () => {
    const { body } = await send({ method: "POST", path: "/2015-03-31/functions/echo/invocations" }, poison);
    expect(body).toBe(poison);
    expectClean();
  });

  it("travels through a state machine as data, by path and by result", async () => {
    const { sfn } = local.clients;
    const definition = {
      StartAt: "Put",
      States: {
        Put: { Type: "Pass", Result: { polluted: true }, ResultPath: "$.a.__proto__", Next: "Take" },
        Take: { Type: "Pass", Parameters: { "all.$": "$", "inner.$": "$.a" }, End: true },
      },
    };
    const machine = { name: "poison", definition: JSON.stringify(definition), roleArn };
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(machine));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: poison }));
    await expect
      .poll(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status)
      .not.toBe("RUNNING");
    expectClean();
  });

  it("in names of models is text", async () => {
    const command = new CreateModelCommand({ ModelName: "constructor", ExecutionRoleArn: roleArn });
    await local.clients.sagemaker.send(command).catch(() => {});
    const answer = await send(
      { method: "POST", headers: target("SageMaker.DescribeModel") },
      '{"ModelName":"toString"}',
    );
    expect(answer.status).toBe(400);
    expectClean();
  });
});

describe("the local AWS in process", () => {
  it("opens no connection", async () => {
    const opened = vi.spyOn(Socket.prototype, "connect");
    try {
      const { s3, sfn } = local.clients;
      await s3.send(new PutObjectCommand({ Bucket: "bucket-1", Key: "k", Body: "x" }));
      await (await s3.send(new GetObjectCommand({ Bucket: "bucket-1", Key: "k" }))).Body?.transformToString();
      const Resource = "arn:aws:lambda:us-east-1:000000000000:function:echo";
      const definition = JSON.stringify({ StartAt: "F", States: { F: { Type: "Task", Resource, End: true } } });
      const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: "quiet", definition, roleArn }));
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
      await expect
        .poll(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status)
        .toBe("SUCCEEDED");
      expect(opened).not.toHaveBeenCalled();
    } finally {
      opened.mockRestore();
    }
  });
});
