import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListEndpointsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { ListStateMachinesCommand, SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createRequestHandler } from "../../src/local/request-handler.js";
import { createRouter } from "../../src/local/router.js";
import type { WireRequest, WireService } from "../../src/local/wire.js";

function routed() {
  const calls: string[] = [];
  const service =
    (name: string): WireService =>
    async () => {
      calls.push(name);
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
  const router = createRouter({
    s3: service("s3"),
    sagemaker: service("sagemaker"),
    "sagemaker-runtime": service("sagemaker-runtime"),
    states: service("states"),
    lambda: service("lambda"),
    logs: service("logs"),
  });
  return { router, calls };
}

const request = (overrides: Partial<WireRequest>): WireRequest => ({
  method: "GET",
  path: "/",
  query: new Map(),
  headers: {},
  body: (async function* () {})(),
  ...overrides,
});
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe("createRouter", () => {
  it("gives each SDK client its service", async () => {
    const { router, calls } = routed();
    const config = {
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      requestHandler: createRequestHandler(router),
    };
    await new S3Client(config).send(new ListBucketsCommand({}));
    await new SageMakerClient(config).send(new ListEndpointsCommand({}));
    await new SageMakerRuntimeClient(config).send(new InvokeEndpointCommand({ EndpointName: "e", Body: "x" }));
    await new SFNClient(config).send(new ListStateMachinesCommand({}));
    const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    await new SFNClient(config).send(new StartSyncExecutionCommand({ stateMachineArn }));
    expect(calls).toEqual(["s3", "sagemaker", "sagemaker-runtime", "states", "states"]);
  });

  it("finds the service of requests without a signature", async () => {
    const { router, calls } = routed();
    await router(request({ method: "POST", headers: { "x-amz-target": "AWSStepFunctions.ListStateMachines" } }));
    await router(request({ method: "POST", headers: { "x-amz-target": "SageMaker.ListModels" } }));
    await router(request({ method: "POST", path: "/endpoints/e/invocations" }));
    await router(request({ path: "/endpoints/e/invocations" }));
    await router(request({ path: "/2015-03-31/functions/f/invocations" }));
    await router(
      request({ path: "/bucket/key", query: new Map([["X-Amz-Credential", "A/2026/us-east-1/s3/aws4_request"]]) }),
    );
    expect(calls).toEqual(["states", "sagemaker", "sagemaker-runtime", "s3", "lambda", "s3"]);
  });

  it.each([
    ["dynamodb", { method: "POST", headers: signedFor("dynamodb") }],
    ["sts", { method: "POST", headers: signedFor("sts") }],
    ["Kinesis_20131202", { method: "POST", headers: { "x-amz-target": "Kinesis_20131202.ListStreams" } }],
  ])("refuses %s by name", async (service, overrides) => {
    const { router, calls } = routed();
    await expect(router(request(overrides))).rejects.toMatchObject({
      name: "LocalOperationError",
      code: "LOCAL_OPERATION_UNSUPPORTED",
      details: { service },
    });
    expect(calls).toEqual([]);
  });
});
