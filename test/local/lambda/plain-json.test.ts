import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeResult } from "../../../src/local/lambda/function-result.js";
import { copyPlainJson, NOT_PLAIN } from "../../../src/local/lambda/plain-json.js";

describe("what a function of this process returns", () => {
  it("arrives as its JSON text reads, of whatever it is made", () => {
    const values = fc.anything({ withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true });
    const property = fc.property(values, (value) => {
      const text = JSON.stringify(value) ?? "null";
      expect(takeResult(value)).toEqual({ payload: text, value: JSON.parse(text) });
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it("is a copy, so that neither side sees what the other does with it", () => {
    const result = { body: { inferences: [0.9, 0.1] } };
    const taken = takeResult(result);
    result.body.inferences.push(7);
    expect(taken).toMatchObject({ value: { body: { inferences: [0.9, 0.1] } } });
  });

  it("keeps a member __proto__ as a member, and changes no prototype", () => {
    const copy = copyPlainJson(JSON.parse('{"__proto__": {"polluted": 1}}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":1}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it.each([
    ["a class of its own", new (class Box {})()],
    ["what writes itself", { toJSON: () => 1 }],
    ["a function", { run: () => 1 }],
    ["a big whole number", { count: 1n }],
  ])("is left to JSON where it holds %s", (_name, value) => {
    expect(copyPlainJson(value)).toBe(NOT_PLAIN);
  });

  it("is refused as Lambda refuses it where it holds itself", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(takeResult(loop)).toMatchObject({ errorType: "Runtime.MarshalError" });
  });
});
