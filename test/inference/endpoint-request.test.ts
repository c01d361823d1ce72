import { describe, expect, it } from "vitest";
import type { EndpointOptions } from "../../src/inference/endpoints/endpoint-fields.js";
import { buildEndpointRequests } from "../../src/inference/endpoints/endpoint-request.js";
import { ROLE_ARN, trainedModel } from "../helpers/contracts.js";

const base = { model: trainedModel(), roleArn: ROLE_ARN, endpointName: "scones-1", lease: false } as const;

describe("buildEndpointRequests", () => {
  it("writes the course's endpoint: one ml.m5.xlarge, everything captured", () => {
    const tags = [
      { Key: "created-by", Value: "scones-ml" },
      { Key: "scones-ml:owner", Value: "scones-ml" },
    ];
    expect(buildEndpointRequests({ ...base, capture: { destination: "s3://scones/data_capture" } })).toEqual({
      models: [
        {
          ModelName: "scones-1",
          ExecutionRoleArn: ROLE_ARN,
          PrimaryContainer: {
            Image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
            ModelDataUrl: "s3://scones/models/image_model/job-1/output/model.tar.gz",
          },
          Tags: tags,
        },
      ],
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

  it("captures everything beside the model unless it is told not to", () => {
    expect(buildEndpointRequests(base).endpointConfig.DataCaptureConfig).toMatchObject({
      DestinationS3Uri: "s3://scones/data_capture",
      InitialSamplingPercentage: 100,
    });
    const { endpointConfig } = buildEndpointRequests({ ...base, capture: false });
    expect(endpointConfig).not.toHaveProperty("DataCaptureConfig");
  });

  it("makes a model for each trained variant and takes a named model as it is", () => {
    const { model, ...rest } = base;
    const variants = [
      { name: "A", model, weight: 90 },
      { name: "B", model: "old-model", weight: 10 },
    ];
    const { models, endpointConfig } = buildEndpointRequests({ ...rest, variants });
    expect(models.map(({ ModelName }) => ModelName)).toEqual(["scones-1-A"]);
    expect(endpointConfig.ProductionVariants).toMatchObject([
      { VariantName: "A", ModelName: "scones-1-A", InitialVariantWeight: 90 },
      { VariantName: "B", ModelName: "old-model", InitialVariantWeight: 10 },
    ]);
  });

  it("names no machines and no capture for a serverless endpoint", () => {
    const { endpointConfig } = buildEndpointRequests({ ...base, serverless: { memoryMb: 3072 } });
    expect(endpointConfig).not.toHaveProperty("DataCaptureConfig");
    expect(endpointConfig.ProductionVariants?.[0]).toEqual({
      VariantName: "AllTraffic",
      ModelName: "scones-1",
      ServerlessConfig: { MemorySizeInMB: 3072, MaxConcurrency: 5 },
      InitialVariantWeight: 1,
    });
  });

  it.each([
    [
      "a sampling percentage over 100",
      { capture: { destination: "s3://b/c", samplingPercentage: 101 } },
      /samplingPer/,
    ],
    ["a destination that is no S3 location", { capture: { destination: "captures" } }, /capture.destination/],
    ["an instance type of EC2", { instanceType: "m5.xlarge" }, /must be a SageMaker instance type/],
    ["a model beside variants", { variants: [{ name: "A", model: "m" }] }, /either one model or variants/],
    [
      "two variants of one name",
      {
        model: undefined,
        labels: ["a", "b"],
        capture: false,
        variants: [
          { name: "A", model: "m" },
          { name: "A", model: "n" },
        ],
      },
      /the same name/,
    ],
    ["a lease that is no time", { lease: "soon" }, /30m, 2h or 3d/],
    ["a model without labels", { model: { ...trainedModel(), labels: ["bicycle"] } }, /at least two classes/],
  ])("refuses %s", (_, change, message) => {
    const options: object = { ...base, ...change };
    expect(() => buildEndpointRequests(options as EndpointOptions)).toThrow(message);
  });
});
