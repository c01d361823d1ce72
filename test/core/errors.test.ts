import { describe, expect, it } from "vitest";
import { isSconesError, SconesError } from "../../src/core/errors.js";
import { S3UriError } from "../../src/core/s3-uri.js";

const error = new S3UriError({ code: "S3_URI_INVALID", message: "no", details: { uri: "x" }, cause: new Error("why") });

describe("SconesError", () => {
  it("carries code, details and cause, and prints its own name", () => {
    expect(error).toBeInstanceOf(SconesError);
    expect(error.code).toBe("S3_URI_INVALID");
    expect(error.details).toEqual({ uri: "x" });
    expect(error.cause).toEqual(new Error("why"));
    expect(String(error)).toBe("S3UriError: no");
    expect(new SconesError({ code: "S3_URI_INVALID", message: "no", details: { uri: "x" } }).name).toBe("SconesError");
  });

  it("has no cause where none was given", () => {
    expect("cause" in new SconesError({ code: "S3_URI_INVALID", message: "no", details: { uri: "x" } })).toBe(false);
  });

  it("keeps its brand out of logs", () => {
    expect(JSON.stringify(error)).toBe('{"code":"S3_URI_INVALID","details":{"uri":"x"}}');
  });
});

describe("isSconesError", () => {
  it("tells its errors by brand and code", () => {
    expect(isSconesError(error)).toBe(true);
    expect(isSconesError(error, "S3_URI_INVALID")).toBe(true);
    expect(isSconesError(error, "INVALID_OPTIONS")).toBe(false);
  });

  it("is not taken in by an error with the same name or code", () => {
    const impostor = Object.assign(new Error("no"), { name: "S3UriError", code: "S3_URI_INVALID" });
    expect(isSconesError(impostor)).toBe(false);
    expect(isSconesError("S3_URI_INVALID")).toBe(false);
    expect(isSconesError(undefined)).toBe(false);
  });

  it("knows an error of another copy of the library", () => {
    const other = Object.assign(new Error("no"), { code: "INVALID_OPTIONS" });
    Object.defineProperty(other, Symbol.for("scones-ml.error"), { value: true });
    expect(isSconesError(other, "INVALID_OPTIONS")).toBe(true);
  });
});
