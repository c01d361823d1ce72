import { describe, expect, it } from "vitest";
import { buildEndpointRequests } from "../../src/inference/endpoints/endpoint-request.js";
import { ROLE_ARN, trainedModel } from "../helpers/contracts.js";

const base = { model: trainedModel(), roleArn: ROLE_ARN, endpointName: "scones-1" };

describe("buildEndpointRequests", () => {
  it("writes the course's endpoint: one ml.m5.xlarge, everything captured", () => {
    const tags = [{ Key: "created-by", Value: "scones-ml" }];
    expect(buildEndpointRequests({ ...base, capture: { destination: "s3://scones/data_capture" } })).toEqual({
      model: {
        ModelName: "scones-1",
        ExecutionRoleArn: ROLE_ARN,
        PrimaryContainer: {
          Image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
          ModelDataUrl: "s3://scones/models/image_model/job-1/output/model.tar.gz",
        },
        Tags: tags,
      },
      endpointConfig: {
        EndpointConfigName: "scones-1",
        ProductionVariants: [
          {
            VariantName: "AllTraffic",
            ModelName: "scones-1",
            InstanceType: "ml.m5.xlarge",
            InitialInstanceCount: 1,
            InitialVariantWeight: 1,
          },
        ],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: "s3://scones/data_capture",
          CaptureOptions: [{ CaptureMode: "Input" }, { CaptureMode: "Output" }],
          CaptureContentTypeHeader: { CsvContentTypes: ["text/csv"], JsonContentTypes: ["application/json"] },
        },
        Tags: tags,
      },
      endpoint: { EndpointName: "scones-1", EndpointConfigName: "scones-1", Tags: tags },
    });
  });

  it("captures nothing unless it is asked to", () => {
    expect(buildEndpointRequests(base).endpointConfig).not.toHaveProperty("DataCaptureConfig");
  });

  it.each([
    [
      "a sampling percentage over 100",
      { capture: { destination: "s3://b/c", samplingPercentage: 101 } },
      /samplingPer/,
    ],
    ["a destination that is no S3 location", { capture: { destination: "captures" } }, /capture.destination/],
    ["an instance type of EC2", { instanceType: "m5.xlarge" }, /must be a SageMaker instance type/],
    ["a model without labels", { model: { ...trainedModel(), labels: ["bicycle"] } }, /at least two classes/],
  ])("refuses %s", (_, change, message) => {
    expect(() => buildEndpointRequests({ ...base, ...change })).toThrow(message);
  });
});
