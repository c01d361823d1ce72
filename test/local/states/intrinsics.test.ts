import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intrinsicNames } from "../../../src/local/states/intrinsics/intrinsic-functions.js";
import { parseIntrinsic } from "../../../src/local/states/intrinsics/intrinsic-parser.js";
import { invokeIntrinsic } from "../../../src/local/states/intrinsics/invoke-intrinsic.js";
import type { Json } from "../../../src/local/states/json.js";

const data: Json = {
  name: "Foo",
  list: [1, 2, 2, { a: 1, b: 2 }, { b: 2, a: 1 }],
  nine: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  text: '{"a":[1]}',
  object: { a: 1, b: { c: 1 } },
  other: { b: { d: 1 }, z: 2 },
  template: "Hi {}",
};

function evaluate(text: string, random = () => 0.5): Json {
  return invokeIntrinsic(parseIntrinsic(text, intrinsicNames), {
    data,
    variables: new Map<string, Json>([["who", "Bar"]]),
    context: () => ({ State: { Name: "S" } }),
    clock: { now: () => new Date(0), sleep: async () => {}, random },
  });
}

describe("intrinsic functions", () => {
  it.each<[string, unknown]>([
    ["States.Format('Hello, {}!', $.name)", "Hello, Foo!"],
    ["States.Format($.template, $who)", "Hi Bar"],
    ["States.Format('{} {} {} {}', 1.5, true, null, 'x')", "1.5 true null x"],
    ["States.Format('{} {}', $.object, $.nine)", "{a=1, b={c=1}} [1, 2, 3, 4, 5, 6, 7, 8, 9]"],
    ["States.Format('it\\'s \\{\\} \\\\ {}', $$.State.Name)", "it's {} \\ S"],
    ["States.StringToJson(' ')", null],
    ["States.StringToJson($.text)", { a: [1] }],
    ["States.JsonToString($.object)", '{"a":1,"b":{"c":1}}'],
    ["States.Array()", []],
    ["States.Array($.name, 1, 'a,b', null, States.Array())", ["Foo", 1, "a,b", null, []]],
    ["States.ArrayPartition($.nine, 4)", [[1, 2, 3, 4], [5, 6, 7, 8], [9]]],
    ["States.ArrayContains($.list, 2)", true],
    ["States.ArrayContains($.list, $.object)", false],
    ["States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]],
    ["States.ArrayRange(5, 1, -2)", [5, 3, 1]],
    ["States.ArrayGetItem($.nine, 5)", 6],
    ["States.ArrayLength($.nine)", 9],
    ["States.ArrayUnique($.list)", [1, 2, { a: 1, b: 2 }]],
    ["States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="],
    ["States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"],
    ["States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    ["States.JsonMerge($.object, $.other, false)", { a: 1, b: { d: 1 }, z: 2 }],
    ["States.MathRandom(1, 999)", 500],
    ["States.MathAdd(111, -1)", 110],
    ["States.MathAdd(1.6, 1)", 3],
    ["States.StringSplit('1,2,3', ',')", ["1", "2", "3"]],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]],
    ["States.ArrayGetItem(States.StringSplit('a/b', '/'), 1)", "b"],
  ])("%s", (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  it("draws the same number for the same seed, and another UUID each time", () => {
    const seeded = evaluate("States.MathRandom(0, 1000000, 7)");
    expect(evaluate("States.MathRandom(0, 1000000, 7)", () => 0.9)).toBe(seeded);
    expect(evaluate("States.UUID()")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(evaluate("States.UUID()")).not.toBe(evaluate("States.UUID()"));
  });

  it.each([
    "States.Format('{}')",
    "States.Format('x', 1)",
    "States.Format('a\\n')",
    "States.Array('a\\x')",
    "States.StringToJson('{')",
    "States.ArrayPartition($.nine, 0)",
    "States.ArrayRange(1, 2000, 1)",
    "States.ArrayRange(1, 2, 0)",
    "States.ArrayGetItem($.nine, 9)",
    "States.ArrayGetItem($.nine, -1)",
    "States.ArrayLength($.name)",
    "States.ArrayLength($.nine, 1)",
    "States.Base64Decode('***')",
    "States.Hash('x', 'CRC32')",
    "States.JsonMerge($.object, $.other, true)",
    "States.MathAdd('1', 2)",
    "States.MathAdd(2147483648, 0)",
    "States.MathRandom(5, 5)",
  ])("%s fails with States.IntrinsicFailure", (text) => {
    expect(() => evaluate(text)).toThrow(expect.objectContaining({ error: "States.IntrinsicFailure" }));
  });

  it("names the path that leads nowhere", () => {
    expect(() => evaluate("States.Array($.nope)")).toThrow(
      expect.objectContaining({
        error: "States.Runtime",
        causeText: expect.stringContaining("The JsonPath argument for the field '$.nope' could not be found"),
      }),
    );
  });

  it("refuses what is no invocation", () => {
    const nested = `${"States.Array(".repeat(11)}1${")".repeat(11)}`;
    for (const text of [
      "States.Nope()",
      "States.Array(",
      "States.Array(1,)",
      "States.Array(1) ",
      "x",
      nested,
      "States.Array('a)",
    ]) {
      if (text === "States.Array(1) ") expect(evaluate(text)).toEqual([1]);
      else expect(() => evaluate(text)).toThrow(expect.objectContaining({ name: "PathSyntaxError" }));
    }
  });

  it("reads or refuses any text without hanging", () => {
    const pieces = fc.constantFrom(
      ...["States.Array", "States.Format", "States.ArrayRange", "States.StringSplit", "States.MathAdd"],
      ...["(", ")", ",", "'", "\\", "{}", "$", "$.name", "$.list[*]", "1", "-2.5e3", "true", "null", " "],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        try {
          evaluate(`States.Array(${parts.join("")})`);
        } catch (error) {
          expect(["PathSyntaxError", "StateFailure"]).toContain((error as Error).name);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
