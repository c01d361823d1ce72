import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { createMachines } from "./local-machine.js";

let local: LocalAws;
let machines: ReturnType<typeof createMachines>;
beforeAll(async () => {
  local = await createLocalAws({ now: () => new Date("2026-01-01T00:00:00Z") });
  machines = createMachines(local);
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
});
afterAll(() => local.close());

const put = (Key: string, Body: string) =>
  local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body, Metadata: { "made-by": "test" } }));
const read = async (Key: string) => {
  const { Body } = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
  return Body?.transformToString();
};

describe("aws-sdk:s3", () => {
  it("reads an object as text, with its metadata", async () => {
    await put("a.json", '{"a":1}');
    const { output, executionArn } = await machines.call(
      "s3:getObject",
      { Bucket: "scones", "Key.$": "$.key" },
      { key: "a.json" },
    );
    expect(output).toMatchObject({
      Body: '{"a":1}',
      ContentLength: 7,
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      LastModified: "2026-01-01T00:00:00Z",
      Metadata: { "made-by": "test" },
    });
    expect(output).not.toHaveProperty("$metadata");
    const events = await machines.history(executionArn);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: "aws-sdk:s3",
      resource: "getObject",
      parameters: '{"Bucket":"scones","Key":"a.json"}',
    });
  });

  it("writes JSON, copies, lists and deletes", async () => {
    const put1 = { Bucket: "scones", Key: "out/1.json", "Body.$": "$", ContentType: "application/json" };
    await machines.call("s3:putObject", put1, { b: [1, "x"] });
    expect(await read("out/1.json")).toBe('{"b":[1,"x"]}');
    const copy = { Bucket: "scones", Key: "out/2.json", CopySource: "scones/out/1.json" };
    expect((await machines.call("s3:copyObject", copy)).output).toMatchObject({
      CopyObjectResult: { LastModified: "2026-01-01T00:00:00Z" },
    });
    const listed = await machines.call("s3:listObjectsV2", { Bucket: "scones", Prefix: "out/" });
    expect(listed.output).toMatchObject({
      KeyCount: 2,
      Contents: [
        { Key: "out/1.json", Size: 13, ETag: expect.any(String), LastModified: "2026-01-01T00:00:00Z" },
        { Key: "out/2.json" },
      ],
    });
    const head = await machines.call("s3:headObject", { Bucket: "scones", Key: "out/1.json" });
    expect(head.output).toMatchObject({ ContentLength: 13, ContentType: "application/json" });
    expect((await machines.call("s3:deleteObject", { Bucket: "scones", Key: "out/1.json" })).status).toBe("SUCCEEDED");
  });

  it.each([
    ["s3:getObject", { Bucket: "scones", Key: "none" }, "S3.NoSuchKeyException", 404],
    ["s3:headObject", { Bucket: "scones", Key: "none" }, "S3.NoSuchKeyException", 404],
    ["s3:headBucket", { Bucket: "nowhere" }, "S3.NoSuchBucketException", 404],
    ["s3:listObjectsV2", { Bucket: "nowhere" }, "S3.NoSuchBucketException", 404],
    [
      "s3:createBucket",
      { Bucket: "scones", CreateBucketConfiguration: { LocationConstraint: "no" } },
      "S3.S3Exception",
      400,
    ],
  ])("fails %s of %j with %s", async (action, parameters, name, status) => {
    const { error, cause } = await machines.call(action, parameters);
    expect(error).toBe(name);
    expect(cause).toMatch(new RegExp(`\\(Service: S3, Status Code: ${status}, Request ID: \\S+\\)$`));
  });

  it("hands its errors to Catch", async () => {
    const definition = {
      Resource: "arn:aws:states:::aws-sdk:s3:getObject",
      Parameters: { Bucket: "scones", Key: "none" },
      Retry: [{ ErrorEquals: ["S3.NoSuchBucketException"] }],
      Catch: [{ ErrorEquals: ["S3.NoSuchKeyException"], Next: "S", ResultPath: "$.again" }],
    };
    // The state catches itself until the object is there.
    const execution = machines.start(definition);
    await put("none", "now");
    const { output } = await machines.settle(await execution);
    expect(JSON.parse(output ?? "")).toMatchObject({ Body: "now" });
  });
});

describe("aws-sdk:sagemaker and sagemakerruntime", () => {
  it("describe what is there, with times as text", async () => {
    const PrimaryContainer = { Image: "image:1", ModelDataUrl: "s3://scones/model.tar.gz" };
    await local.clients.sagemaker.send(
      new CreateModelCommand({ ModelName: "m", PrimaryContainer, ExecutionRoleArn: ROLE_ARN }),
    );
    const { output } = await machines.call("sagemaker:describeModel", { ModelName: "m" });
    expect(output).toMatchObject({ ModelName: "m", PrimaryContainer, CreationTime: "2026-01-01T00:00:00Z" });
    expect((await machines.call("sagemaker:deleteModel", { ModelName: "m" })).output).toEqual({});
  });

  it("fail with the names of AWS's SDK", async () => {
    const missing = await machines.call("sagemaker:describeEndpoint", { EndpointName: "none" });
    expect(missing.error).toBe("SageMaker.SageMakerException");
    expect(missing.cause).toMatch(/^Could not find endpoint .*\(Service: SageMaker, Status Code: 400, Request ID: /);
    const parameters = { EndpointName: "none", Body: { pixels: [1] }, ContentType: "application/json" };
    const invoked = await machines.call("sagemakerruntime:invokeEndpoint", parameters);
    expect(invoked.error).toBe("SageMakerRuntime.ValidationErrorException");
  });
});

describe("aws-sdk:sfn", () => {
  it("takes and gives members in PascalCase", async () => {
    const arn = await machines.create({ Resource: "arn:aws:states:::aws-sdk:s3:listBuckets", Parameters: {} });
    const { output } = await machines.call("sfn:describeStateMachine", { StateMachineArn: arn });
    expect(output).toMatchObject({
      StateMachineArn: arn,
      CreationDate: "2026-01-01T00:00:00Z",
      LoggingConfiguration: { IncludeExecutionData: false, Level: "OFF" },
    });
    const started = await machines.call("sfn:startExecution", { StateMachineArn: arn, Input: { a: 1 } });
    const executionArn = String(started.output?.["ExecutionArn"]);
    expect((await machines.settle(executionArn)).input).toBe('{"a":1}');
    const tagged = { ResourceArn: arn, Tags: [{ Key: "k", Value: "v" }] };
    await machines.call("sfn:tagResource", tagged);
    expect((await machines.call("sfn:listTagsForResource", { ResourceArn: arn })).output).toEqual({
      Tags: tagged.Tags,
    });
  });

  it("fails with Sfn's names", async () => {
    const { error, cause } = await machines.call("sfn:describeExecution", {
      ExecutionArn: "arn:aws:states:us-east-1:000000000000:execution:m:none",
    });
    expect(error).toBe("Sfn.ExecutionDoesNotExistException");
    expect(cause).toMatch(/^Execution Does Not Exist: '.*none' \(Service: Sfn, Status Code: 400, Request ID: /);
  });
});

describe("an aws-sdk resource", () => {
  it.each([
    "aws-sdk:s3:putBucketAcl",
    "aws-sdk:s3:GetObject",
    "aws-sdk:dynamodb:getItem",
    "aws-sdk:sagemakerruntime:invokeEndpointAsync",
    "aws-sdk:sfn:getActivityTask",
    "aws-sdk:s3:getObject.sync",
    "aws-sdk:s3:constructor",
    "sqs:sendMessage.waitForTaskToken",
  ])("%s is refused by name when the machine is made", async (resource) => {
    const state = { Resource: `arn:aws:states:::${resource}`, Parameters: {} };
    await expect(machines.create(state)).rejects.toThrow(
      `cannot run the resource 'arn:aws:states:::${resource}'. Nothing was sent to AWS.`,
    );
  });

  it("refuses members that are not in PascalCase", async () => {
    const state = { Resource: "arn:aws:states:::aws-sdk:s3:getObject", Parameters: { bucket: "b", "Key.$": "$.k" } };
    await expect(machines.create(state)).rejects.toThrow("The field 'bucket' is not supported");
  });

  it("can wait for a token", async () => {
    const { status, error } = await machines.run({
      Resource: "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
      Parameters: { Bucket: "nowhere", Key: "token", "Body.$": "$$.Task.Token" },
    });
    expect({ status, error }).toEqual({ status: "FAILED", error: "S3.NoSuchBucketException" });
  });
});
