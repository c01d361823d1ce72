import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/local/states/json.js";
import { parsePath } from "../../../src/local/states/paths/path-parser.js";
import { readPath } from "../../../src/local/states/paths/read-path.js";
import { parseReferencePath, writePath } from "../../../src/local/states/paths/reference-path.js";

const store: Json = {
  name: "scones",
  "a.b": 1,
  items: [
    { id: 1, price: 8, tags: ["x", "y"], label: "bicycle" },
    { id: 2, price: 12, tags: [], label: "motorcycle" },
    { id: 3, price: 9, label: null },
  ],
  nested: { items: [{ id: 4 }], none: null },
};
const read = (path: string, data: Json = store) => readPath(parsePath(path).segments, data);

describe("paths", () => {
  it.each<[string, unknown]>([
    ["$", store],
    ["$.name", "scones"],
    ["$['name']", "scones"],
    ['$["a.b"]', 1],
    ["$.items[0].id", 1],
    ["$.items[-1].id", 3],
    ["$.items[3]", undefined],
    ["$.missing", undefined],
    ["$.name.length", undefined],
    ["$.nested.none", null],
    ["$.items.length()", 3],
    ["$.items[*].id", [1, 2, 3]],
    ["$.items[*].tags[0]", ["x"]],
    ["$.items[0,2].id", [1, 3]],
    ["$.items[0:2].id", [1, 2]],
    ["$.items[-2:].id", [2, 3]],
    ["$.items[::2].id", [1, 3]],
    ["$.items[0]['id','price']", [1, 8]],
    ["$..id", [1, 2, 3, 4]],
    ["$..items[0].id", [1, 4]],
    ["$.items[?(@.price < 10)].id", [1, 3]],
    ["$.items[?(@.price >= 9 && @.label)].id", [2, 3]],
    ["$.items[?(@.label == 'bicycle' || @.id == 3)].id", [1, 3]],
    ["$.items[?(!(@.tags))].id", [3]],
    ["$.items[?(@.id != 1)].id", [2, 3]],
    ["$.items[?(@.label == $.items[1].label)].id", [2]],
    ["$.items[?(@.label == null)].id", [3]],
    ["$.missing[*].id", undefined],
    ["$.items[?(@.price > 99)]", []],
    ["$..nothing", []],
  ])("%s", (path, expected) => {
    expect(read(path)).toEqual(expected);
  });

  it("reads own members only", () => {
    expect(read("$.constructor", {})).toBeUndefined();
    expect(read("$.__proto__", {})).toBeUndefined();
    expect(read("$.__proto__.x", JSON.parse('{"__proto__":{"x":1}}'))).toBe(1);
  });

  it("knows the context object and variables", () => {
    expect(parsePath("$$.Execution.Id").root).toEqual({ kind: "context" });
    expect(parsePath("$limit.value").root).toEqual({ kind: "variable", name: "limit" });
  });

  it.each([
    "",
    "a",
    "$.",
    "$.a[",
    "$.a[]",
    "$.a[?(@.b =~ /x/)]",
    "$[?(",
    "$.a b",
    "$.a.sum()",
    "$['a",
    "$[1:2:0]",
    "$..",
    "$.a[",
  ])("refuses %j", (text) => {
    expect(() => parsePath(text)).toThrow(/position \d+/);
  });

  it("reads or refuses any text without hanging", () => {
    const pieces = fc.constantFrom(
      "$",
      ".",
      "..",
      "[",
      "]",
      "*",
      "?(",
      "@",
      ")",
      "'",
      '"',
      "a",
      "0",
      "-1",
      ":",
      ",",
      "&&",
      "!",
      "(",
      "==",
      "\\",
      " ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          readPath(parsePath(parts.join("")).segments, store);
        } catch (error) {
          expect((error as Error).name).toBe("PathSyntaxError");
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("stops a path that would yield more than can be handled", () => {
    const wide: Json = Array.from({ length: 2000 }, () => Array.from({ length: 20 }, () => [1]));
    expect(() => read("$..*..*..*..*..*..*..*", [wide, wide, wide])).toThrow("too many values");
  });

  it("reads deep data", () => {
    let deep: Json = "bottom";
    for (let depth = 0; depth < 20_000; depth++) deep = { a: deep };
    expect(read("$..b", deep)).toEqual([]);
  });
});

describe("reference paths", () => {
  const write = (path: string, data: Json, value: Json) => writePath(parseReferencePath(path), data, value);

  it.each<[string, Json, Json]>([
    ["$", { a: 1 }, "x"],
    ["$.b", { a: 1 }, { a: 1, b: "x" }],
    ["$.b.c.d", { a: 1 }, { a: 1, b: { c: { d: "x" } } }],
    ["$.a", { a: 1 }, { a: "x" }],
    ["$.list[1].r", { list: [1, { q: 2 }] }, { list: [1, { q: 2, r: "x" }] }],
  ])("puts a value at %s", (path, data, expected) => {
    const before = JSON.stringify(data);
    expect(write(path, data, "x")).toEqual(expected);
    expect(JSON.stringify(data)).toBe(before);
  });

  it("fails where the way leads through something that is not an object", () => {
    expect(() => write("$.x", "foo", 1)).toThrow(expect.objectContaining({ error: "States.ResultPathMatchFailure" }));
    expect(() => write("$.a.b", { a: 1 }, 1)).toThrow(
      expect.objectContaining({ error: "States.ResultPathMatchFailure" }),
    );
    expect(() => write("$.a[2]", { a: [] }, 1)).toThrow(
      expect.objectContaining({ error: "States.ResultPathMatchFailure" }),
    );
  });

  it("makes __proto__ an ordinary member", () => {
    const result = write("$.__proto__.polluted", {}, true);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each(["$.a[*]", "$..a", "$.a[0:1]", "$$.a", "$v.a", "$.a.length()"])("refuses %s", (path) => {
    expect(() => parseReferencePath(path)).toThrow("a reference path names exactly one place");
  });
});
