import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { buildInferenceWorkflow, LAMBDA_RETRY } from "../../src/workflow/index.js";
import { TOPIC } from "./ready-workflows.js";
import { runDefinition } from "./run-definition.js";

const INPUT = { image_data: "", s3_bucket: "scones", s3_key: "test/a.png", inferences: [] };
const TRANSIENT = LAMBDA_RETRY.flatMap(({ ErrorEquals }) => ErrorEquals).map((name) => name.replace("Lambda.", ""));
const FATAL = [
  "InvalidParameterValueException",
  "AccessDeniedException",
  "ResourceNotFoundException",
  "KMSDisabledException",
];

let local: LocalAws;
afterAll(() => local.close());

describe.each(["JSONPath", "JSONata"] as const)("the inference workflow in %s", (queryLanguage) => {
  let confidence = 0.97;
  const calls: string[] = [];
  beforeEach(async () => {
    await local?.close();
    local = await createLocalAws({ clock: "virtual" });
    confidence = 0.97;
    calls.length = 0;
    const count = (name: string, work: (event: object) => unknown) => {
      local.registerFunction(name, async (event) => {
        calls.push(name);
        return { statusCode: 200, body: work(event as object) };
      });
    };
    count("serialize", (event) => ({ ...event, image_data: "AAAA" }));
    count("classify", (event) => ({ ...event, inferences: [confidence, 1 - confidence] }));
    const filter = createFilterHandler({ threshold: 0.93 });
    local.registerFunction("filter", async (event) => {
      calls.push("filter");
      return filter(event);
    });
  });
  const run = (onFailure?: Parameters<typeof buildInferenceWorkflow>[0]["onFailure"]) => {
    const functions = { serialize: "serialize", classify: "classify", filter: "filter" };
    const notice = onFailure === undefined ? {} : { onFailure };
    return runDefinition(local, buildInferenceWorkflow({ queryLanguage, functions, ...notice }), INPUT);
  };

  it("hands a confident answer on", async () => {
    const { status, output } = await run();
    expect(status).toBe("SUCCEEDED");
    expect(output).toMatchObject({ s3_key: "test/a.png", inferences: [0.97, expect.closeTo(0.03)], confidence: 0.97 });
    expect(calls).toEqual(["serialize", "classify", "filter"]);
  });

  it("runs as an Express machine too", async () => {
    const functions = { serialize: "serialize", classify: "classify", filter: "filter" };
    const definition = buildInferenceWorkflow({ queryLanguage, functions, type: "EXPRESS", timeoutSeconds: 300 });
    expect(definition.States["Filter"]).toMatchObject({ TimeoutSeconds: 300 });
    expect(await runDefinition(local, definition, INPUT, "EXPRESS")).toMatchObject({ status: "SUCCEEDED" });
  });

  it("fails with the filter's own error, tried once", async () => {
    confidence = 0.6;
    const { status, error, cause } = await run();
    expect({ status, error }).toEqual({ status: "FAILED", error: "THRESHOLD_CONFIDENCE_NOT_MET" });
    expect(JSON.parse(cause ?? "")).toMatchObject({ errorMessage: expect.stringContaining("0.6") });
    expect(calls).toEqual(["serialize", "classify", "filter"]);
  });

  it.each(TRANSIENT)("tries again after Lambda.%s, and gives up after six times", async (error) => {
    const fault = local.injectFault({ service: "lambda", operation: "Invoke", on: [2, 3], kind: "fail", error });
    expect(await run()).toMatchObject({ status: "SUCCEEDED" });
    fault.remove();
    calls.length = 0;
    local.injectFault({ service: "lambda", operation: "Invoke", on: [2, 3, 4, 5, 6, 7, 8], kind: "fail", error });
    expect(await run()).toMatchObject({ status: "FAILED", error: `Lambda.${error}` });
    expect(calls).toEqual(["serialize"]);
  });

  it.each(FATAL)("fails at once with Lambda.%s", async (error) => {
    local.injectFault({ service: "lambda", operation: "Invoke", on: 2, kind: "fail", error });
    expect(await run()).toMatchObject({ status: "FAILED", error: `Lambda.${error}` });
    expect(calls).toEqual(["serialize"]);
  });

  it.each([
    ["sns", { type: "sns", topicArn: TOPIC }],
    ["eventBridge", { type: "eventBridge" }],
    ["fail", { type: "fail" }],
  ] as const)("keeps error and cause past the notice %s", async (type, onFailure) => {
    confidence = 0.6;
    const plain = await run();
    const told = await run(onFailure);
    expect({ ...told, cause: withoutTrace(told.cause) }).toEqual({ ...plain, cause: withoutTrace(plain.cause) });
    const seen = [
      ...local.publishedMessages(TOPIC).map(({ message }) => message),
      ...local.publishedEvents("default").map(({ detail }) => detail),
    ].map((text) => JSON.parse(text));
    const expected = {
      Error: "THRESHOLD_CONFIDENCE_NOT_MET",
      Cause: told.cause,
      Execution: expect.stringMatching(/^arn:aws:states:/),
    };
    expect(seen).toEqual(type === "fail" ? [] : [expected]);
  });

  it("fails with the original error where the notice cannot be sent", async () => {
    confidence = 0.6;
    const unfilled = (name: string) => ["$", `{${name}}`].join("");
    const failed = { status: "FAILED", error: "THRESHOLD_CONFIDENCE_NOT_MET" };
    expect(await run({ type: "sns", topicArn: unfilled("Topic") })).toMatchObject(failed);
    expect(local.publishedMessages()).toEqual([]);
  });
});

const withoutTrace = (cause: string | undefined) => JSON.stringify({ ...JSON.parse(cause ?? "{}"), trace: [] });
