import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import {
  allOf,
  anyOf,
  buildStateMachine,
  type Condition,
  chain,
  checkDefinition,
  choice,
  fail,
  from,
  fromContext,
  fromItem,
  fromResult,
  isPresent,
  lambdaTask,
  mapOver,
  not,
  parallel,
  pass,
  repeatUntil,
  type Step,
  serviceTask,
  succeed,
  type Template,
  type TemplateObject,
  textOf,
  wait,
  when,
} from "../../src/workflow/index.js";
import { runDefinition } from "./run-definition.js";

let local: LocalAws;
beforeAll(async () => {
  local = await createLocalAws({ clock: "virtual" });
  local.registerFunction("double", async (event) => body({ n: Number((event as { n: number }).n) * 2 }));
  local.registerFunction("echo", async (event) => body(event));
  local.registerFunction("broken", async () => {
    throw Object.assign(new Error("no luck"), { name: "BROKEN" });
  });
});
afterAll(() => local.close());

const body = (value: unknown) => ({ statusCode: 200, body: value });
const double = (name = "Double") =>
  lambdaTask<{ readonly n: number }, { readonly n: number }>({ name, functionName: "double" });

/** Runs the same steps in both languages, which must do the same; gives what they did. */
async function run(start: Step<never, unknown>, input: unknown) {
  const runIn = (queryLanguage: "JSONPath" | "JSONata") => {
    const definition = buildStateMachine({ start, queryLanguage });
    // Literal text may look like an expression of the other language, which is worth a warning.
    expect(checkDefinition(definition).filter(({ code }) => code !== "EXPRESSION_INVALID")).toEqual([]);
    return runDefinition(local, definition, input);
  };
  const inPaths = await runIn("JSONPath");
  expect(await runIn("JSONata")).toEqual(inPaths);
  return inPaths;
}
const mark = (name: string) => pass<unknown, unknown>({ name, values: { took: name } });
const decide = (condition: Condition<never>, input: unknown) =>
  run(choice({ name: "Decide", ways: [{ when: condition, step: mark("yes") }], otherwise: mark("no") }), input);

describe("the same steps, in JSONPath and in JSONata,", () => {
  it("hand a task's body on, put values of it beside the input, or drop it", async () => {
    const kept = lambdaTask<{ readonly n: number }, { readonly n: number }>({
      name: "Beside",
      functionName: "double",
      output: { as: "double", select: { value: fromResult("n") } },
    });
    const dropped = lambdaTask<{ readonly n: number }, { readonly n: number }>({
      name: "Dropped",
      functionName: "double",
      output: "input",
    });
    expect(await run(chain(double(), kept, dropped), { n: 2 })).toMatchObject({
      status: "SUCCEEDED",
      output: { n: 4, double: { value: 8 } },
    });
  });

  it("send what is described, with values of input and context in it", async () => {
    const sent = lambdaTask<{ readonly a: { readonly "b c": readonly number[] } }, unknown>({
      name: "Echo",
      functionName: "echo",
      payload: {
        value: from("a", "b c", 1),
        list: [from("a", "b c", 0), "x'{}\\", 3, null],
        nested: { text: textOf`It's {${from("a", "b c", 0)}} of ${2} in ${fromContext("State", "Name")}` },
        literal: "{% not an expression %}",
        dollar: "$.plain",
        objects: [{ value: from("a", "b c", 0) }, { fixed: true }],
      },
    });
    expect((await run(sent, { a: { "b c": [7, 8] } })).output).toEqual({
      value: 8,
      list: [7, "x'{}\\", 3, null],
      nested: { text: "It's {7} of 2 in Echo" },
      literal: "{% not an expression %}",
      dollar: "$.plain",
      objects: [{ value: 7 }, { fixed: true }],
    });
  });

  it.each<[string, Condition<never>, unknown, "yes" | "no"]>([
    ["a number that is large enough", when(from("n"), ">=", 0.9), { n: 0.9 }, "yes"],
    ["a number that is too small", when(from("n"), ">=", 0.9), { n: 0.89 }, "no"],
    ["a missing number", when(from("n"), "<", 0.9), {}, "no"],
    ["text in place of a number", when(from("n"), "<", 1), { n: "0" }, "no"],
    ["null in place of a number", when(from("n"), "<", 1), { n: null }, "no"],
    ["a missing text", when(from("a", "s"), "=", "x"), {}, "no"],
    ["the same text", when(from("a", "s"), "=", 'say "x"'), { a: { s: 'say "x"' } }, "yes"],
    ["texts in order", when(from("s"), "<", "b"), { s: "a" }, "yes"],
    ["a boolean", when(from("accepted"), "=", true), { accepted: true }, "yes"],
    ["another boolean", when(from("accepted"), "=", true), { accepted: false }, "no"],
    ["an entry of a list", when(from("list", 1), "=", 2), { list: [1, 2] }, "yes"],
    ["a missing entry", isPresent(from("list", 1)), { list: [1] }, "no"],
    ["null, which is present", isPresent(from("a")), { a: null }, "yes"],
    ["the opposite of a missing value", not(when(from("n"), "<", 1)), {}, "yes"],
    ["both", allOf(isPresent(from("a")), when(from("b"), ">", 1)), { a: 1, b: 2 }, "yes"],
    ["one of both", allOf(isPresent(from("a")), when(from("b"), ">", 1)), { b: 2 }, "no"],
    ["either", anyOf(isPresent(from("a")), when(from("b"), ">", 1)), { b: 2 }, "yes"],
    ["neither", anyOf(isPresent(from("a")), when(from("b"), ">", 1)), { b: 1 }, "no"],
  ])("decide alike on %s", async (_what, condition, input, expected) => {
    expect((await decide(condition, input)).output).toEqual({ took: expected });
  });

  it("run branches side by side, and items one by one", async () => {
    const branches = parallel({ name: "Both", branches: [double("One"), chain(double("Two"), double("Three"))] });
    expect((await run(branches, { n: 3 })).output).toEqual([{ n: 6 }, { n: 12 }]);
    const items = mapOver({ name: "Each", items: from("list"), each: double(), maxConcurrency: 2 });
    expect((await run(items, { list: [{ n: 1 }, { n: 2 }, { n: 3 }] })).output).toEqual([{ n: 2 }, { n: 4 }, { n: 6 }]);
    const selected = mapOver({
      name: "Each",
      items: from("keys"),
      select: { bucket: from("bucket"), key: fromItem() },
      each: lambdaTask<never, unknown>({ name: "Echo", functionName: "echo" }),
    });
    expect((await run(selected, { bucket: "b", keys: ["x"] })).output).toEqual([{ bucket: "b", key: "x" }]);
    expect((await run(selected, { bucket: "b", keys: [] })).output).toEqual([]);
  });

  it("wait as long as the input says, and hand it on", async () => {
    const paused = chain(wait<{ readonly n: number }>({ name: "Pause", seconds: from("n") }), double());
    expect((await run(paused, { n: 3600 })).output).toEqual({ n: 7200 });
  });

  it("end early, well or as failed, with values in the cause", async () => {
    const early = choice({
      name: "Enough?",
      ways: [{ when: when(from("n"), ">", 9), step: succeed<{ readonly n: number }>({ name: "Enough" }) }],
      otherwise: double("More"),
    });
    expect((await run(chain(early, double("Again")), { n: 10 })).output).toEqual({ n: 10 });
    expect((await run(chain(early, double("Again")), { n: 1 })).output).toEqual({ n: 4 });
    const failed = fail({ name: "Stop", error: "TOO_FEW", cause: textOf`Only ${from("n")}, it's {few}.` });
    expect(await run(failed, { n: 2 })).toMatchObject({
      status: "FAILED",
      error: "TOO_FEW",
      cause: "Only 2, it's {few}.",
    });
  });

  it("lead errors where they are sent, with the input or without, or past them", async () => {
    const broken = { name: "Broken", functionName: "broken" };
    const shown = pass<{ readonly Error: string }, unknown>({ name: "Show", values: { seen: from("Error") } });
    expect((await run(lambdaTask<unknown, unknown>({ ...broken, onError: shown }), { n: 1 })).output).toEqual({
      seen: "BROKEN",
    });
    const beside = pass<{ readonly n: number; readonly failure: { readonly Error: string } }, unknown>({
      name: "Show",
      values: { n: from("n"), seen: from("failure", "Error") },
    });
    const withInput = lambdaTask<{ readonly n: number }, unknown>({ ...broken, onErrorWithInput: beside });
    expect((await run(withInput, { n: 1 })).output).toEqual({ n: 1, seen: "BROKEN" });
    const passed = lambdaTask<{ readonly n: number }, { readonly n: number }>({
      ...broken,
      output: "input",
      ignoreErrors: true,
    });
    expect((await run(chain(passed, double()), { n: 1 })).output).toEqual({ n: 2 });
  });

  it("repeat a step until it is enough, or to the limit", async () => {
    const grow = (limit: number, maxTimes: number) =>
      repeatUntil({
        name: "Grow",
        step: double(),
        until: when(from("n"), ">", limit),
        everySeconds: 60,
        maxTimes,
        onLimit: fail({ name: "Slow", error: "SLOW", cause: textOf`Only ${from("n")}` }),
      });
    expect((await run(grow(7, 9), { n: 1 })).output).toEqual({ n: 8 });
    expect((await run(chain(grow(7, 9), double("After")), { n: 1 })).output).toEqual({ n: 16 });
    expect(await run(grow(100, 3), { n: 1 })).toMatchObject({ status: "FAILED", error: "SLOW", cause: "Only 8" });
  });

  it("publish and send what they are told to", async () => {
    const topic = `arn:aws:sns:us-east-1:${local.accountId}:reports`;
    const tell = serviceTask<{ readonly n: number }, { readonly n: number }>({
      name: "Tell",
      resource: "sns:publish",
      parameters: { TopicArn: topic, Message: { n: from("n") } },
      output: "input",
    });
    const send = serviceTask<{ readonly n: number }, unknown>({
      name: "Send",
      resource: "events:putEvents",
      parameters: { Entries: [{ Source: "test", DetailType: "Report", Detail: { n: from("n") } }] },
      output: { as: "sent", select: { failed: fromResult("FailedEntryCount") } },
    });
    expect((await run(chain(tell, send), { n: 5 })).output).toEqual({ n: 5, sent: { failed: 0 } });
    expect(local.publishedMessages(topic).map(({ message }) => message)).toEqual(['{"n":5}', '{"n":5}']);
    expect(local.publishedEvents("default").map(({ detail }) => detail)).toEqual(['{"n":5}', '{"n":5}']);
  });

  it("give any template the same values", async () => {
    const name = fc.stringMatching(/^[a-z _'"`{}%\\ä-]{1,6}$/);
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant("{% 1 %}"));
    const { tree } = fc.letrec<{ tree: TemplateObject<never>; value: Template<never> }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.constantFrom("a", "it's", "b c", "n", "x`y").map((key) => from("values", key) as Template<never>),
        fc.array(leaf, { maxLength: 3 }),
        fc.array(tie("tree"), { maxLength: 2 }),
        tie("tree"),
      ),
      tree: fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    }));
    const values = { a: [1, 2], "it's": { deep: true }, "b c": "text", n: null, "x`y": 3 };
    const expected = (template: unknown): unknown => {
      if (Array.isArray(template)) return template.map(expected);
      if (typeof template !== "object" || template === null) return template;
      if ("reference" in template) {
        const { path } = template as unknown as { readonly path: readonly string[] };
        return values[path[1] as keyof typeof values];
      }
      return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, expected(value)]));
    };
    await fc.assert(
      fc.asyncProperty(tree, async (template) => {
        const { status, output } = await run(pass<never, unknown>({ name: "Make", values: template }), { values });
        expect(status).toBe("SUCCEEDED");
        expect(output).toEqual(expected(template));
      }),
      { numRuns: 60 },
    );
  });
});

describe("buildStateMachine refuses", () => {
  it("names that are taken inside a branch or an item", () => {
    const start = chain(double("One"), parallel({ name: "Both", branches: [double("One")] }) as never);
    expect(() => buildStateMachine({ start })).toThrow(/named "One"/);
  });

  it("what an Express machine cannot have", () => {
    const job = serviceTask<unknown, unknown>({
      name: "Train",
      resource: "sagemaker:createTrainingJob.sync",
      parameters: {},
    });
    expect(() => buildStateMachine({ start: job, type: "EXPRESS" })).toThrow(/Express.*"\.sync".*Standard/);
    expect(() => buildStateMachine({ start: double(), type: "EXPRESS", timeoutSeconds: 301 })).toThrow(/300 seconds/);
    expect(buildStateMachine({ start: double(), type: "EXPRESS", timeoutSeconds: 300 })).toMatchObject({
      StartAt: "Double",
    });
  });

  it("errors that are passed over where nothing follows, and two ways for one error", () => {
    const last = lambdaTask<unknown, unknown>({ name: "Last", functionName: "f", ignoreErrors: true });
    expect(() => buildStateMachine({ start: last })).toThrow(/no step follows/);
    const onError = fail({ name: "F", error: "E", cause: "C" });
    const two = { name: "Two", functionName: "f", onError, ignoreErrors: true };
    expect(() => lambdaTask<unknown, unknown>(two)).toThrow(/exclude each other/);
  });

  it("what JSONPath has no form for, and names that would mean something else", () => {
    const make = (values: TemplateObject<never>) =>
      buildStateMachine({ start: pass<never, unknown>({ name: "A", values }) });
    expect(() => make({ list: [from("a"), { b: 1 }] })).toThrow(/list of references and objects/);
    expect(() => make({ "a.$": "x" })).toThrow(/must not end in/);
  });
});
