import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestShapes } from "../../src/local/sagemaker/request-shapes.js";
import { checkShape } from "../../src/local/shapes.js";
import { buildTrainingJobRequest } from "../../src/training/request/build-training-job-request.js";
import { ROLE_ARN, stagedDataset } from "../helpers/contracts.js";

const request = () =>
  buildTrainingJobRequest({
    dataset: stagedDataset(),
    region: "us-east-1",
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    jobName: "job-1",
  });

describe("the service model's constraints", () => {
  it("accept what the library builds", () => {
    expect(checkShape(requestShapes.CreateTrainingJob, request())).toEqual([]);
  });

  it.each([
    [
      "a name with an underscore",
      { TrainingJobName: "a_b" },
      /'a_b' at 'trainingJobName' .* regular expression pattern/,
    ],
    ["no role", { RoleArn: undefined }, /null at 'roleArn' .* must not be null/],
    [
      "a number as a hyper-parameter",
      { HyperParameters: { epochs: 3 } },
      /'hyperParameters.epochs.member' .* a string/,
    ],
    [
      "too many channels",
      { InputDataConfig: Array(21).fill(request().InputDataConfig?.[0]) },
      /length less than .* 20/,
    ],
    ["no channel", { InputDataConfig: [] }, /'inputDataConfig' .* greater than or equal to 1/],
    [
      "an unknown input mode",
      { AlgorithmSpecification: { TrainingInputMode: "Stream" } },
      /'Stream' at 'algorithmSpecification.trainingInputMode' .* enum value set: \[Pipe, File, FastFile\]/,
    ],
    ["a runtime of nothing", { StoppingCondition: { MaxRuntimeInSeconds: 0 } }, /'stoppingCondition.maxRuntimeInS/],
    ["text for a list", { Tags: "a" }, /'tags' .* must be a list/],
  ])("refuse %s in AWS's words", (_, change, message) => {
    const findings = checkShape(requestShapes.CreateTrainingJob, { ...request(), ...change });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(message);
  });

  it("refuse a capture content type with a charset, as the service model does", () => {
    const config = (type: string) => ({
      EndpointConfigName: "a",
      ProductionVariants: [{ VariantName: "AllTraffic", ModelName: "a", InstanceType: "ml.m5.xlarge" }],
      DataCaptureConfig: {
        InitialSamplingPercentage: 100,
        DestinationS3Uri: "s3://scones/data_capture",
        CaptureOptions: [{ CaptureMode: "Input" }],
        CaptureContentTypeHeader: { JsonContentTypes: [type] },
      },
    });
    expect(checkShape(requestShapes.CreateEndpointConfig, config("application/json"))).toEqual([]);
    expect(checkShape(requestShapes.CreateEndpointConfig, config("application/json; charset=utf-8"))).toHaveLength(1);
  });

  it("take any JSON without falling over", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.values(requestShapes)), (value, shape) => {
        expect(Array.isArray(checkShape(shape, value))).toBe(true);
      }),
    );
  });
});
