import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  callbackSchema,
  clientSchema,
  InvalidOptionsError,
  parseOptions,
  signalSchema,
} from "../../src/core/options.js";

const schema = z.strictObject({
  name: z.string(),
  sizes: z.array(z.number()).default([1]),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: string) => void>().optional(),
  client: clientSchema<{ send(): void }>("S3Client").optional(),
});

describe("parseOptions", () => {
  it("applies defaults and passes signals, callbacks and clients through uncloned", () => {
    const options = { name: "a", signal: new AbortController().signal, onProgress: () => {}, client: { send() {} } };
    const parsed = parseOptions("f", schema, options);
    expect(parsed.sizes).toEqual([1]);
    expect(parsed.signal).toBe(options.signal);
    expect(parsed.onProgress).toBe(options.onProgress);
    expect(parsed.client).toBe(options.client);
  });

  it("names the function, every wrong option and its place", () => {
    const act = () => parseOptions("stageDataset", schema, { sizes: [1, "2"], nmae: "a" });
    expect(act).toThrow(InvalidOptionsError);
    expect(act).toThrow(/^stageDataset cannot work with these options: .*name: .*sizes\[1\]: .*nmae/);
  });

  it.each([
    ["signal", { name: "a", signal: {} }, /signal: must be an AbortSignal/],
    ["callback", { name: "a", onProgress: "log" }, /onProgress: must be a function/],
    ["client", { name: "a", client: {} }, /client: must be an AWS SDK v3 S3Client/],
    ["absent options", undefined, /f cannot work with these options: Invalid input/],
  ])("refuses a wrong %s", (_, options, message) => {
    expect(() => parseOptions("f", schema, options)).toThrow(message);
  });

  it("says what each alternative of a union expects", () => {
    const either = z.strictObject({ source: z.union([z.string(), z.instanceof(URL), signalSchema]) });
    expect(() => parseOptions("f", either, { source: 42 })).toThrow(
      /source: Invalid input: expected string, received number, or .*URL.*, or must be an AbortSignal/,
    );
  });
});
