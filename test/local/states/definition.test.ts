import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFunctionRegistry } from "../../../src/local/functions.js";
import { parseDefinition } from "../../../src/local/states/definition/parse-definition.js";
import { createLambdaIntegrations } from "../../../src/local/states/tasks/lambda-integration.js";

const functions = createFunctionRegistry({ region: "us-east-1", accountId: "123456789012" });
const integrations = Object.values(createLambdaIntegrations(functions, new AbortController().signal));
const find = (definition: unknown) =>
  parseDefinition(typeof definition === "string" ? definition : JSON.stringify(definition), integrations).findings;
const findState = (state: object, top: object = {}) =>
  find({ StartAt: "S", States: { S: { End: true, ...state } }, ...top });
const lambda = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "f" } };
const block = { StartAt: "I", States: { I: { Type: "Pass", End: true } } };

describe("a definition", () => {
  it("is accepted with all that it may have", () => {
    expect(
      find({
        Comment: "c",
        Version: "1.0",
        TimeoutSeconds: 5,
        StartAt: "S",
        States: { S: { ...lambda, End: true, Comment: "c", TimeoutSeconds: 3, HeartbeatSeconds: 1 } },
      }),
    ).toEqual([]);
    expect(
      find({ StartAt: "S", States: { S: { ...lambda, Resource: "arn:aws-cn:states:::lambda:invoke", End: true } } }),
    ).toEqual([]);
  });

  it.each<[string, unknown, string, string]>([
    ["no JSON", "{", "INVALID_JSON_DESCRIPTION", "/"],
    ["no object", "[]", "INVALID_JSON_DESCRIPTION", "/"],
    ["no states", { StartAt: "A", States: {} }, "SCHEMA_VALIDATION_FAILED", "/States"],
    ["no start", { States: { A: { Type: "Succeed" } } }, "SCHEMA_VALIDATION_FAILED", "/"],
    [
      "a start that is no state",
      { StartAt: "B", States: { A: { Type: "Succeed" } } },
      "MISSING_TRANSITION_TARGET",
      "/StartAt",
    ],
    [
      "a transition that leads nowhere",
      { StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } },
      "MISSING_TRANSITION_TARGET",
      "/States/A/Next",
    ],
    [
      "a state that nothing leads to",
      { StartAt: "A", States: { A: { Type: "Succeed" }, B: { Type: "Succeed" } } },
      "MISSING_TRANSITION_TARGET",
      "/States/B",
    ],
    [
      "no end",
      { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", Next: "A" } } },
      "MISSING_END_STATE",
      "/States",
    ],
    [
      "an unknown field at the top",
      { StartAt: "A", States: { A: { Type: "Succeed" } }, X: 1 },
      "SCHEMA_VALIDATION_FAILED",
      "/X",
    ],
    [
      "an unknown query language",
      { QueryLanguage: "SQL", StartAt: "A", States: { A: { Type: "Succeed" } } },
      "SCHEMA_VALIDATION_FAILED",
      "/QueryLanguage",
    ],
    [
      "a JSONPath state in a JSONata machine",
      { QueryLanguage: "JSONata", StartAt: "A", States: { A: { Type: "Succeed", QueryLanguage: "JSONPath" } } },
      "SCHEMA_VALIDATION_FAILED",
      "/States/A",
    ],
    [
      "a name that is used twice",
      { StartAt: "I", States: { I: { Type: "Map", ItemProcessor: block, End: true } } },
      "DUPLICATE_STATE_NAME",
      "/States/I/ItemProcessor/States/I",
    ],
    [
      "a name that is too long",
      { StartAt: "x".repeat(81), States: { ["x".repeat(81)]: { Type: "Succeed" } } },
      "INVALID_STATE_NAME",
      `/States/${"x".repeat(81)}`,
    ],
    [
      "a machine named by a prototype's member",
      { StartAt: "constructor", States: { A: { Type: "Succeed" } } },
      "MISSING_TRANSITION_TARGET",
      "/StartAt",
    ],
  ])("is refused with %s", (_what, definition, code, location) => {
    expect(find(definition)).toContainEqual(expect.objectContaining({ code, location }));
  });

  it.each<[object, string, string?]>([
    [{ Type: "Nope" }, "/Type"],
    [{ Type: "Pass", Arguments: {} }, "/Arguments", "not supported"],
    [{ Type: "Pass", Output: {} }, "/Output", "not supported by the query language JSONPath"],
    [
      { Type: "Pass", QueryLanguage: "JSONata", Parameters: {} },
      "/Parameters",
      "not supported by the query language JSONata",
    ],
    [{ Type: "Pass", Resutl: 1 }, "/Resutl"],
    [{ Type: "Pass", InputPath: "a" }, "/InputPath"],
    [{ Type: "Pass", InputPath: 5 }, "/InputPath"],
    [{ Type: "Pass", ResultPath: "$.a[*]" }, "/ResultPath"],
    [{ Type: "Pass", Parameters: { "a.$": "nope" } }, "/Parameters/a.$"],
    [
      { Type: "Pass", Parameters: { x: [{ "a.$": "States.Nope()" }] } },
      "/Parameters/x[0]/a.$",
      'no intrinsic function "States.Nope"',
    ],
    [{ Type: "Pass", Parameters: { "a.$": 1 } }, "/Parameters/a.$"],
    [{ Type: "Pass", Assign: { states: 1 } }, "/Assign/states"],
    [{ Type: "Pass", Assign: { "1x": 1 } }, "/Assign/1x"],
    [{ Type: "Pass", Assign: JSON.parse('{"__proto__":1}') }, "/Assign/__proto__"],
    [{ Type: "Pass", QueryLanguage: "JSONata", Output: "{% $states. %}" }, "/Output", "not valid: S0"],
    [{ Type: "Pass", Next: "S" }, "/End"],
    [{ Type: "Wait" }, ""],
    [{ Type: "Wait", Seconds: 1, Timestamp: "2026-01-01T00:00:00Z" }, ""],
    [{ Type: "Wait", Seconds: -1 }, "/Seconds"],
    [{ Type: "Wait", Seconds: 1.5 }, "/Seconds"],
    [{ Type: "Wait", Timestamp: "2026-02-30T00:00:00Z" }, "/Timestamp"],
    [{ Type: "Wait", Timestamp: "2026-01-01" }, "/Timestamp"],
    [{ Type: "Choice", End: undefined, Choices: [] }, "/Choices"],
    [
      { Type: "Choice", End: undefined, Choices: [{ Variable: "$.a", NumericEquals: "1", Next: "S" }] },
      "/Choices[0]/NumericEquals",
    ],
    [{ Type: "Choice", End: undefined, Choices: [{ Variable: "$.a", Equals: 1, Next: "S" }] }, "/Choices[0]/Equals"],
    [
      { Type: "Choice", End: undefined, Choices: [{ Variable: "$.a", IsNull: true, IsString: true, Next: "S" }] },
      "/Choices[0]",
    ],
    [{ Type: "Choice", End: undefined, Choices: [{ IsNull: true, Next: "S" }] }, "/Choices[0]/Variable"],
    [
      { Type: "Choice", End: undefined, Choices: [{ And: [{ Variable: "$.a", IsNull: true, Next: "S" }], Next: "S" }] },
      "/Choices[0]/And[0]/Next",
    ],
    [
      { Type: "Choice", End: undefined, Choices: [{ Variable: "$.a", StringMatches: "a\\b", Next: "S" }] },
      "/Choices[0]/StringMatches",
    ],
    [
      {
        Type: "Choice",
        End: undefined,
        QueryLanguage: "JSONata",
        Choices: [{ Variable: "$.a", IsNull: true, Next: "S" }],
      },
      "/Choices[0]/Condition",
    ],
    [{ Type: "Fail", End: undefined, Error: "a", ErrorPath: "$.a" }, "/ErrorPath"],
    [{ Type: "Fail", End: undefined, CausePath: "States.ArrayLength($.a)" }, "/CausePath"],
    [{ Type: "Parallel", Branches: [] }, "/Branches"],
    [{ Type: "Parallel", Branches: [5] }, "/Branches[0]"],
    [{ Type: "Map" }, "/ItemProcessor"],
    [{ ...lambda, Retry: [{ ErrorEquals: [] }] }, "/Retry[0]/ErrorEquals"],
    [{ ...lambda, Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["A"] }] }, "/Retry[0]/ErrorEquals"],
    [{ ...lambda, Retry: [{ ErrorEquals: ["A"], MaxAttempts: 1.5 }] }, "/Retry[0]/MaxAttempts"],
    [{ ...lambda, Retry: [{ ErrorEquals: ["A"], BackoffRate: 0.5 }] }, "/Retry[0]/BackoffRate"],
    [{ ...lambda, Retry: [{ ErrorEquals: ["A"], JitterStrategy: "SOME" }] }, "/Retry[0]/JitterStrategy"],
    [{ ...lambda, Catch: [{ ErrorEquals: ["A"] }] }, "/Catch[0]/Next"],
    [{ ...lambda, Catch: [{ ErrorEquals: ["A"], Next: "Nowhere" }] }, "/Catch[0]/Next"],
    [{ ...lambda, Catch: [{ ErrorEquals: ["A"], Next: "S", Output: 1 }] }, "/Catch[0]/Output"],
    [{ ...lambda, Parameters: { Payload: {} } }, "", "'FunctionName' is required"],
    [{ ...lambda, Parameters: { FunctionName: "f", payload: 1 } }, "", "'payload' is not supported"],
    [{ ...lambda, TimeoutSeconds: 0 }, "/TimeoutSeconds"],
    [{ ...lambda, TimeoutSeconds: 1, TimeoutSecondsPath: "$.a" }, "/TimeoutSecondsPath"],
  ])("is refused with the state %j", (state, location, message = "") => {
    expect(findState(state)).toContainEqual(
      expect.objectContaining({ location: `/States/S${location}`, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    "arn:aws:states:::sagemaker:createTrainingJob.sync",
    "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint",
    "arn:aws:states:us-east-1:123456789012:activity:a",
    "arn:aws:states:::http:invoke",
  ])("is refused by name with the resource %s, which cannot be run here", (resource) => {
    expect(findState({ ...lambda, Resource: resource })).toEqual([
      { code: "INVALID_RESOURCE", location: "/States/S/Resource", message: expect.stringContaining(`'${resource}'`) },
    ]);
  });

  it.each(["ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailureCount"])(
    "is refused with %s, which belongs to a Distributed Map, in an inline one",
    (field) => {
      expect(findState({ Type: "Map", ItemProcessor: block, [field]: field === "Label" ? "L" : 1 })).toEqual([
        expect.objectContaining({
          location: `/States/S/${field}`,
          message: expect.stringContaining("only supported by a Map state with Mode DISTRIBUTED"),
        }),
      ]);
    },
  );

  it("is refused with a field and its former name", () => {
    const map = { Type: "Map", ItemProcessor: block, Iterator: block, ItemSelector: {}, Parameters: {} };
    expect(findState(map).map(({ location }) => location)).toEqual(["/States/S/Iterator", "/States/S/Parameters"]);
  });

  describe("of a Distributed Map", () => {
    const processor = { ...block, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" } };
    const read = (config: object, more: object = {}) => ({
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        Parameters: { Bucket: "b", "Key.$": "$.key" },
        ReaderConfig: config,
        ...more,
      },
    });
    const find = (more: object) => findState({ Type: "Map", ItemProcessor: processor, ...more });

    it("is taken with readers, batches and writers", () => {
      const writer = { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "b", Prefix: "p" } };
      expect(find({ Label: "L", ToleratedFailurePercentagePath: "$.p", ResultWriter: writer })).toEqual([]);
      expect(
        find(read({ InputType: "CSV", CSVHeaderLocation: "GIVEN", CSVHeaders: ["a"], MaxItemsPath: "$.n" })),
      ).toEqual([]);
      expect(find({ ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { "a.$": "$.a" } } })).toEqual([]);
      expect(find({ ResultWriter: { WriterConfig: { OutputType: "JSONL", Transformation: "FLATTEN" } } })).toEqual([]);
    });

    it.each<[object, string, string]>([
      [
        read({ InputType: "PARQUET" }),
        "/ItemReader/ReaderConfig/InputType",
        "does not read items of the InputType PARQUET",
      ],
      [read({ InputType: "XML" }), "/ItemReader/ReaderConfig/InputType", "must be one of"],
      [read({}), "/ItemReader/ReaderConfig/InputType", "must be present"],
      [read({ InputType: "CSV" }), "/ItemReader/ReaderConfig/CSVHeaderLocation", "must be present"],
      [read({ InputType: "JSON", ItemsPointer: "a" }), "/ItemReader/ReaderConfig/ItemsPointer", "JSON Pointer"],
      [
        read({ InputType: "JSON" }, { Resource: "arn:aws:states:::s3:putObject" }),
        "/ItemReader/Resource",
        "s3:getObject",
      ],
      [read({ InputType: "JSON" }, { Parameters: undefined }), "/ItemReader/Parameters", "must be present"],
      [{ ...read({ InputType: "JSON" }), ItemsPath: "$.a" }, "/ItemsPath", "Only one of"],
      [{ ItemBatcher: {} }, "/ItemBatcher", "must be present"],
      [{ ItemBatcher: { MaxInputBytesPerBatch: 300_000 } }, "/ItemBatcher/MaxInputBytesPerBatch", "262144"],
      [{ ResultWriter: {} }, "/ResultWriter", "must have"],
      [{ Label: "a b" }, "/Label", "1 to 40 characters"],
      [{ Label: "x".repeat(41) }, "/Label", "1 to 40 characters"],
    ])("is refused with %j", (map, location, message) => {
      expect(find(map)).toEqual([
        expect.objectContaining({ location: `/States/S${location}`, message: expect.stringContaining(message) }),
      ]);
    });
  });

  it("is refused when it is nested too deeply", () => {
    let value = "1";
    for (let depth = 0; depth < 3000; depth++) value = `[${value}]`;
    expect(
      find(`{"StartAt":"S","States":{"S":{"Type":"Pass","End":true,"Parameters":{"x.$":"$","y":${value}}}}}`).length,
    ).toBeGreaterThan(0);
    let map = JSON.stringify(block);
    for (let depth = 0; depth < 40; depth++) {
      map = `{"StartAt":"M${depth}","States":{"M${depth}":{"Type":"Map","End":true,"ItemProcessor":${map}}}}`;
    }
    expect(find(map)).toContainEqual(expect.objectContaining({ code: "TOO_DEEPLY_NESTED" }));
  });

  it("is refused when it is too large", () => {
    expect(find(JSON.stringify({ Comment: "é".repeat(600_000) }))[0]?.message).toContain("1048576 bytes");
  });

  it("never brings the reader down, whatever it holds", () => {
    const key = fc.constantFrom(
      ...[
        "Type",
        "Next",
        "End",
        "States",
        "StartAt",
        "Choices",
        "Variable",
        "And",
        "Retry",
        "Catch",
        "ErrorEquals",
        "Branches",
      ],
      ...[
        "ItemProcessor",
        "Parameters",
        "a.$",
        "InputPath",
        "Output",
        "Assign",
        "__proto__",
        "QueryLanguage",
        "S",
        "Seconds",
      ],
    );
    const leaf = fc.constantFrom<unknown>(
      "S",
      "Pass",
      "Task",
      "Choice",
      "Map",
      "Parallel",
      "Wait",
      "$.a",
      "{% $x %}",
      "JSONata",
      1,
      true,
      null,
      "States.ALL",
    );
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "medium" },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 6, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 8 }), value, (state, top) => {
        expect(Array.isArray(find({ StartAt: "S", States: { S: state } }))).toBe(true);
        expect(Array.isArray(find(JSON.stringify(top)))).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(({} as Record<string, unknown>)["S"]).toBeUndefined();
  });
});
