import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { hasAwsCli, hasBoto3, runAwsCli, runPython, skippedWithout } from "./debian-clients.js";

let local: LocalAws;
let endpoint = "";
let home = "";
let definition = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "scones-clients-"));
  local = await createLocalAws();
  endpoint = (await local.listen()).endpoint;
  const double = local.registerFunction("double", async ({ n }: { n: number }) => ({ n: n * 2 }));
  definition = JSON.stringify({ StartAt: "Double", States: { Double: { Type: "Task", Resource: double, End: true } } });
});
afterAll(async () => {
  await local.close();
  await rm(home, { recursive: true });
});

describe.skipIf(!hasAwsCli)(`Step Functions by the AWS CLI of Debian${skippedWithout(hasAwsCli, "awscli")}`, () => {
  it("makes a machine, starts it, describes the execution and reads its history", async () => {
    const aws = (...args: readonly string[]) => runAwsCli(endpoint, home, ["stepfunctions", ...args]);
    const machine = ["--name", "cli", "--definition", definition, "--role-arn", ROLE_ARN];
    const { stateMachineArn } = await aws("create-state-machine", ...machine);
    const started = await aws("start-execution", "--state-machine-arn", stateMachineArn, "--input", '{"n": 21}');
    const run = ["--execution-arn", started.executionArn];
    expect(await aws("describe-execution", ...run)).toMatchObject({ status: "SUCCEEDED", output: '{"n":42}' });
    const { events } = await aws("get-execution-history", ...run);
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  }, 120_000);
});

describe.skipIf(!hasBoto3)(
  `Step Functions and SageMaker by boto3 of Debian${skippedWithout(hasBoto3, "python3-boto3")}`,
  () => {
    it("runs a machine to its end and pages through its history", async () => {
      const program = `
import boto3, json, sys, time
sfn = boto3.client("stepfunctions", endpoint_url=sys.argv[1])
machine = sfn.create_state_machine(name="boto", definition=sys.argv[2], roleArn=sys.argv[3])["stateMachineArn"]
arn = sfn.start_execution(stateMachineArn=machine, input=json.dumps({"n": 4}))["executionArn"]
deadline = time.time() + 20
while sfn.describe_execution(executionArn=arn)["status"] == "RUNNING" and time.time() < deadline:
    time.sleep(0.05)
pages = sfn.get_paginator("get_execution_history").paginate(executionArn=arn, PaginationConfig={"PageSize": 2})
types = [event["type"] for page in pages for event in page["events"]]
assert types[0] == "ExecutionStarted" and types[-1] == "ExecutionSucceeded" and len(types) == 7, types
print(sfn.describe_execution(executionArn=arn)["output"])
`;
      expect(await runPython(endpoint, home, program, [definition, ROLE_ARN])).toBe('{"n":8}\n');
    }, 120_000);

    it("gets SageMaker's own error for an endpoint that is not there", async () => {
      const program = `
import boto3, sys
sagemaker = boto3.client("sagemaker", endpoint_url=sys.argv[1])
try:
    sagemaker.describe_endpoint(EndpointName="none")
except sagemaker.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
`;
      expect(await runPython(endpoint, home, program)).toBe("ValidationException\n");
    }, 120_000);
  },
);
