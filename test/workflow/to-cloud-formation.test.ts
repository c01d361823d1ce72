import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { createLocalAws } from "../../src/local/local-aws.js";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import type { CloudFormationOptions } from "../../src/workflow/cloudformation/template-options.js";
import type { CloudFormationTemplate } from "../../src/workflow/cloudformation/template-types.js";
import { toCloudFormation } from "../../src/workflow/cloudformation/to-cloud-formation.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import type { InputTransformer } from "../../src/workflow/machine/upload-event.js";
import { buildInferenceWorkflow } from "../../src/workflow/workflows/inference-workflow.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { matches, transform } from "./event-pattern.js";
import { actionsOf, lintTemplate, resolveTemplate } from "./lint-template.js";

const variable = (name: string) => `\${${name}}`;
const inference = (queryLanguage: "JSONPath" | "JSONata") =>
  buildInferenceWorkflow({
    functions: {
      serialize: variable("SerializeFunctionArn"),
      classify: variable("ClassifyFunctionArn"),
      filter: variable("FilterFunctionArn"),
    },
    queryLanguage,
    onFailure: { type: "sns", topicArn: variable("NoticeTopicArn") },
  });
const machineOf = (template: CloudFormationTemplate) => {
  const { DefinitionString, DefinitionSubstitutions } = template.Resources["StateMachine"]?.Properties ?? {};
  return {
    text: String(DefinitionString),
    substitutions: DefinitionSubstitutions as Readonly<Record<string, unknown>>,
  };
};

/** A distributed map over the stack's own bucket. */
const BATCH: StateMachineDefinition = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemReader: {
        Resource: "arn:aws:states:::s3:listObjectsV2",
        Parameters: { Bucket: variable("ImageBucketName"), Prefix: "uploads/" },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Classify",
        States: {
          Classify: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke",
            Parameters: { FunctionName: variable("ClassifyFunctionArn"), "Payload.$": "$" },
            TimeoutSeconds: 60,
            End: true,
          },
        },
      },
      End: true,
    },
  },
};

const anyOptions: fc.Arbitrary<CloudFormationOptions> = fc.record(
  {
    queryLanguage: fc.constantFrom("JSONPath" as const, "JSONata" as const),
    type: fc.constantFrom("STANDARD" as const, "EXPRESS" as const),
    bucket: fc.constantFrom("create" as const, "existing" as const),
    trigger: fc.oneof(
      fc.constant("off" as const),
      fc.record(
        {
          prefix: fc.string({ maxLength: 20 }),
          suffixes: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
    ),
    alarms: fc.constantFrom("on" as const, "off" as const),
    tracing: fc.boolean(),
    logLevel: fc.constantFrom("ALL" as const, "ERROR" as const, "FATAL" as const),
  },
  { requiredKeys: [] },
);

describe("toCloudFormation", () => {
  it("has nothing that cfn-lint or IAM would complain of, whatever the options", () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(lintTemplate(toCloudFormation(options))).toEqual([]);
      }),
    );
    expect(lintTemplate(toCloudFormation({ definition: BATCH }))).toEqual([]);
  });

  it.each(["JSONPath", "JSONata"] as const)(
    "holds exactly the definition that the library builds, in %s",
    (queryLanguage) => {
      const { text, substitutions } = machineOf(toCloudFormation({ queryLanguage }));
      expect(text).toBe(JSON.stringify(inference(queryLanguage)));
      expect(checkDefinition(text)).toEqual([]);
      expect(substitutions).toEqual({
        SerializeFunctionArn: { "Fn::Sub": variable("SerializeFunction.Arn") },
        ClassifyFunctionArn: { "Fn::Sub": variable("ClassifyFunction.Arn") },
        FilterFunctionArn: { "Fn::Sub": variable("FilterFunction.Arn") },
        NoticeTopicArn: { "Fn::Sub": variable("NoticeTopic") },
      });
    },
  );

  it("gives each role what it needs, and nothing else", () => {
    const template = toCloudFormation({ tracing: false });
    const roles = Object.entries(template.Resources).flatMap(([id, { Type }]) =>
      Type === "AWS::IAM::Role" ? [id] : [],
    );
    expect(
      Object.fromEntries(
        roles.map((id) => [
          id,
          actionsOf(template, id).filter((action) => !/^logs:.*(Deliver|Resource|Groups)/.test(action)),
        ]),
      ),
    ).toEqual({
      SerializeRole: ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject"],
      ClassifyRole: ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", "sagemaker:InvokeEndpoint"],
      FilterRole: ["logs:CreateLogStream", "logs:PutLogEvents"],
      StateMachineRole: ["lambda:InvokeFunction", "sns:Publish"],
      UploadRole: ["states:StartExecution"],
    });
    expect(
      actionsOf(toCloudFormation({ definition: BATCH, tracing: false }), "StateMachineRole").filter(
        (action) => !action.startsWith("logs:"),
      ),
    ).toEqual([
      "lambda:InvokeFunction",
      "s3:ListBucket",
      "states:DescribeExecution",
      "states:StartExecution",
      "states:StopExecution",
    ]);
  });

  it("names the rule, the queue and the role for uploads only where there is a trigger", () => {
    const ids = Object.keys(toCloudFormation({ trigger: "off", alarms: "off", bucket: "existing" }).Resources);
    expect(ids.filter((id) => /Upload|Alarm|Bucket/.test(id))).toEqual([]);
  });

  it("refuses a definition with an error, a name without a value, and rights that nobody can know", () => {
    const task = (fields: object) =>
      ({
        StartAt: "T",
        States: { T: { Type: "Task", TimeoutSeconds: 1, End: true, ...fields } },
      }) as unknown as StateMachineDefinition;
    const invoke = (FunctionName: string) =>
      task({ Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName } });
    expect(() => toCloudFormation({ definition: { StartAt: "X", States: {} } })).toThrow(
      /at \/States: There is no state/,
    );
    expect(() => toCloudFormation({ definition: invoke(variable("Other")) })).toThrow(/has no value for \$\{Other\}/);
    const given = toCloudFormation({
      definition: invoke(variable("Other")),
      substitutions: { Other: `arn:aws:lambda:${variable("AWS::Region")}:1:function:x` },
    });
    expect(lintTemplate(given)).toEqual([]);
    const dynamic = task({
      Resource: "arn:aws:states:::sns:publish",
      Parameters: { "TopicArn.$": "$.topic", Message: "x" },
    });
    expect(() => toCloudFormation({ definition: dynamic })).toThrow(/resources: at \/States\/T\/Parameters\/TopicArn/);
    const place = `${variable("AWS::Region")}:${variable("AWS::AccountId")}`;
    const resources = { T: [`arn:${variable("AWS::Partition")}:sns:${place}:known`] };
    const template = toCloudFormation({ definition: dynamic, resources });
    expect(lintTemplate(template)).toEqual([]);
    expect(JSON.stringify(template.Resources["StateMachineRole"])).toContain(
      JSON.stringify({ Action: ["sns:Publish"], Resource: [{ "Fn::Sub": resources.T[0] }] }).slice(1, -1),
    );
    const train = task({
      Resource: "arn:aws:states:::sagemaker:createModel",
      Parameters: { "ModelName.$": "$.name", ExecutionRoleArn: ROLE_ARN },
    });
    expect(() => toCloudFormation({ definition: train })).toThrow(/ModelName is known only when.*\} *\. Correct them/);
    const models = `arn:aws:sagemaker:${place}:model/scones-*`;
    const trained = toCloudFormation({ definition: train, resources: { T: [models] } });
    expect(JSON.stringify(trained.Resources["StateMachineRole"])).toContain(JSON.stringify({ "Fn::Sub": models }));
  });

  it.each([
    [{ logRetentionDays: 31 }, /logRetentionDays: must be one of 1, 3, 5/],
    [{ memoryMb: 64 }, /memoryMb/],
    [{ trigger: { suffixes: [""] } }, /trigger.suffixes\[0\]/],
    [{ substitutions: { "not-a-name": "x" } }, /substitutions/],
    [{ bucket: "mine" }, /bucket/],
  ])("refuses %j", (options, message) => {
    expect(() => toCloudFormation(options as CloudFormationOptions)).toThrow(message);
  });

  it("is new on every call", () => {
    const template = toCloudFormation();
    (template.Resources as Record<string, unknown>)["StateMachine"] = undefined;
    expect(toCloudFormation().Resources["StateMachine"]).toBeDefined();
  });
});

describe("a stack of the template, filled in and run on the local AWS", () => {
  it.each(["JSONPath", "JSONata"] as const)(
    "answers an upload, and sends a notice when the answer is not sure, in %s",
    async (queryLanguage) => {
      await using local = await createLocalAws({ clock: "virtual" });
      const handler = (changes: object) => (event: unknown) => ({
        statusCode: 200,
        body: { ...(event as object), ...changes },
      });
      const topic = "arn:aws:sns:us-east-1:000000000000:notices";
      let inferences = [0.9, 0.1];
      const values = {
        "SerializeFunction.Arn": local.registerFunction("serialize", handler({ image_data: "aW1hZ2U=" })),
        "ClassifyFunction.Arn": local.registerFunction("classify", (event) => handler({ inferences })(event)),
        "FilterFunction.Arn": local.registerFunction("filter", createFilterHandler({ threshold: 0.7 })),
        NoticeTopic: topic,
        ImageBucket: "scones",
      };
      const template = toCloudFormation({ queryLanguage });
      const { text, substitutions } = machineOf(template);
      const names = resolveTemplate(substitutions, values) as Readonly<Record<string, string>>;
      const definition = text.replace(/\$\{(\w+)\}/g, (_whole, name: string) => names[name] ?? "?");
      const { clients } = local;
      const { stateMachineArn } = await deployStateMachine({ name: "stack", definition, roleArn: ROLE_ARN, clients });

      const { EventPattern, Targets } = template.Resources["UploadRule"]?.Properties ?? {};
      const event = {
        source: "aws.s3",
        "detail-type": "Object Created",
        detail: { bucket: { name: "scones" }, object: { key: "uploads/a.png", size: 2000 } },
      };
      expect(matches(resolveTemplate(EventPattern, values), event)).toBe(true);
      const [target] = Targets as readonly { readonly InputTransformer: InputTransformer }[];
      if (target === undefined) throw new Error("the rule has no target");
      const input = transform(target.InputTransformer, event);
      const run = () => runExecution({ stateMachineArn, input, clients, pollIntervalMs: 1 });
      expect((await run()).output).toMatchObject({ s3_key: "uploads/a.png", inferences: [0.9, 0.1] });
      inferences = [0.6, 0.4];
      await expect(run()).rejects.toMatchObject({ details: { error: "THRESHOLD_CONFIDENCE_NOT_MET" } });
      expect(local.publishedMessages()).toMatchObject([{ topicArn: topic }]);
    },
  );
});

describe("the structural tests themselves", () => {
  const change = (edit: (resources: Record<string, { Type: string; Properties: Record<string, unknown> }>) => void) => {
    const template = structuredClone(toCloudFormation());
    edit(template.Resources as never);
    return lintTemplate(template);
  };
  const propertiesOf = (resources: Record<string, { Properties: Record<string, unknown> }>, id: string) =>
    resources[id]?.Properties ?? {};

  it.each<[string, Parameters<typeof change>[0], RegExp]>([
    ["a reference to nothing", (all) => delete all["NoticeTopic"], /NoticeTopic does not resolve/],
    [
      "an attribute that there is not",
      (all) => (propertiesOf(all, "SerializeFunction")["Role"] = { "Fn::GetAtt": ["SerializeRole", "Name"] }),
      /SerializeRole has no attribute Name/,
    ],
    [
      "a variable that there is not",
      (all) => (propertiesOf(all, "UploadRule")["Name"] = { "Fn::Sub": variable("Nobody") }),
      /UploadRule: Nobody does not resolve/,
    ],
    [
      "a missing property",
      (all) => delete propertiesOf(all, "SerializeFunction")["Code"],
      /SerializeFunction: lacks Code/,
    ],
    [
      "a misspelt property",
      (all) => (propertiesOf(all, "StateMachine")["Definitionstring"] = ""),
      /has no property Definitionstring/,
    ],
    [
      "a name with a hyphen",
      (all) => (all["Notice-Topic"] = { Type: "AWS::SNS::Topic", Properties: {} }),
      /is not alphanumeric/,
    ],
    [
      "a cycle",
      (all) => (propertiesOf(all, "SerializeRole")["Description"] = { Ref: "SerializeFunction" }),
      /is a cycle/,
    ],
    [
      "rights on everything",
      (all) =>
        (propertiesOf(all, "FilterRole")["Policies"] = [
          { PolicyName: "p", PolicyDocument: { Statement: [{ Action: ["s3:GetObject"], Resource: ["*"] }] } },
        ]),
      /allows s3:GetObject on everything/,
    ],
    [
      "a wildcard action",
      (all) =>
        (propertiesOf(all, "FilterRole")["Policies"] = [
          { PolicyName: "p", PolicyDocument: { Statement: [{ Action: "s3:*", Resource: "arn:aws:s3:::b" }] } },
        ]),
      /s3:\* is no single action/,
    ],
    [
      "a parameter without use",
      (all) => (propertiesOf(all, "SerializeFunction")["Code"] = { S3Bucket: { Ref: "CodeBucket" }, S3Key: "k" }),
      /SerializeKey: is never used/,
    ],
  ])("find %s", (_what, edit, message) => {
    expect(change(edit).join("\n")).toMatch(message);
  });
});
