import { describe, expect, it } from "vitest";
import { adviseOnTrainingError } from "../../src/training/training-error-advice.js";
import { TrainingJobError } from "../../src/training/training-errors.js";

/** An exception as the SDK makes it. */
function exception(name: string, message = "", status = 400): Error {
  return Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: status } });
}

const limit = (what: string) =>
  `The account-level service limit '${what}' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please contact AWS support to request an increase for this limit.`;

describe("adviseOnTrainingError", () => {
  it.each<[string, unknown, string, boolean]>([
    ["a quota", exception("ResourceLimitExceeded", limit("ml.p3.2xlarge for training job usage")), "quota", false],
    [
      "a region",
      exception(
        "ResourceLimitExceeded",
        "The requested resource training-job/ml.p2.xlarge is not available in this region",
      ),
      "region",
      false,
    ],
    [
      "denied access",
      exception("AccessDeniedException", "User: x is not authorized to perform: sagemaker:CreateTrainingJob"),
      "access",
      false,
    ],
    ["denied access of S3", exception("AccessDenied", "", 403), "access", false],
    ["denied access without a name", exception("UnknownError", "", 403), "access", false],
    [
      "a token that expired",
      exception("ExpiredTokenException", "The security token included in the request is expired"),
      "credentials",
      false,
    ],
    ["a token of S3 that expired", exception("ExpiredToken"), "credentials", false],
    ["a key that is unknown", exception("UnrecognizedClientException", "", 400), "credentials", false],
    ["a key of S3 that is unknown", exception("InvalidAccessKeyId", "", 403), "credentials", false],
    [
      "no credentials",
      Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" }),
      "credentials",
      false,
    ],
    ["a name that is taken", exception("ResourceInUse"), "name", false],
    ["throttling", exception("ThrottlingException", "Rate exceeded"), "throttling", true],
    ["throttling without a name", exception("UnknownError", "", 429), "throttling", true],
    ["an ill service", exception("InternalFailure", "", 500), "unavailable", true],
    ["an ill service without a name", exception("UnknownError", "", 503), "unavailable", true],
    [
      "an exception of another name",
      exception("ValidationException", `ResourceLimitExceeded: ${limit("x")}`),
      "quota",
      false,
    ],
    [
      "no capacity",
      "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
      "capacity",
      true,
    ],
    [
      "an error of the service in a job",
      "InternalServerError: We encountered an internal error. Please try again.",
      "unavailable",
      true,
    ],
    [
      "a role that may not read",
      "ClientError: Data download failed:Access denied for bucket scones, status code: 403",
      "access",
      false,
    ],
  ])("knows %s", (_, error, trouble, canRetry) => {
    const advice = adviseOnTrainingError(error);
    expect(advice).toMatchObject({ trouble, canRetry });
    expect(advice?.message).toMatch(/\.$/);
    expect(advice?.remedy).toMatch(/\.$/);
  });

  it("reads the reason of a job that failed", () => {
    const failureReason = "CapacityError: Unable to provision requested ML compute capacity.";
    const error = new TrainingJobError({
      code: "TRAINING_JOB_FAILED",
      message: "failed",
      details: { trainingJobName: "job", failureReason },
    });
    expect(adviseOnTrainingError(error, { instanceType: "ml.g4dn.xlarge", isSpot: true })).toEqual({
      trouble: "capacity",
      message: "AWS has no ml.g4dn.xlarge to spare free in this region at the moment.",
      remedy:
        "Start the job again in some minutes, under a new name; or set instanceType to ml.g5.xlarge, leave spot out, or use another region.",
      canRetry: true,
    });
  });

  it.each([
    ["ml.p3.2xlarge", "ml.g4dn.xlarge"],
    ["ml.p2.xlarge", "ml.g4dn.xlarge"],
    ["ml.g4dn.xlarge", "ml.g5.xlarge"],
    ["ml.g5.2xlarge", "ml.g4dn.xlarge"],
    ["ml.p3.8xlarge", "ml.g4dn.12xlarge"],
    ["ml.g5.48xlarge", "ml.p3.16xlarge"],
    ["ml.p2.16xlarge", "ml.g5.48xlarge"],
    ["ml.nothing", "ml.g4dn.xlarge"],
  ])("names another kind of machine than %s with as many GPUs: %s", (instanceType, alternative) => {
    const advice = adviseOnTrainingError(exception("ResourceLimitExceeded"), { instanceType });
    expect(advice?.remedy).toContain(`Set instanceType to ${alternative}, or ask`);
    expect(advice?.remedy).toContain(`"${instanceType} for training job usage" in Service Quotas`);
    expect(advice?.message.includes("often have a quota of 0 for ml.p3")).toBe(instanceType.startsWith("ml.p3"));
  });

  it("names the quota of spot jobs, and the one that AWS names", () => {
    const spot = adviseOnTrainingError(exception("ResourceLimitExceeded"), { isSpot: true });
    expect(spot?.remedy).toContain('"ml.p3.2xlarge for spot training job usage"');
    const named = adviseOnTrainingError(exception("ResourceLimitExceeded", limit("Number of instances")));
    expect(named?.remedy).toContain('"Number of instances"');
  });

  it.each([
    [new Error("boom")],
    [exception("ValidationException", "1 validation error detected")],
    ["Customer Error: Invalid lst file in the train channel."],
    ["AlgorithmError: out of memory"],
    [undefined],
    [new TrainingJobError({ code: "TRAINING_JOB_FAILED", message: "", details: { trainingJobName: "job" } })],
  ])("has nothing to add to %s", (error) => {
    expect(adviseOnTrainingError(error)).toBeUndefined();
  });
});
