import { describe, expect, it } from "vitest";
import { isSconesError } from "../../src/core/errors.js";
import { checkDefinition } from "../../src/workflow/checks/check-definition.js";
import type { TaskState } from "../../src/workflow/definition/asl-types.js";
import { LAMBDA_RETRY } from "../../src/workflow/definition/retries.js";
import {
  type BuildInferenceWorkflowOptions,
  buildInferenceWorkflow,
} from "../../src/workflow/workflows/inference-workflow.js";

const functions = { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" };
const TOPIC = "arn:aws:sns:us-east-1:123456789012:scones";
const RETRY = [
  {
    ErrorEquals: [
      "Lambda.ClientExecutionTimeoutException",
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: "FULL",
  },
];

function build(options: Partial<BuildInferenceWorkflowOptions> = {}) {
  return buildInferenceWorkflow({ functions, ...options });
}

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return isSconesError(error) ? `${error.code} ${error.message}` : String(error);
  }
  return undefined;
}

describe("buildInferenceWorkflow", () => {
  it("writes the three tasks in JSONPath", () => {
    const task = (functionName: string) => ({
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Parameters: { FunctionName: functionName, "Payload.$": "$" },
      OutputPath: "$.Payload.body",
      TimeoutSeconds: 900,
      Retry: RETRY,
    });
    expect(build()).toEqual({
      QueryLanguage: "JSONPath",
      StartAt: "Serialize",
      States: {
        Serialize: { ...task("scones-serialize"), Next: "Classify" },
        Classify: { ...task("scones-classify"), Next: "Filter" },
        Filter: { ...task("scones-filter"), End: true },
      },
    });
  });

  it("writes the same in JSONata", () => {
    const task = (functionName: string) => ({
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: functionName, Payload: "{% $states.input %}" },
      Output: "{% $states.result.Payload.body %}",
      TimeoutSeconds: 900,
      Retry: RETRY,
    });
    expect(build({ queryLanguage: "JSONata" })).toEqual({
      QueryLanguage: "JSONata",
      StartAt: "Serialize",
      States: {
        Serialize: { ...task("scones-serialize"), Next: "Classify" },
        Classify: { ...task("scones-classify"), Next: "Filter" },
        Filter: { ...task("scones-filter"), End: true },
      },
    });
  });

  it.each(["JSONPath", "JSONata"] as const)(
    "tells of a failure and then fails with the original error, in %s",
    (queryLanguage) => {
      const { States: states } = build({ queryLanguage, onFailure: { type: "sns", topicArn: TOPIC } });
      expect(Object.keys(states)).toEqual(["Serialize", "Notify of failure", "Fail", "Classify", "Filter"]);
      const isPath = queryLanguage === "JSONPath";
      const carry = isPath ? { ResultPath: "$" } : { Output: "{% $states.errorOutput %}" };
      const keep = isPath ? { ResultPath: null } : { Output: "{% $states.input %}" };
      expect(states["Filter"]).toMatchObject({
        Catch: [
          { ErrorEquals: ["States.DataLimitExceeded"], ...carry, Next: "Notify of failure" },
          { ErrorEquals: ["States.ALL"], ...carry, Next: "Notify of failure" },
        ],
      });
      expect(states["Notify of failure"]).toMatchObject({
        Resource: "arn:aws:states:::sns:publish",
        ...keep,
        Catch: [
          { ErrorEquals: ["States.DataLimitExceeded"], ...keep, Next: "Fail" },
          { ErrorEquals: ["States.ALL"], ...keep, Next: "Fail" },
        ],
        Next: "Fail",
      });
      expect(states["Fail"]).toEqual(
        isPath
          ? { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" }
          : { Type: "Fail", Error: "{% $states.input.Error %}", Cause: "{% $states.input.Cause %}" },
      );
    },
  );

  it.each([
    {},
    { queryLanguage: "JSONata" as const },
    { onFailure: { type: "sns" as const, topicArn: TOPIC } },
    { queryLanguage: "JSONata" as const, onFailure: { type: "sns" as const, topicArn: TOPIC, subject: "Look" } },
    { retry: [], comment: "One image", timeoutSeconds: 3600, taskTimeoutSeconds: 30 },
  ])("passes checkDefinition without a finding: %o", (options) => {
    expect(checkDefinition(build(options))).toEqual([]);
    expect(checkDefinition(JSON.stringify(build(options)))).toEqual([]);
  });

  it("never catches or tries again what the filter refuses", () => {
    for (const state of Object.values(build().States)) {
      expect(state).not.toHaveProperty("Catch");
      const retried = "Retry" in state ? (state.Retry as typeof LAMBDA_RETRY).flatMap((r) => r.ErrorEquals) : [];
      expect(retried.every((name) => name.startsWith("Lambda."))).toBe(true);
    }
    for (const name of ["States.ALL", "States.TaskFailed", "THRESHOLD_CONFIDENCE_NOT_MET"]) {
      expect(codeOf(() => build({ retry: [{ ErrorEquals: [name] }] }))).toMatch(/^INVALID_OPTIONS.*filter's own error/);
    }
  });

  it("takes the partition from the functions' ARNs, or as told", () => {
    const arn = (name: string) => `arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:${name}`;
    const inGov = build({ functions: { serialize: arn("s"), classify: arn("c"), filter: arn("f") } });
    expect(inGov.States["Filter"]).toMatchObject({ Resource: "arn:aws-us-gov:states:::lambda:invoke" });
    expect(build({ partition: "aws-cn" }).States["Filter"]).toMatchObject({
      Resource: "arn:aws-cn:states:::lambda:invoke",
    });
  });

  it("does not share its parts between calls", () => {
    const one = build();
    expect(one).toEqual(build());
    const names = (definition: typeof one) => (definition.States["Serialize"] as TaskState).Retry?.[0]?.ErrorEquals;
    expect(names(one)).not.toBe(names(build()));
    expect(names(one)).not.toBe(LAMBDA_RETRY[0]?.ErrorEquals);
  });

  it("refuses what it does not know", () => {
    expect(codeOf(() => build({ queryLanguage: "XPath" } as never))).toMatch(/^INVALID_OPTIONS.*queryLanguage/);
    expect(codeOf(() => build({ threshold: 0.7 } as never))).toMatch(/^INVALID_OPTIONS.*threshold/);
    expect(codeOf(() => build({ functions: { ...functions, filter: "" } }))).toMatch(/functions\.filter/);
    expect(codeOf(() => build({ onFailure: { type: "sns", topicArn: "scones" } }))).toMatch(/onFailure\.topicArn/);
  });
});
