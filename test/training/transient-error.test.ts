import { describe, expect, it } from "vitest";
import { isTransientError } from "../../src/training/follow/transient-error.js";

const error = (name: string, members: object = {}) => Object.assign(new Error(name), { name, ...members });

describe("an error that passes", () => {
  it.each([
    error("ThrottlingException"),
    error("TooManyRequestsException"),
    error("InternalFailure", { $metadata: { httpStatusCode: 500 } }),
    error("Unknown", { $metadata: { httpStatusCode: 503 } }),
    error("TimeoutError"),
    error("Error", { code: "ECONNRESET" }),
    error("Error", { code: "ENOTFOUND" }),
  ])("is asked again: $name $code", (passing) => expect(isTransientError(passing)).toBe(true));

  it.each([
    error("AccessDeniedException", { $metadata: { httpStatusCode: 400 } }),
    error("ExpiredTokenException", { $metadata: { httpStatusCode: 403 } }),
    error("CredentialsProviderError"),
    error("ValidationException", { $metadata: { httpStatusCode: 400 } }),
    error("TypeError"),
    error("Error", { code: "EACCES" }),
  ])("is none of: $name $code", (lasting) => expect(isTransientError(lasting)).toBe(false));

  it("is an error at all", () => expect(isTransientError("ThrottlingException")).toBe(false));
});
