import { afterEach, expect, it, vi } from "vitest";
import { trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { createListener, createTrainingAws, trainOptions } from "./training-fixture.js";

vi.mock("@aws-sdk/client-cloudwatch-logs", () => {
  throw new Error("Cannot find package");
});
afterEach(() => vi.restoreAllMocks());

it("a job is followed without the optional package, which is told", async () => {
  await using local = await createTrainingAws();
  const { of, onProgress } = createListener();
  const model = await trainImageClassifier({ ...trainOptions(local), onProgress });
  expect(of("logUnavailable")).toMatchObject([
    { message: expect.stringContaining("install @aws-sdk/client-cloudwatch-logs") },
  ]);
  expect(model.metrics.validationAccuracy).toBeGreaterThanOrEqual(0);
  expect(model.epochs).toBeUndefined();
});
