import { TestStateCommand, type TestStateCommandInput } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates, functionArn, ROLE_ARN } from "./states-fixture.js";

type Request = Omit<TestStateCommandInput, "definition" | "input"> & { readonly input?: unknown };

function createTester(states = createStates()) {
  return async (definition: object, { input, ...more }: Request = {}) => {
    const request = {
      definition: JSON.stringify(definition),
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    };
    const { $metadata, ...answer } = await states.sfn.send(new TestStateCommand({ ...request, ...more }));
    return answer;
  };
}

const INVOKE = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" };

describe("TestState", () => {
  it("gives the output and the next state, and no more at the level INFO", async () => {
    const test = createTester();
    expect(await test({ Type: "Pass", Result: { a: 1 }, ResultPath: "$.r", Next: "B" }, { input: { in: 1 } })).toEqual({
      status: "SUCCEEDED",
      output: '{"in":1,"r":{"a":1}}',
      nextState: "B",
    });
    const rule = { Variable: "$.n", NumericGreaterThan: 3, Next: "Big" };
    expect(await test({ Type: "Choice", Choices: [rule], Default: "Small" }, { input: { n: 4 } })).toMatchObject({
      nextState: "Big",
    });
    expect(await test({ Type: "Fail", Error: "E", Cause: "c" })).toEqual({ status: "FAILED", error: "E", cause: "c" });
    expect(await test({ Type: "Wait", Seconds: 200, End: true })).toEqual({ status: "SUCCEEDED", output: "{}" });
    expect(await test({ Type: "Wait", Seconds: 400, End: true })).toMatchObject({ error: "States.Timeout" });
  });

  it("shows each step of the data of a JSONPath state", async () => {
    const test = createTester(createStates({ f: (event: { n: number }) => ({ twice: event.n * 2 }) }));
    const state = {
      Type: "Task",
      Resource: functionArn("f"),
      InputPath: "$.inner",
      Parameters: { "n.$": "$.v" },
      ResultSelector: { "t.$": "$.twice" },
      ResultPath: "$.out",
      OutputPath: "$.out",
      Assign: { "w.$": "$.t" },
      End: true,
    };
    const answer = await test(state, {
      input: { inner: { v: 4 } },
      inspectionLevel: "DEBUG",
      variables: '{"old":true}',
      roleArn: ROLE_ARN,
    });
    expect(answer).toEqual({
      status: "SUCCEEDED",
      output: '{"t":8}',
      inspectionData: {
        input: '{"inner":{"v":4}}',
        afterInputPath: '{"v":4}',
        afterParameters: '{"n":4}',
        result: '{"twice":8}',
        afterResultSelector: '{"t":8}',
        afterResultPath: '{"inner":{"v":4},"out":{"t":8}}',
        variables: '{"old":true,"w":8}',
      },
    });
  });

  it("shows the arguments and the result of a JSONata state, and reads variables and the context", async () => {
    const state = {
      ...INVOKE,
      QueryLanguage: "JSONata",
      Arguments: { FunctionName: "f", Payload: "{% $v & $states.context.Task.Token %}" },
      Output: "{% $states.result.Payload %}",
      End: true,
    };
    const answer = await createTester()(state, {
      inspectionLevel: "TRACE",
      variables: '{"v":"a"}',
      context: '{"Task":{"Token":"t"}}',
      mock: { result: '{"StatusCode":200,"Payload":[1]}' },
    });
    expect(answer).toEqual({
      status: "SUCCEEDED",
      output: "[1]",
      inspectionData: {
        input: "{}",
        afterArguments: '{"FunctionName":"f","Payload":"at"}',
        result: '{"StatusCode":200,"Payload":[1]}',
        variables: '{"v":"a"}',
      },
    });
  });

  it("tells whether an error is tried again, caught, or fails the state", async () => {
    const test = createTester();
    const state = {
      ...INVOKE,
      Parameters: { FunctionName: "f" },
      Retry: [{ ErrorEquals: ["Other"] }, { ErrorEquals: ["E"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 }],
      Catch: [{ ErrorEquals: ["E"], ResultPath: "$.error", Next: "H" }],
      Next: "N",
    };
    const fail = (error: string, retrierRetryCount = 0) =>
      test(state, {
        input: { in: 1 },
        inspectionLevel: "DEBUG",
        mock: { errorOutput: { error, cause: "c" } },
        stateConfiguration: { retrierRetryCount },
      });
    const steps = {
      input: '{"in":1}',
      afterInputPath: '{"in":1}',
      afterParameters: '{"FunctionName":"f"}',
    };
    expect(await fail("E", 1)).toEqual({
      status: "RETRIABLE",
      error: "E",
      cause: "c",
      inspectionData: { ...steps, errorDetails: { retryIndex: 1, retryBackoffIntervalSeconds: 6 } },
    });
    expect(await fail("E", 2)).toEqual({
      status: "CAUGHT_ERROR",
      error: "E",
      cause: "c",
      nextState: "H",
      output: '{"in":1,"error":{"Error":"E","Cause":"c"}}',
      inspectionData: { ...steps, errorDetails: { catchIndex: 0 } },
    });
    expect(await fail("Mine")).toEqual({ status: "FAILED", error: "Mine", cause: "c", inspectionData: steps });
  });

  it("takes a state out of a machine, also out of a Map, where the context has its item", async () => {
    const inner = {
      StartAt: "I",
      States: {
        I: { Type: "Pass", Parameters: { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value" }, End: true },
      },
    };
    const machine = {
      StartAt: "M",
      States: { M: { Type: "Map", ItemProcessor: inner, Next: "P" }, P: { Type: "Succeed" } },
    };
    const test = createTester();
    expect(await test(machine, { stateName: "I", input: 7 })).toMatchObject({ output: '{"i":0,"v":7}' });
    expect(await test(machine, { stateName: "P", input: 8 })).toMatchObject({ output: "8" });
    await expect(test(machine, { stateName: "X" })).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("runs Map and Parallel with a mock, and shows a Map's items and limits", async () => {
    const test = createTester();
    const block = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
    const map = {
      Type: "Map",
      ItemsPath: "$.l",
      ItemSelector: { "v.$": "$$.Map.Item.Value" },
      MaxConcurrency: 2,
      ToleratedFailureCount: 1,
      ItemProcessor: { ...block, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } },
      End: true,
    };
    const mock = { result: "[5,6]" };
    const request = { input: { l: [1, 2] }, mock, inspectionLevel: "DEBUG" } as const;
    expect(await test(map, request)).toMatchObject({
      output: "[5,6]",
      inspectionData: {
        afterItemsPath: "[1,2]",
        afterItemSelector: '[{"v":1},{"v":2}]',
        maxConcurrency: 2,
        toleratedFailureCount: 1,
      },
    });
    expect(await test(map, { ...request, stateConfiguration: { mapIterationFailureCount: 2 } })).toMatchObject({
      status: "FAILED",
      error: "States.ExceedToleratedFailureThreshold",
    });
    const parallel = { Type: "Parallel", Branches: [block], End: true };
    expect(await test(parallel, { mock: { result: "[1]" } })).toMatchObject({ output: "[1]" });
    const caused = { mock: { errorOutput: { error: "E" } }, stateConfiguration: { errorCausedByState: "A" } };
    expect(await test(parallel, caused)).toEqual({ status: "FAILED", error: "E" });
  });

  it.each<[string, object, Request, string]>([
    ["a mock of a Pass", { Type: "Pass", End: true }, { mock: { result: "1" } }, "ValidationException"],
    [
      "a Parallel without a mock",
      { Type: "Parallel", Branches: [{ StartAt: "A", States: { A: { Type: "Succeed" } } }], End: true },
      {},
      "ValidationException",
    ],
    ["a context without a mock", { Type: "Pass", End: true }, { context: "{}" }, "ValidationException"],
    [
      "two mocks",
      { ...INVOKE, Parameters: { FunctionName: "f" }, End: true },
      { mock: { result: "{}", errorOutput: { error: "E" } } },
      "ValidationException",
    ],
    [
      "a mock that Lambda cannot give",
      { ...INVOKE, Parameters: { FunctionName: "f" }, End: true },
      { mock: { result: '{"StatusCode":"200"}' } },
      "ValidationException",
    ],
    ["variables that are no object", { Type: "Pass", End: true }, { variables: "[1]" }, "ValidationException"],
    ["a definition with an error", { Type: "Pass" }, {}, "InvalidDefinition"],
    [
      "an unknown resource",
      { Type: "Task", Resource: "arn:aws:states:::nothing:here", End: true },
      {},
      "InvalidDefinition",
    ],
  ])("refuses %s", async (_what, definition, request, name) => {
    await expect(createTester()(definition, request)).rejects.toMatchObject({ name });
  });

  it("runs a mocked task of any service, and takes what Lambda cannot give where nothing is to be checked", async () => {
    const test = createTester();
    const put = { Type: "Task", Resource: "arn:aws:states:::dynamodb:putItem", Parameters: {}, End: true };
    expect(await test(put, { mock: { result: "{}" } })).toEqual({ status: "SUCCEEDED", output: "{}" });
    const sync = {
      Type: "Task",
      Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync",
      Parameters: {},
      End: true,
    };
    expect(await test(sync, { mock: { result: '{"a":1}' } })).toMatchObject({ output: '{"a":1}' });
    const any = { ...INVOKE, Parameters: { FunctionName: "f" }, End: true };
    expect(await test(any, { mock: { result: "7", fieldValidationMode: "NONE" } })).toMatchObject({ output: "7" });
  });
});
