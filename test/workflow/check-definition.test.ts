import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import { sharedData } from "../helpers/shared-data.js";
import { READY } from "./ready-workflows.js";

const PASS = { Type: "Pass", End: true };
const TASK = {
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: "f", "Payload.$": "$" },
  OutputPath: "$.Payload",
  End: true,
};
const JSONATA_TASK = {
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: "f", Payload: "{% $states.input %}" },
  Output: "{% $states.result.Payload %}",
  End: true,
};

/** A machine of one state; a test states only what differs. */
const one = (state: object, machine: object = {}) => ({ StartAt: "A", States: { A: state }, ...machine });
/** A machine of a state and a second one that it leads to. */
const two = (state: object, machine: object = {}) => ({ StartAt: "A", States: { A: state, B: PASS }, ...machine });
/** A choice of one rule. */
const choice = (rule: unknown, QueryLanguage = "JSONPath") =>
  two({ Type: "Choice", Choices: [rule], Default: "B" }, { QueryLanguage });
const found = (definition: unknown) => checkDefinition(definition).map(({ code, path }) => `${code} ${path}`);

describe("checkDefinition accepts", () => {
  it.each<[string, object?]>([
    ["arn:aws:states:us-east-1:123456789012:activity:paint"],
    [
      "arn:aws:states:::sagemaker:createTrainingJob.sync",
      { "TrainingJobName.$": "$.n", RoleArn: "r", OutputDataConfig: {}, StoppingCondition: {} },
    ],
    ["arn:aws:states:::sagemaker:createEndpoint", { EndpointName: "e", EndpointConfigName: "c" }],
    ["arn:aws:states:::states:startExecution.sync:2", { StateMachineArn: "m", "Input.$": "$" }],
    ["arn:aws:states:::sns:publish.waitForTaskToken", { TopicArn: "t", Message: "m" }],
    ["arn:aws:states:::lambda:invoke.waitForTaskToken"],
    ["arn:aws:states:::aws-sdk:sagemakerruntime:invokeEndpoint", { EndpointName: "e", "Body.$": "$" }],
    ["arn:aws:states:::aws-sdk:sagemaker:listModels", { MaxResults: 3 }],
  ])("a task with the resource %s", (Resource, Parameters = TASK.Parameters) => {
    const limits = { HeartbeatSeconds: 10, TimeoutSeconds: 60 };
    expect(found(one({ ...TASK, Resource, Parameters, ...limits, OutputPath: "$.a" }))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["a single state", one(PASS)],
    ["JSON text", JSON.stringify(one(TASK))],
    ["a JSONata state in a JSONPath machine", one({ ...JSONATA_TASK, QueryLanguage: "JSONata" })],
    [
      "choices in JSONPath",
      two({
        Type: "Choice",
        Choices: [
          { And: [{ Variable: "$.a", IsPresent: true }, { Not: { Variable: "$.a", NumericLessThan: 1 } }], Next: "B" },
          { Variable: "$.t", TimestampLessThanPath: "$.u", Next: "B" },
          { Variable: "$.s", StringMatches: "test/*.png", Next: "B" },
        ],
        Default: "B",
      }),
    ],
    [
      "choices in JSONata",
      two(
        { Type: "Choice", Choices: [{ Condition: "{% $states.input.a[0] < 3 %}", Next: "B" }], Default: "B" },
        { QueryLanguage: "JSONata" },
      ),
    ],
    [
      "a wait loop",
      {
        StartAt: "Wait",
        States: {
          Wait: { Type: "Wait", Seconds: 30, Next: "Ask" },
          Ask: {
            Type: "Task",
            Resource: "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint",
            Parameters: { "EndpointName.$": "$.name" },
            Next: "Done?",
          },
          "Done?": {
            Type: "Choice",
            Choices: [{ Variable: "$.EndpointStatus", StringEquals: "InService", Next: "Yes" }],
            Default: "Wait",
          },
          Yes: { Type: "Succeed" },
        },
      },
    ],
    [
      "a distributed map",
      one({
        Type: "Map",
        ItemReader: {
          Resource: "arn:aws:states:::s3:listObjectsV2",
          Parameters: { Bucket: "b", "Prefix.$": "$.prefix" },
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
          StartAt: "C",
          States: { C: TASK },
        },
        ToleratedFailurePercentage: 5,
        End: true,
      }),
    ],
    [
      "intrinsic functions and the context object",
      one({
        Type: "Pass",
        Parameters: { "text.$": "States.Format('{} of \\'{}\\'', $.a, $$.Execution.Id)", "all.$": "$..b[?(@.c > 1)]" },
        ResultPath: "$.x['y z'][0]",
        End: true,
      }),
    ],
    [
      "a JSONata expression with a division, a quote and a regular expression",
      one({
        Type: "Pass",
        QueryLanguage: "JSONata",
        Output: "{% { 'a': ($states.input.x/2)/(3), \"b\": $match('it', /[(\"]/) } %}",
        End: true,
      }),
    ],
    ["a fixed result that looks like a path", one({ Type: "Pass", Result: { "a.$": "plain" }, End: true })],
    [
      "comments and made-up arguments in JSONata",
      one({ ...JSONATA_TASK, Arguments: "{% $states.input /* :-( */ %}" }, { QueryLanguage: "JSONata" }),
    ],
    ["CloudFormation substitutions", one({ ...TASK, Resource: ["$", "{FunctionArn}"].join("") })],
  ])("%s", (_name, definition) => {
    expect(checkDefinition(definition)).toEqual([]);
  });
});

describe("checkDefinition finds", () => {
  it.each<[string, unknown, readonly string[]]>([
    ["text that is not JSON", "{", ["DEFINITION_INVALID "]],
    ["nothing", undefined, ["DEFINITION_INVALID "]],
    ["a list", [], ["DEFINITION_INVALID "]],
    ["no states", { StartAt: "A" }, ["STATES_MISSING /States"]],
    ["a wrong start", one(PASS, { StartAt: "B" }), ["START_AT_INVALID /StartAt"]],
    ["no start", one(PASS, { StartAt: undefined }), ["START_AT_INVALID /StartAt"]],
    ["an unknown field of the machine", one(PASS, { Name: "x" }), ["FIELD_UNKNOWN /Name"]],
    ["an unknown version", one(PASS, { Version: "2" }), ["FIELD_INVALID /Version"]],
    ["a time limit that is no number", one(PASS, { TimeoutSeconds: "1" }), ["NUMBER_INVALID /TimeoutSeconds"]],
    ["an unknown query language", one(PASS, { QueryLanguage: "jq" }), ["QUERY_LANGUAGE_INVALID /QueryLanguage"]],
    [
      "JSONPath inside JSONata",
      one({ ...PASS, QueryLanguage: "JSONPath" }, { QueryLanguage: "JSONata" }),
      ["QUERY_LANGUAGE_INVALID /States/A/QueryLanguage"],
    ],
    ["an unknown type", one({ Type: "Loop", End: true }), ["STATE_TYPE_UNKNOWN /States/A/Type"]],
    ["a state that is no object", { StartAt: "A", States: { A: PASS, B: 1 } }, ["FIELD_INVALID /States/B"]],
    [
      "a name that is too long",
      { StartAt: "n".repeat(81), States: { ["n".repeat(81)]: PASS } },
      [`STATE_NAME_INVALID /States/${"n".repeat(81)}`],
    ],
    [
      "an unknown target",
      one({ Type: "Pass", Next: "C" }),
      ["TARGET_UNKNOWN /States/A/Next", "TERMINAL_STATE_MISSING /States"],
    ],
    ["an unreachable state", { StartAt: "A", States: { A: PASS, "b/~": PASS } }, ["STATE_UNREACHABLE /States/b~1~0"]],
    [
      "a loop without an end",
      { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", Next: "A" } } },
      ["TERMINAL_STATE_MISSING /States"],
    ],
    ["Next and End", two({ Type: "Pass", Next: "B", End: true }), ["NEXT_AND_END /States/A"]],
    [
      "neither Next nor End",
      one({ Type: "Pass" }),
      ["NEXT_MISSING /States/A", "TERMINAL_STATE_MISSING /States"].reverse(),
    ],
    ["an End that is no boolean", two({ Type: "Pass", Next: "B", End: "yes" }), ["FIELD_INVALID /States/A/End"]],
    ["a field of another type of state", one({ ...PASS, Resource: "x" }), ["FIELD_UNKNOWN /States/A/Resource"]],
    ["End on a Succeed", one({ Type: "Succeed", End: true }), ["FIELD_UNKNOWN /States/A/End"]],
    ["a JSONata field in JSONPath", one({ ...PASS, Output: 1 }), ["FIELD_OF_OTHER_QUERY_LANGUAGE /States/A/Output"]],
    [
      "a JSONPath field in JSONata",
      one({ ...JSONATA_TASK, ResultPath: "$.x" }, { QueryLanguage: "JSONata" }),
      ["FIELD_OF_OTHER_QUERY_LANGUAGE /States/A/ResultPath"],
    ],
    ["a task without a resource", one({ Type: "Task", End: true }), ["FIELD_MISSING /States/A/Resource"]],
    [
      "a resource that is no ARN",
      one({ Type: "Task", Resource: "f", End: true }),
      ["FIELD_INVALID /States/A/Resource"],
    ],
    [
      "a heartbeat above the time limit",
      one({ ...TASK, TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      ["NUMBER_INVALID /States/A/HeartbeatSeconds"],
    ],
    ["a time limit of zero", one({ ...TASK, TimeoutSeconds: 0 }), ["NUMBER_INVALID /States/A/TimeoutSeconds"]],
    [
      "two time limits",
      one({ ...TASK, TimeoutSeconds: 1, TimeoutSecondsPath: "$.t" }),
      ["FIELD_CONFLICT /States/A/TimeoutSecondsPath"],
    ],
    [
      "a token that may never come",
      one({ ...TASK, Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" }),
      ["TIMEOUT_MISSING /States/A"],
    ],
    ["a wait without a duration", one({ Type: "Wait", End: true }), ["FIELD_MISSING /States/A"]],
    [
      "a wait with two durations",
      one({ Type: "Wait", Seconds: 1, Timestamp: "2026-11-24T00:00:00Z", End: true }),
      ["FIELD_CONFLICT /States/A"],
    ],
    [
      "a time that is none",
      one({ Type: "Wait", Timestamp: "tomorrow", End: true }),
      ["FIELD_INVALID /States/A/Timestamp"],
    ],
    [
      "Error beside ErrorPath",
      one({ Type: "Fail", Error: "x", ErrorPath: "$.e" }),
      ["FIELD_CONFLICT /States/A/ErrorPath"],
    ],
    [
      "a parallel without branches",
      one({ Type: "Parallel", Branches: [], End: true }),
      ["BRANCHES_MISSING /States/A/Branches"],
    ],
    [
      "a branch that is broken",
      one({ Type: "Parallel", Branches: [{ StartAt: "C", States: {} }], End: true }),
      ["STATES_MISSING /States/A/Branches/0/States"],
    ],
    ["a map without a processor", one({ Type: "Map", End: true }), ["FIELD_MISSING /States/A/ItemProcessor"]],
    [
      "a distributed field in an inline map",
      one({
        Type: "Map",
        ItemProcessor: one({ Type: "Succeed" }, { StartAt: "C", States: { C: PASS } }),
        Label: "x",
        End: true,
      }),
      ["MAP_MODE_MISMATCH /States/A/Label"],
    ],
    [
      "a name that is taken in a branch",
      one({ Type: "Parallel", Branches: [one(PASS)], End: true }),
      ["STATE_NAME_DUPLICATE /States/A/Branches/0/States/A"],
    ],
    ["a Retry that is no list", one({ ...TASK, Retry: {} }), ["RETRY_INVALID /States/A/Retry"]],
    [
      "a retrier without errors",
      one({ ...TASK, Retry: [{ ErrorEquals: [] }] }),
      ["ERROR_EQUALS_INVALID /States/A/Retry/0/ErrorEquals"],
    ],
    [
      "numbers of a retrier",
      one({ ...TASK, Retry: [{ ErrorEquals: ["x"], IntervalSeconds: 0, MaxAttempts: -1, BackoffRate: 0.5 }] }),
      ["IntervalSeconds", "MaxAttempts", "BackoffRate"].map((field) => `NUMBER_INVALID /States/A/Retry/0/${field}`),
    ],
    [
      "a longest pause below the first",
      one({ ...TASK, Retry: [{ ErrorEquals: ["x"], IntervalSeconds: 9, MaxDelaySeconds: 9 }] }),
      ["NUMBER_INVALID /States/A/Retry/0/MaxDelaySeconds"],
    ],
    [
      "an unknown jitter",
      one({ ...TASK, Retry: [{ ErrorEquals: ["x"], JitterStrategy: "SOME" }] }),
      ["RETRY_INVALID /States/A/Retry/0/JitterStrategy"],
    ],
    [
      "a retry of everything",
      one({ ...TASK, Retry: [{ ErrorEquals: ["States.ALL"] }] }),
      ["RETRY_TOO_BROAD /States/A/Retry/0/ErrorEquals"],
    ],
    [
      "States.ALL beside others and not last",
      two({
        ...TASK,
        End: undefined,
        Next: "B",
        Catch: [
          { ErrorEquals: ["States.ALL", "x"], Next: "B" },
          { ErrorEquals: ["States.DataLimitExceeded"], Next: "B" },
        ],
      }),
      ["STATES_ALL_NOT_ALONE /States/A/Catch/0/ErrorEquals", "STATES_ALL_NOT_LAST /States/A/Catch/0/ErrorEquals"],
    ],
    [
      "a misspelt error",
      one({ ...TASK, Retry: [{ ErrorEquals: ["States.Timeouts"] }] }),
      ["ERROR_NAME_UNKNOWN /States/A/Retry/0/ErrorEquals"],
    ],
    [
      "a Catch that misses what is too large",
      two({ ...TASK, Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }] }),
      ["CATCH_INCOMPLETE /States/A/Catch"],
    ],
    [
      "a catcher that leads nowhere",
      one({ ...TASK, Catch: [{ ErrorEquals: ["x"] }] }),
      ["CATCH_INVALID /States/A/Catch/0/Next"],
    ],
    [
      "a catcher of the other language",
      two({ ...TASK, Catch: [{ ErrorEquals: ["x"], Output: 1, Next: "B" }] }),
      ["FIELD_OF_OTHER_QUERY_LANGUAGE /States/A/Catch/0/Output"],
    ],
    [
      "a choice without rules",
      one({ Type: "Choice", Choices: [] }),
      ["TERMINAL_STATE_MISSING /States", "FIELD_MISSING /States/A/Choices"],
    ],
    [
      "a choice without a default",
      two({ Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "B" }] }),
      ["CHOICE_DEFAULT_MISSING /States/A"],
    ],
    [
      "a rule with two operators",
      two({ Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, StringEquals: "x", Next: "B" }], Default: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0"],
    ],
    [
      "a rule with a wrong operand",
      two({ Type: "Choice", Choices: [{ Variable: "$.a", NumericLessThan: "1", Next: "B" }], Default: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/NumericLessThan"],
    ],
    [
      "a rule that leads nowhere",
      two({ Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true }], Default: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0"],
    ],
    [
      "Next in a nested rule",
      two({
        Type: "Choice",
        Choices: [{ Not: { Variable: "$.a", IsNull: true, Next: "B" }, Next: "B" }],
        Default: "B",
      }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/Not"],
    ],
    [
      "an operator in a JSONata rule",
      two(
        { Type: "Choice", Choices: [{ Condition: true, Variable: "$.a", Next: "B" }], Default: "B" },
        { QueryLanguage: "JSONata" },
      ),
      ["FIELD_OF_OTHER_QUERY_LANGUAGE /States/A/Choices/0/Variable"],
    ],
    [
      "a condition that is only text",
      two({ Type: "Choice", Choices: [{ Condition: "a < 3", Next: "B" }], Default: "B" }, { QueryLanguage: "JSONata" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/Condition"],
    ],
    ["a path that is none", one({ ...PASS, InputPath: "a.b" }), ["PATH_INVALID /States/A/InputPath"]],
    [
      "a path with open brackets",
      one({ ...PASS, Parameters: { "a.$": "$.b[0" } }),
      ["PATH_INVALID /States/A/Parameters/a.$"],
    ],
    [
      "a ResultPath that may match several places",
      one({ ...PASS, ResultPath: "$.a[*]" }),
      ["PATH_INVALID /States/A/ResultPath"],
    ],
    [
      "a path that is a number",
      one({ ...PASS, Parameters: { b: [{ "a.$": 1 }] } }),
      ["PATH_INVALID /States/A/Parameters/b/0/a.$"],
    ],
    [
      "an expression in JSONPath",
      one({ ...PASS, Parameters: { a: "{% 1 %}" } }),
      ["EXPRESSION_INVALID /States/A/Parameters/a"],
    ],
    [
      "an expression without an end",
      one({ ...PASS, QueryLanguage: "JSONata", Output: "{% 1" }),
      ["EXPRESSION_INVALID /States/A/Output"],
    ],
    [
      "an expression with an open bracket",
      one({ ...PASS, QueryLanguage: "JSONata", Output: { a: ["{% $sum([1, 2] %}"] } }),
      ["EXPRESSION_INVALID /States/A/Output/a/0"],
    ],
    [
      "a Lambda task without a function",
      one({ ...TASK, Parameters: { "Payload.$": "$" } }),
      ["LAMBDA_FUNCTION_MISSING /States/A/Parameters"],
    ],
    [
      "a Lambda task without a payload",
      one({ ...TASK, Parameters: { FunctionName: "f" } }),
      ["LAMBDA_PAYLOAD_MISSING /States/A/Parameters"],
    ],
    [
      "a Lambda task that hands on the wrapper",
      one({ ...TASK, OutputPath: undefined }),
      ["LAMBDA_RESULT_WRAPPED /States/A"],
    ],
    [
      "a nested rule that is no object",
      choice({ And: [1], Next: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/And/0"],
    ],
    ["a rule that is no object", choice(1), ["CHOICE_RULE_INVALID /States/A/Choices/0"]],
    ["an empty Or", choice({ Or: [], Next: "B" }), ["CHOICE_RULE_INVALID /States/A/Choices/0/Or"]],
    [
      "an unknown operator",
      choice({ Variable: "$.a", StringContains: "x", Next: "B" }),
      ["FIELD_UNKNOWN /States/A/Choices/0/StringContains"],
    ],
    [
      "a Condition in JSONPath",
      choice({ Condition: true, Next: "B" }),
      ["FIELD_OF_OTHER_QUERY_LANGUAGE /States/A/Choices/0/Condition"],
    ],
    [
      "a Variable that is no path",
      choice({ Variable: "a", IsNull: true, Next: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/Variable"],
    ],
    [
      "a time to compare with that is none",
      choice({ Variable: "$.a", TimestampEquals: "now", Next: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/TimestampEquals"],
    ],
    [
      "a path to compare with that is none",
      choice({ Variable: "$.a", NumericEqualsPath: 1, Next: "B" }),
      ["CHOICE_RULE_INVALID /States/A/Choices/0/NumericEqualsPath"],
    ],
    [
      "an unknown field of a JSONata rule",
      choice({ Condition: true, If: 1, Next: "B" }, "JSONata"),
      ["FIELD_UNKNOWN /States/A/Choices/0/If"],
    ],
    [
      "an unknown mode of a map",
      one({
        Type: "Map",
        ItemProcessor: { ProcessorConfig: { Mode: "FAST" }, StartAt: "C", States: { C: PASS } },
        End: true,
      }),
      ["FIELD_INVALID /States/A/ItemProcessor/ProcessorConfig/Mode"],
    ],
    [
      "a distributed map that does not say how",
      one({
        Type: "Map",
        Iterator: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "C", States: { C: PASS } },
        End: true,
      }),
      ["FIELD_MISSING /States/A/Iterator/ProcessorConfig/ExecutionType"],
    ],
    [
      "a branch that is no object",
      one({ Type: "Parallel", Branches: [1], End: true }),
      ["BRANCHES_MISSING /States/A/Branches/0"],
    ],
    [
      "an entry of Retry that is no object",
      one({ ...TASK, Retry: ["States.ALL"] }),
      ["RETRY_INVALID /States/A/Retry/0"],
    ],
    [
      "a Lambda task in JSONata without a payload",
      one({ ...JSONATA_TASK, Arguments: { FunctionName: "f" } }, { QueryLanguage: "JSONata" }),
      ["LAMBDA_PAYLOAD_MISSING /States/A/Arguments"],
    ],
    [
      "a Lambda task in JSONata that hands on the wrapper",
      one({ ...JSONATA_TASK, Output: undefined }, { QueryLanguage: "JSONata" }),
      ["LAMBDA_RESULT_WRAPPED /States/A"],
    ],
    [
      "an open comment in an expression",
      one({ ...PASS, QueryLanguage: "JSONata", Output: "{% 1 /* no end %}" }),
      ["EXPRESSION_INVALID /States/A/Output"],
    ],
    [
      "a call without what it needs, and with what it has not",
      one({ ...TASK, Resource: "arn:aws:states:::sns:publish", Parameters: { Message: "m", Topic: "t" } }),
      ["PARAMETER_MISSING /States/A/Parameters", "PARAMETER_UNKNOWN /States/A/Parameters/Topic"],
    ],
    [
      "a parameter that is not in PascalCase",
      one({
        ...TASK,
        Resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
        Parameters: { "executionArn.$": "$" },
      }),
      ["PARAMETER_UNKNOWN /States/A/Parameters/executionArn.$"],
    ],
    ...["sagemaker:createEndpoint.sync", "sagemaker:describeEndpoint", "aws-sdk:sagemaker:DescribeEndpoint"].map(
      (resource): [string, unknown, readonly string[]] => [
        `the integration ${resource}, which there is not`,
        one({
          ...TASK,
          Resource: `arn:aws:states:::${resource}`,
          Parameters: { EndpointName: "e", EndpointConfigName: "c" },
        }),
        ["RESOURCE_UNKNOWN /States/A/Resource"],
      ],
    ),
    [
      "a call by aws-sdk: that waits for a job",
      one({
        ...TASK,
        Resource: "arn:aws:states:::aws-sdk:sagemaker:createModel.sync",
        Parameters: { ModelName: "m" },
      }),
      ["RESOURCE_UNKNOWN /States/A/Resource"],
    ],
    ["an empty name", { StartAt: "", States: { "": PASS } }, ["STATE_NAME_INVALID /States/"]],
    ["a definition that is too large", one({ ...PASS, Comment: "x".repeat(1_048_576) }), ["DEFINITION_TOO_LARGE "]],
  ])("%s", (_name, definition, expected) => {
    const issues = found(definition);
    expect(issues).toEqual(expect.arrayContaining([...expected]));
    // A broken part may bring a second finding with it, but never a crowd.
    expect(issues.length).toBeLessThanOrEqual(expected.length + 1);
  });

  it("says for each finding what to do", () => {
    for (const issue of checkDefinition(one({ ...TASK, Retry: [{}], Next: "x", Foo: 1 }))) {
      expect(issue.message).toMatch(/\.$/);
      expect(issue.remedy).toMatch(/\.$/);
      expect(["error", "warning"]).toContain(issue.severity);
    }
  });
});

describe("checkDefinition for an Express machine", () => {
  const express = (definition: unknown) =>
    checkDefinition(definition, { type: "EXPRESS" }).map(({ code, path }) => `${code} ${path}`);

  it("finds what waits for a job, a token or a worker, distributed maps, and more than five minutes", () => {
    const sync = one({
      ...TASK,
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      Parameters: { StateMachineArn: "m" },
    });
    expect(express(sync)).toEqual(["EXPRESS_UNSUPPORTED /States/A/Resource"]);
    const activity = one({ ...TASK, Resource: "arn:aws:states:us-east-1:123456789012:activity:paint" });
    expect(express(activity)).toEqual(["EXPRESS_UNSUPPORTED /States/A/Resource"]);
    const ProcessorConfig = { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" };
    const map = one({ Type: "Map", ItemProcessor: { ProcessorConfig, StartAt: "C", States: { C: PASS } }, End: true });
    expect(express(map)).toEqual(["EXPRESS_UNSUPPORTED /States/A/ItemProcessor/ProcessorConfig/Mode"]);
    expect(express(one(TASK, { TimeoutSeconds: 301 }))).toEqual(["EXPRESS_UNSUPPORTED /TimeoutSeconds"]);
    expect(express(one(TASK, { TimeoutSeconds: 300 }))).toEqual([]);
    expect(checkDefinition(sync)).toEqual([]);
  });
});

describe("checkDefinition survives", () => {
  it("every ready workflow with any of its values replaced, and changes none", () => {
    const definitions = Object.values(READY).flatMap((build) => [build("JSONPath"), build("JSONata")]);
    fc.assert(
      fc.property(
        fc.constantFrom(...definitions),
        fc.nat(),
        fc.oneof(fc.jsonValue(), fc.constantFrom("{%", "$.", "$..", "States.Format(", "arn:aws:states:::", "")),
        (definition, position, value) => {
          const copy = structuredClone(definition) as unknown as Record<string, unknown>;
          const places: (readonly [Record<string, unknown>, string])[] = [];
          const open: unknown[] = [copy];
          for (const each of open) {
            if (typeof each !== "object" || each === null) continue;
            for (const key of Object.keys(each)) {
              places.push([each as Record<string, unknown>, key]);
              open.push((each as Record<string, unknown>)[key]);
            }
          }
          const [holder, key] = places[position % places.length] ?? [copy, "StartAt"];
          holder[key] = value;
          const before = JSON.stringify(copy);
          for (const issue of checkDefinition(copy, { type: "EXPRESS" })) {
            expect(issue.path).toMatch(/^(\/|$)/);
            expect(issue.remedy).not.toBe("");
          }
          expect(JSON.stringify(copy)).toBe(before);
        },
      ),
      { numRuns: 300 },
    );
  });

  const keys = fc.constantFrom(
    "StartAt",
    "States",
    "Type",
    "Next",
    "End",
    "Retry",
    "Catch",
    "Choices",
    "Branches",
    "ItemProcessor",
    "ErrorEquals",
    "And",
    "Not",
    "Variable",
    "Parameters",
    "a.$",
    "QueryLanguage",
    "ResultPath",
    "A",
    "B",
    "__proto__",
    "constructor",
  );
  const values = fc.constantFrom<unknown>(
    "Task",
    "Map",
    "Parallel",
    "Choice",
    "Wait",
    "Fail",
    "JSONata",
    "JSONPath",
    "A",
    "B",
    "$",
    "{% 1 %}",
    "{%",
    true,
    null,
    0,
    -1,
    Number.POSITIVE_INFINITY,
  );
  const { machine } = fc.letrec((tie) => ({
    machine: fc.oneof(
      { depthSize: "large" },
      { weight: 3, arbitrary: values },
      fc.array(tie("machine"), { maxLength: 3 }),
      fc.dictionary(keys, tie("machine"), { maxKeys: 6 }),
    ),
  }));

  it("any value, without changing it", () => {
    fc.assert(
      fc.property(fc.oneof(machine, fc.anything()), (definition) => {
        const before = structuredClone(definition);
        expect(Array.isArray(checkDefinition(definition))).toBe(true);
        expect(definition).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  it("any states in a machine that is otherwise in order", () => {
    fc.assert(
      fc.property(fc.dictionary(keys, machine), fc.dictionary(keys, machine), (state, other) => {
        const definition = { StartAt: "A", States: { A: { Type: "Task", ...state }, B: other } };
        for (const { path, code, message, remedy } of checkDefinition(definition)) {
          expect([path, code, message, remedy].every((text) => typeof text === "string")).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("cycles, accessors that throw, and nesting without a bottom", () => {
    const cycle: Record<string, unknown> = { StartAt: "A" };
    cycle["States"] = cycle;
    const trap = {
      StartAt: "A",
      get States() {
        throw new Error("no");
      },
    };
    const deep = `{"StartAt":"A","States":{"A":{"Type":"Map","Iterator":`.repeat(10_000);
    const rules = `{"Not":`.repeat(100_000);
    expect(found(cycle)).toEqual(["DEFINITION_INVALID "]);
    expect(found(trap)).toEqual(["DEFINITION_INVALID "]);
    expect(found(`${deep}{}${"}}}".repeat(10_000)}`)).toEqual(["DEFINITION_INVALID "]);
    expect(found(`{"StartAt":"A","States":{"A":${rules}{}${"}".repeat(100_002)}`)).toEqual(["DEFINITION_INVALID "]);
    expect(found(one({ ...PASS, Parameters: { "a.$": `$['${"\\'".repeat(200_000)}` } }))).toEqual([
      "PATH_INVALID /States/A/Parameters/a.$",
    ]);
    expect(() =>
      checkDefinition({
        StartAt: "A",
        States: { A: Object.fromEntries(Array.from({ length: 130_000 }, (_, i) => [`f${i}`, 1])) },
      }),
    ).not.toThrow();
  });

  it("frozen definitions", () => {
    const frozen = Object.freeze({ StartAt: "A", States: Object.freeze({ A: Object.freeze({ ...TASK }) }) });
    expect(checkDefinition(frozen)).toEqual([]);
  });
});

const executions = sharedData("data/executions");

describe.skipIf(executions === undefined)("checkDefinition on definitions of real executions", () => {
  it.each(["succeeded-jsonpath-DannyLCG.json", "failed-redriven-jsonata-cow-sschuhmi.json"])(
    "finds no error in %s",
    (file) => {
      const { stateMachine } = JSON.parse(readFileSync(`${executions}/${file}`, "utf8")) as {
        stateMachine: { definition: string };
      };
      expect(checkDefinition(stateMachine.definition)).toEqual([]);
    },
  );
});
