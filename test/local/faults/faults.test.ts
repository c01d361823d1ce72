import {
  CreateBucketCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws, type LocalAwsOptions, type LocalFault } from "../../../src/local/index.js";
import { putImages, trainingRequest, until } from "../sagemaker/fixture.js";

const running: LocalAws[] = [];
afterEach(() => Promise.all(running.splice(0).map((local) => local.close())));
const start = async (options: LocalAwsOptions = {}) => {
  const local = await createLocalAws(options);
  running.push(local);
  return local;
};
/** Clients over the port that do not try again, so that a test sees each answer. */
async function connect(local: LocalAws) {
  const { endpoint } = await local.listen();
  const credentials = { accessKeyId: "x", secretAccessKey: "x" };
  const config = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sagemaker: new SageMakerClient(config),
    sfn: new SFNClient(config),
  };
}
const statusOf = (error: unknown) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

describe("faults", () => {
  it("arrive as the service's own error in its own protocol", async () => {
    const local = await start();
    const { s3, sagemaker, sfn } = await connect(local);
    const calls = {
      s3: () => s3.send(new ListBucketsCommand({})),
      sagemaker: () => sagemaker.send(new DescribeModelCommand({ ModelName: "m" })),
      states: () => sfn.send(new ListStateMachinesCommand({})),
    };
    const seen: unknown[] = [];
    for (const service of ["s3", "sagemaker", "states"] as const) {
      for (const kind of ["throttle", "fail"] as const) {
        using _fault = local.injectFault({ service, kind });
        const error: unknown = await calls[service]().catch((thrown: unknown) => thrown);
        seen.push([service, (error as Error).name, statusOf(error)]);
      }
    }
    expect(seen).toEqual([
      ["s3", "SlowDown", 503],
      ["s3", "InternalError", 500],
      ["sagemaker", "ThrottlingException", 400],
      ["sagemaker", "InternalFailure", 500],
      ["states", "ThrottlingException", 400],
      ["states", "InternalFailure", 500],
    ]);
  });

  it("strike in process too, and the SDK tries again as it would on AWS", async () => {
    const local = await start();
    const fault = local.injectFault({ service: "s3", operation: "CreateBucket", on: [1, 2], kind: "throttle" });
    const { $metadata } = await local.clients.s3.send(new CreateBucketCommand({ Bucket: "b-1" }));
    expect($metadata.attempts).toBe(3);
    expect(fault.hits).toBe(2);
  });

  it("strike the nth call of one operation and no other", async () => {
    const local = await start({ faults: [{ service: "s3", operation: "CreateBucket", on: 2, kind: "fail" }] });
    const { s3 } = await connect(local);
    const outcomes: string[] = [];
    for (const name of ["bucket-1", "bucket-2", "bucket-3"]) {
      await s3.send(new HeadBucketCommand({ Bucket: name })).catch(() => {});
      await s3.send(new CreateBucketCommand({ Bucket: name })).then(
        () => outcomes.push("made"),
        (error: Error) => outcomes.push(error.name),
      );
    }
    expect(outcomes).toEqual(["made", "InternalError", "made"]);
  });

  it("carry a chosen error, message and status", async () => {
    const local = await start();
    local.injectFault({
      service: "sagemaker",
      operation: "CreateModel",
      kind: "fail",
      error: "ResourceLimitExceeded",
      message: "too many models",
    });
    const model = new CreateModelCommand({ ModelName: "m", ExecutionRoleArn: "arn:aws:iam::000000000000:role/r" });
    const error: unknown = await local.clients.sagemaker.send(model).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ResourceLimitExceeded", message: "too many models" });
    expect(statusOf(error)).toBe(400);
    local.injectFault({ service: "sagemaker-runtime", kind: "fail", error: "ModelError", status: 424 });
    await expect(
      local.clients.sagemakerRuntime.send(new InvokeEndpointCommand({ EndpointName: "e", Body: "x" })),
    ).rejects.toMatchObject({ name: "ModelError" });
  });

  it("have no body for HEAD, as S3's errors have none", async () => {
    const local = await start();
    const { s3 } = await connect(local);
    local.injectFault({ service: "s3", operation: "HeadBucket", kind: "throttle" });
    const error: unknown = await s3
      .send(new HeadBucketCommand({ Bucket: "bucket-1" }))
      .catch((thrown: unknown) => thrown);
    expect(statusOf(error)).toBe(503);
  });

  it("end when they are removed", async () => {
    const local = await start();
    const { s3 } = await connect(local);
    const fault = local.injectFault({ service: "s3", kind: "fail" });
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: "InternalError" });
    fault.remove();
    fault.remove();
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
    expect(fault.hits).toBe(1);
  });

  it("delay a call, which goes its way afterwards, and end early with the caller", async () => {
    const local = await start();
    local.injectFault({ service: "s3", operation: "CreateBucket", kind: "delay", delayMs: 40 });
    const begun = performance.now();
    await local.clients.s3.send(new CreateBucketCommand({ Bucket: "bucket-1" }));
    expect(performance.now() - begun).toBeGreaterThan(35);
    local.injectFault({ service: "s3", operation: "ListBuckets", kind: "delay", delayMs: 900_000 });
    const controller = new AbortController();
    const call = local.clients.s3.send(new ListBucketsCommand({}), { abortSignal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  it("strike at a rate that the seed decides", async () => {
    const pattern = async (seed: number) => {
      const local = await start({ seed, faults: [{ service: "s3", on: { rate: 0.3 }, kind: "fail" }] });
      const { s3 } = await connect(local);
      const outcomes: string[] = [];
      for (let call = 0; call < 40; call++) {
        await s3.send(new ListBucketsCommand({})).then(
          () => outcomes.push("."),
          () => outcomes.push("x"),
        );
      }
      return outcomes.join("");
    };
    const [first, again, other] = [await pattern(1), await pattern(1), await pattern(2)];
    expect(first).toBe(again);
    expect(first).not.toBe(other);
    const struck = first.replaceAll(".", "").length;
    expect(struck).toBeGreaterThan(4);
    expect(struck).toBeLessThan(22);
  });

  it("strike the invocations of Step Functions, which retries them under Lambda's names", async () => {
    const local = await start();
    const arn = local.registerFunction("f", () => 1);
    const fault = local.injectFault({ service: "lambda", operation: "Invoke", on: 1, kind: "throttle" });
    const { sfn } = local.clients;
    const definition = {
      StartAt: "F",
      States: {
        F: {
          Type: "Task",
          Resource: arn,
          Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException"], IntervalSeconds: 1, MaxAttempts: 1 }],
          End: true,
        },
      },
    };
    const roleArn = "arn:aws:iam::000000000000:role/r";
    const machine = { name: "m", definition: JSON.stringify(definition), roleArn };
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(machine));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    await expect
      .poll(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status, { timeout: 10_000 })
      .toBe("SUCCEEDED");
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    const failed = events.find(({ type }) => type === "LambdaFunctionFailed");
    expect(failed?.lambdaFunctionFailedEventDetails).toMatchObject({
      error: "Lambda.TooManyRequestsException",
      cause: expect.stringMatching(/^Rate Exceeded\. \(Service: Lambda, Status Code: 429, Request ID: /),
    });
    expect(fault.hits).toBe(1);
  });

  it("are counted once for an invocation over HTTP", async () => {
    const local = await start();
    local.registerFunction("f", () => 1);
    const { endpoint } = await local.listen();
    const fault = local.injectFault({ service: "lambda", on: 2, kind: "fail" });
    const invoke = () => fetch(`${endpoint}/2015-03-31/functions/f/invocations`, { method: "POST", body: "{}" });
    expect([(await invoke()).status, (await invoke()).status, (await invoke()).status]).toEqual([200, 500, 200]);
    expect(fault.hits).toBe(1);
    expect((await fetch(`${endpoint}/2015-03-31/functions/f`)).status).toBe(200);
    expect((await fetch(`${endpoint}/2015-03-31/functions/f`)).status).toBe(500);
  });

  it("leave the body of a refused upload behind and the connection usable", async () => {
    const local = await start();
    const { s3 } = await connect(local);
    await s3.send(new CreateBucketCommand({ Bucket: "bucket-1" }));
    local.injectFault({ service: "s3", operation: "PutObject", on: 1, kind: "throttle" });
    const put = () => s3.send(new PutObjectCommand({ Bucket: "bucket-1", Key: "k", Body: Buffer.alloc(2_000_000) }));
    await expect(put()).rejects.toMatchObject({ name: "SlowDown" });
    expect((await put()).$metadata.httpStatusCode).toBe(200);
  });

  it("stall what an operation has started until it is stopped, or the fault is removed", async () => {
    const local = await start({ trainer: { network: "small", threads: 1 } });
    await putImages(local);
    const { sagemaker } = local.clients;
    const create = (name: string) =>
      sagemaker.send(new CreateTrainingJobCommand(trainingRequest(name, { epochs: "1" })));
    const describe = (TrainingJobName: string) => () =>
      sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    const stall = local.injectFault({
      service: "sagemaker",
      operation: "CreateTrainingJob",
      on: [1, 2],
      kind: "stall",
    });
    for (const name of ["stopped", "released", "free"]) await create(name);
    await until(describe("free"), ({ TrainingJobStatus }) => TrainingJobStatus === "Completed");
    expect(await describe("released")()).toMatchObject({
      TrainingJobStatus: "InProgress",
      SecondaryStatus: "Starting",
    });
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "stopped" }));
    await until(describe("stopped"), ({ TrainingJobStatus }) => TrainingJobStatus === "Stopped");
    stall.remove();
    await until(describe("released"), ({ TrainingJobStatus }) => TrainingJobStatus === "Completed");
    expect(stall.hits).toBe(2);
  }, 30_000);

  it("let go what is stalled when the local AWS is closed", async () => {
    const local = await start();
    await putImages(local);
    local.injectFault({ service: "sagemaker", operation: "CreateTrainingJob", kind: "stall" });
    await local.clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("held")));
    await expect(local.close()).resolves.toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      "a stall of what ends with its answer",
      { service: "sagemaker", operation: "CreateModel", kind: "stall" },
      "operation",
    ],
    ["an unknown service", { service: "ec2", kind: "fail" }, "service"],
    ["an unknown operation", { service: "s3", operation: "PutObjects", kind: "fail" }, "operation"],
    ["an unknown kind", { service: "s3", kind: "explode" }, "kind"],
    ["an unknown option", { service: "s3", kind: "fail", after: 1 }, ""],
    ["a call before the first", { service: "s3", kind: "fail", on: 0 }, "on"],
    ["a rate above 1", { service: "s3", kind: "fail", on: { rate: 2 } }, "on.rate"],
    ["a delay without its length", { service: "s3", kind: "delay" }, "delayMs"],
    ["a status that is no error", { service: "s3", kind: "fail", status: 200 }, "status"],
    ["an error name of another kind", { service: "s3", kind: "fail", error: "<x>" }, "error"],
  ])("are refused with %s", async (_what, fault, path) => {
    const local = await start();
    let thrown: unknown;
    try {
      local.injectFault(fault as LocalFault);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "INVALID_OPTIONS", details: { issues: [expect.objectContaining({ path })] } });
    await expect(createLocalAws({ faults: [fault as LocalFault] })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });
});
