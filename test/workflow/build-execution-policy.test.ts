import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { buildExecutionPolicy, findPolicyGaps } from "../../src/workflow/policy/build-execution-policy.js";
import { buildHandlerPolicies, buildTrainingRolePolicy } from "../../src/workflow/policy/role-policies.js";
import { buildInferenceWorkflow } from "../../src/workflow/workflows/inference-workflow.js";

const PLACE = { region: "eu-west-1", accountId: "123456789012" };
const one = (state: object, machine: object = {}) =>
  ({ StartAt: "A", States: { A: { End: true, ...state } }, ...machine }) as unknown as StateMachineDefinition;
const task = (Resource: string, Parameters: object = {}) => one({ Type: "Task", Resource, Parameters });
/** Statements as lines: actions, resources, condition. */
const lines = (definition: StateMachineDefinition, options: object = PLACE) =>
  buildExecutionPolicy(definition, options).Statement.map(
    ({ Action, Resource, Condition }) =>
      `${Action.join(" ")} on ${Resource.join(" ")}${Condition === undefined ? "" : ` if ${JSON.stringify(Condition)}`}`,
  );
const gaps = (definition: StateMachineDefinition, options: object = PLACE) =>
  findPolicyGaps(definition, options).map(({ code, path }) => `${code} ${path}`);

const RULE = "events:DescribeRule events:PutRule events:PutTargets on arn:aws:events:eu-west-1:123456789012:rule/";
const PASS_ROLE = 'if {"StringEquals":{"iam:PassedToService":"sagemaker.amazonaws.com"}}';
const ROLE = "arn:aws:iam::123456789012:role/train";

describe("the policy of the inference workflow", () => {
  it.each(["JSONPath", "JSONata"] as const)("allows its three functions and its topic in %s", (queryLanguage) => {
    const functions = { serialize: "one", classify: "two:live", filter: "three" };
    const topicArn = "arn:aws:sns:eu-west-1:123456789012:alarms";
    const definition = buildInferenceWorkflow({ functions, queryLanguage, onFailure: { type: "sns", topicArn } });
    const prefix = "arn:aws:lambda:eu-west-1:123456789012:function:";
    expect(gaps(definition)).toEqual([]);
    expect(buildExecutionPolicy(definition, PLACE)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["lambda:InvokeFunction"],
          Resource: [`${prefix}one`, `${prefix}one:*`, `${prefix}three`, `${prefix}three:*`, `${prefix}two:live`],
        },
        { Effect: "Allow", Action: ["sns:Publish"], Resource: [topicArn] },
      ],
    });
  });

  it("says where a name stands without an account", () => {
    const functions = { serialize: "one", classify: "two", filter: "three" };
    const definition = buildInferenceWorkflow({ functions });
    expect(gaps(definition, {})).toEqual([
      "ACCOUNT_OPEN /States/Serialize",
      "ACCOUNT_OPEN /States/Classify",
      "ACCOUNT_OPEN /States/Filter",
    ]);
    expect(lines(definition, {})[0]).toContain("arn:aws:lambda:*:*:function:one ");
  });
});

describe("the policy of a task", () => {
  const FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:f";
  it.each<[string, StateMachineDefinition, readonly string[]]>([
    [
      "a bare function",
      one({ Type: "Task", Resource: FUNCTION }),
      [`lambda:InvokeFunction on ${FUNCTION} ${FUNCTION}:*`],
    ],
    [
      "$LATEST",
      task("arn:aws-cn:states:::lambda:invoke", { FunctionName: `${FUNCTION}:$LATEST` }),
      [`lambda:InvokeFunction on ${FUNCTION} ${FUNCTION}:$LATEST`],
    ],
    ["an activity", one({ Type: "Task", Resource: "arn:aws:states:eu-west-1:123456789012:activity:paint" }), []],
    [
      "a training job that is waited for",
      task("arn:aws:states:::sagemaker:createTrainingJob.sync", { TrainingJobName: "Scones", RoleArn: ROLE }),
      [
        `${RULE}StepFunctionsGetEventsForSageMakerTrainingJobsRule`,
        `iam:PassRole on ${ROLE} ${PASS_ROLE}`,
        "sagemaker:CreateTrainingJob on arn:aws:sagemaker:eu-west-1:123456789012:training-job/scones",
        "sagemaker:DescribeTrainingJob sagemaker:StopTrainingJob on arn:aws:sagemaker:eu-west-1:123456789012:training-job/scones",
        "sagemaker:ListTags on *",
      ],
    ],
    [
      "a training job that is only started",
      task("arn:aws:states:::sagemaker:createTrainingJob", { TrainingJobName: "a", RoleArn: ROLE, Tags: [] }),
      [
        `iam:PassRole on ${ROLE} ${PASS_ROLE}`,
        "sagemaker:AddTags on arn:aws:sagemaker:eu-west-1:123456789012:training-job/a",
        "sagemaker:CreateTrainingJob on arn:aws:sagemaker:eu-west-1:123456789012:training-job/a",
      ],
    ],
    [
      "a transform job, which takes no role",
      task("arn:aws:states:::sagemaker:createTransformJob.sync", { TransformJobName: "t" }),
      [
        `${RULE}StepFunctionsGetEventsForSageMakerTransformJobsRule`,
        "sagemaker:CreateTransformJob on arn:aws:sagemaker:eu-west-1:123456789012:transform-job/t",
        "sagemaker:DescribeTransformJob sagemaker:StopTransformJob on arn:aws:sagemaker:eu-west-1:123456789012:transform-job/t",
        "sagemaker:ListTags on *",
      ],
    ],
    [
      "an endpoint, which its configuration is part of",
      task("arn:aws:states:::sagemaker:createEndpoint", { EndpointName: "E", EndpointConfigName: "C" }),
      [
        "sagemaker:CreateEndpoint on arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/c arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e",
      ],
    ],
    [
      "an SDK call of a service that IAM calls otherwise",
      task("arn:aws:states:::aws-sdk:sagemakerruntime:invokeEndpoint", { EndpointName: "E" }),
      ["sagemaker:InvokeEndpoint on arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e"],
    ],
    [
      "a nested execution that is waited for",
      task("arn:aws:states:::states:startExecution.sync:2", {
        StateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:inner",
      }),
      [
        `${RULE}StepFunctionsGetEventsForStepFunctionsExecutionRule`,
        "states:DescribeExecution states:StopExecution on arn:aws:states:eu-west-1:123456789012:execution:inner:*",
        "states:StartExecution on arn:aws:states:eu-west-1:123456789012:stateMachine:inner",
      ],
    ],
    [
      "events for two buses",
      task("arn:aws:states:::events:putEvents", { Entries: [{ Source: "a" }, { EventBusName: "own" }] }),
      [
        "events:PutEvents on arn:aws:events:eu-west-1:123456789012:event-bus/default arn:aws:events:eu-west-1:123456789012:event-bus/own",
      ],
    ],
    [
      "an S3 call with an odd key",
      task("arn:aws:states:::aws-sdk:s3:headObject", { Bucket: "b", Key: "a*?.png" }),
      [`s3:GetObject on arn:aws:s3:::b/a$${"{*}"}$${"{?}"}.png`],
    ],
    [
      "another account's role, which does the work",
      one({ Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Credentials: { RoleArn: ROLE } }),
      [`sts:AssumeRole on ${ROLE}`],
    ],
  ])("for %s", (_name, definition, expected) => {
    expect(lines(definition)).toEqual(expected);
    expect(gaps(definition)).toEqual([]);
  });

  it("leaves out what only the execution knows, says so, and takes it from resources", () => {
    const dynamic = task("arn:aws:states:::sagemaker:createTrainingJob", {
      "TrainingJobName.$": "$.name",
      "RoleArn.$": "$.role",
    });
    expect(lines(dynamic)).toEqual([]);
    expect(gaps(dynamic)).toEqual([
      "RESOURCE_DYNAMIC /States/A/Parameters/TrainingJobName",
      "RESOURCE_DYNAMIC /States/A/Parameters/RoleArn",
    ]);
    const jobs = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/scones-*";
    const filled = { ...PLACE, resources: { A: [jobs, ROLE] } };
    expect(gaps(dynamic, filled)).toEqual([]);
    expect(lines(dynamic, filled)).toEqual([
      `iam:PassRole on ${ROLE} ${PASS_ROLE}`,
      `sagemaker:CreateTrainingJob on ${jobs}`,
    ]);
  });

  it.each([
    [{ Arguments: { FunctionName: "{% $states.input.f %}" } }, "RESOURCE_DYNAMIC /States/A/Arguments/FunctionName"],
    [{ Arguments: "{% $states.input %}" }, "RESOURCE_DYNAMIC /States/A/Arguments/FunctionName"],
    [{}, "RESOURCE_MISSING /States/A/Arguments/FunctionName"],
  ])("knows JSONata's expressions: %j", (fields, expected) => {
    const machine = { QueryLanguage: "JSONata" };
    const definition = one({ Type: "Task", Resource: "arn:aws:states:::lambda:invoke", ...fields }, machine);
    expect(gaps(definition)).toEqual([expected]);
    expect(lines(definition)).toEqual([]);
  });

  it("reports an integration that it does not know, and allows an SDK action on given resources", () => {
    const definition = task("arn:aws:states:::aws-sdk:kms:decrypt");
    expect(gaps(definition)).toEqual(["SERVICE_UNKNOWN /States/A/Resource"]);
    expect(lines(definition)).toEqual([]);
    const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
    expect(lines(definition, { resources: { A: [key] } })).toEqual([`kms:Decrypt on ${key}`]);
  });
});

describe("the policy of a map", () => {
  const processor = { StartAt: "P", States: { P: { Type: "Pass", End: true } } };
  const distributed = one({
    Type: "Map",
    ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, ...processor },
    ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "in", Prefix: "test/" } },
    ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "out", Prefix: "results" } },
  });

  it("lets a distributed one start itself, read its items and write its results", () => {
    expect(lines(distributed, { ...PLACE, stateMachineName: "batch" })).toEqual([
      "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject on arn:aws:s3:::out/results/*",
      's3:ListBucket on arn:aws:s3:::in if {"StringLike":{"s3:prefix":"test/*"}}',
      "states:DescribeExecution states:StopExecution on arn:aws:states:eu-west-1:123456789012:execution:batch:*",
      "states:StartExecution on arn:aws:states:eu-west-1:123456789012:stateMachine:batch",
    ]);
    expect(gaps(distributed)).toEqual(["STATE_MACHINE_NAME_MISSING /States/A"]);
  });

  it("takes nothing for one within the execution", () => {
    expect(lines(one({ Type: "Map", ItemProcessor: processor }))).toEqual([]);
  });
});

it("allows logs and traces only where asked", () => {
  const actions = (options: object) =>
    buildExecutionPolicy(one({ Type: "Pass" }), options).Statement.flatMap((s) => s.Action);
  expect(actions({})).toEqual([]);
  expect(actions({ logging: true })).toContain("logs:CreateLogDelivery");
  expect(actions({ tracing: true })).toContain("xray:PutTraceSegments");
  expect(() => actions({ region: "everywhere" })).toThrow(/region/);
});

const RESOURCES: Readonly<Record<string, RegExp>> = {
  "arn:aws:states:::lambda:invoke": /^lambda:InvokeFunction$/,
  "arn:aws:states:::sns:publish": /^sns:Publish$/,
  "arn:aws:states:::events:putEvents": /^events:PutEvents$/,
  "arn:aws:states:::aws-sdk:s3:getObject": /^s3:GetObject$/,
  "arn:aws:states:::sagemaker:createModel": /^(sagemaker:CreateModel|iam:PassRole)$/,
  "arn:aws:states:::sagemaker:createTransformJob.sync":
    /^(sagemaker:(Create|Describe|Stop)TransformJob|sagemaker:ListTags|events:(DescribeRule|PutRule|PutTargets))$/,
};

it("allows nothing that no state of the definition does, wherever the states stand", () => {
  const value = fc.constantFrom("name", "a/b", `$${"{Name}"}`, "x*");
  const fields = ["FunctionName", "TopicArn", "Bucket", "Key", "ModelName", "ExecutionRoleArn", "TransformJobName"];
  const leaf = fc
    .record({
      Resource: fc.constantFrom(...Object.keys(RESOURCES)),
      values: fc.array(value, { minLength: 7, maxLength: 7 }),
    })
    .map(({ Resource, values }) => ({
      Type: "Task",
      Resource,
      Parameters: { ...Object.fromEntries(fields.map((field, index) => [field, values[index]])), Entries: [{}] },
      End: true,
    }));
  const scope = (states: readonly object[]) => ({
    StartAt: "0",
    States: Object.fromEntries(states.map((state, index) => [String(index), state])),
  });
  const nested = fc
    .record({ outer: fc.array(leaf), inner: fc.array(leaf), item: fc.array(leaf) })
    .map(({ outer, inner, item }) => ({
      leaves: [...outer, ...inner, ...item],
      definition: scope([
        ...outer,
        { Type: "Parallel", Branches: [scope(inner)], End: true },
        { Type: "Map", ItemProcessor: scope(item), End: true },
      ]) as unknown as StateMachineDefinition,
    }));
  fc.assert(
    fc.property(nested, ({ leaves, definition }) => {
      const { Statement } = buildExecutionPolicy(definition, PLACE);
      const patterns = leaves.map(({ Resource }) => RESOURCES[Resource]);
      for (const { Action, Resource } of Statement) {
        for (const action of Action)
          expect(
            patterns.some((pattern) => pattern?.test(action)),
            action,
          ).toBe(true);
        if (!Action.includes("sagemaker:ListTags")) expect(Resource).not.toContain("*");
      }
      const allowed = Statement.flatMap(({ Action }) => Action);
      for (const pattern of patterns) expect(allowed.some((action) => pattern?.test(action))).toBe(true);
    }),
  );
});

describe("the policies of the roles", () => {
  it("let each function do its own work", () => {
    const policies = buildHandlerPolicies({
      ...PLACE,
      images: "s3://scones/test/",
      endpointName: "Scones-1",
      functions: { serialize: "s", classify: "c", filter: "f" },
    });
    const log = (name: string) => ({
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/${name}:*`],
    });
    const read = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::scones/test/*"] };
    const endpoint = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/scones-1";
    const ask = { Effect: "Allow", Action: ["sagemaker:InvokeEndpoint"], Resource: [endpoint] };
    expect(policies.serialize.Statement).toEqual([log("s"), read]);
    expect(policies.classify.Statement).toEqual([log("c"), read, ask]);
    expect(policies.filter.Statement).toEqual([log("f")]);
  });

  it("let a training job read its data and write its model, and nothing else in S3", () => {
    const { Statement } = buildTrainingRolePolicy({
      ...PLACE,
      partition: "aws-cn",
      data: ["s3://scones/train/", "s3://scones/train.lst"],
      output: "s3://models/scones/",
      imageRepositories: ["arn:aws-cn:ecr:cn-north-1:123456789012:repository/image-classification"],
    });
    const s3 = Statement.filter(({ Action }) => Action.some((action) => action.startsWith("s3:")));
    expect(s3.map(({ Action, Resource }) => `${Action.join(" ")} on ${Resource.join(" ")}`)).toEqual([
      "s3:AbortMultipartUpload s3:PutObject on arn:aws-cn:s3:::models/scones/*",
      "s3:GetObject on arn:aws-cn:s3:::scones/train.lst* arn:aws-cn:s3:::scones/train/*",
      "s3:ListBucket on arn:aws-cn:s3:::scones",
      "s3:ListBucket on arn:aws-cn:s3:::scones",
    ]);
    expect(Statement.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action)).toEqual([
      "cloudwatch:PutMetricData",
      "ecr:GetAuthorizationToken",
    ]);
  });
});

it("keeps the substitutions of CloudFormation whole, colons and all", () => {
  const variable = (name: string) => `\${${name}}`;
  const prefix = (service: string) =>
    ["arn", variable("AWS::Partition"), service, variable("AWS::Region"), variable("AWS::AccountId")].join(":");
  const arn = (name: string) => `${prefix("lambda")}:function:${name}`;
  const topicArn = `${prefix("sns")}:${variable("Topic.TopicName")}`;
  const definition = buildInferenceWorkflow({
    functions: { serialize: arn("serialize"), classify: arn("classify:live"), filter: arn(variable("Filter")) },
    onFailure: { type: "sns", topicArn },
    partition: variable("AWS::Partition") as "aws",
  });
  expect(checkDefinition(definition)).toEqual([]);
  const { Statement } = buildExecutionPolicy(definition, { region: "us-east-1", accountId: "123456789012" });
  const functions = [arn("serialize"), arn("classify:live"), arn(variable("Filter"))];
  const versions = [`${functions[0]}:*`, `${functions[2]}:*`];
  expect(Statement.flatMap(({ Resource }) => Resource).sort()).toEqual([...functions, ...versions, topicArn].sort());
});
