import type { Shape } from "../shapes.js";

/*
 * Names, lengths, patterns and enums of the requests that the local SageMaker takes.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.67, 2026-08-07).
 */

const text = (bounds: { readonly min?: number; readonly max?: number; readonly pattern?: RegExp } = {}): Shape => ({
  kind: "string",
  ...bounds,
});
const oneOf = (...values: readonly string[]): Shape => ({ kind: "enum", values });
const integer = (bounds: { readonly min?: number; readonly max?: number } = {}): Shape => ({
  kind: "number",
  integer: true,
  ...bounds,
});
const listOf = (of: Shape, bounds: { readonly min?: number; readonly max?: number } = {}): Shape => ({
  kind: "list",
  of,
  ...bounds,
});
const structure = (members: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape => ({
  kind: "structure",
  members,
  required,
});

const NAME = /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/;
const resourceName = text({ max: 63, pattern: NAME });
const modelName = text({ max: 63, pattern: /[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?/ });
const trainingJobName = text({ min: 1, max: 63, pattern: NAME });
const roleArn = text({ min: 20, max: 2048, pattern: /arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+/ });
const s3Uri = text({ max: 1024, pattern: /(https|s3):\/\/([^/]+)\/?(.*)/ });
const kmsKeyId = text({ max: 2048, pattern: /[a-zA-Z0-9:/_-]*/ });
const contentType = text({
  min: 1,
  max: 256,
  pattern: /[a-zA-Z0-9](-*[a-zA-Z0-9])*\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*/,
});
const tags = listOf(structure({ Key: text({ min: 1, max: 128 }), Value: text({ max: 256 }) }, "Key", "Value"), {
  max: 50,
});
const inputMode = oneOf("Pipe", "File", "FastFile");
const instanceType = text({ pattern: /ml\.[a-z0-9-]+\.[a-z0-9-]+/ });

const channel = structure(
  {
    ChannelName: text({ min: 1, max: 64, pattern: /[A-Za-z0-9.\-_]+/ }),
    DataSource: structure({
      S3DataSource: structure(
        {
          S3DataType: oneOf("ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"),
          S3Uri: s3Uri,
          S3DataDistributionType: oneOf("FullyReplicated", "ShardedByS3Key"),
          AttributeNames: listOf(text({ min: 1, max: 256 }), { max: 16 }),
        },
        "S3DataType",
        "S3Uri",
      ),
    }),
    ContentType: text({ max: 256 }),
    CompressionType: oneOf("None", "Gzip"),
    RecordWrapperType: oneOf("None", "RecordIO"),
    InputMode: inputMode,
  },
  "ChannelName",
  "DataSource",
);

const container = structure({
  Image: text({ max: 255, pattern: /[\S]+/ }),
  ModelDataUrl: text({ max: 1024, pattern: /(https|s3):\/\/([^/]+)\/?(.*)/ }),
  Environment: { kind: "map", key: text({ max: 1024 }), value: text({ max: 1024 }), max: 100 },
});

const variant = structure(
  {
    VariantName: resourceName,
    ModelName: modelName,
    InitialInstanceCount: integer({ min: 1 }),
    InstanceType: instanceType,
    InitialVariantWeight: { kind: "number", integer: false, min: 0 },
  },
  "VariantName",
);

const dataCapture = structure(
  {
    EnableCapture: { kind: "boolean" },
    InitialSamplingPercentage: integer({ min: 0, max: 100 }),
    DestinationS3Uri: text({ max: 512, pattern: /(https|s3):\/\/([^/])\/?(.*)/ }),
    KmsKeyId: kmsKeyId,
    CaptureOptions: listOf(structure({ CaptureMode: oneOf("Input", "Output", "InputAndOutput") }, "CaptureMode"), {
      min: 1,
      max: 32,
    }),
    CaptureContentTypeHeader: structure({
      CsvContentTypes: listOf(contentType, { min: 1, max: 10 }),
      JsonContentTypes: listOf(contentType, { min: 1, max: 10 }),
    }),
  },
  "InitialSamplingPercentage",
  "DestinationS3Uri",
  "CaptureOptions",
);

/** The shape of each request, by operation. @internal */
export const requestShapes = {
  CreateTrainingJob: structure(
    {
      TrainingJobName: trainingJobName,
      HyperParameters: { kind: "map", key: text({ max: 256 }), value: text({ max: 2500 }), max: 100 },
      AlgorithmSpecification: structure(
        { TrainingImage: text({ max: 255 }), TrainingInputMode: inputMode },
        "TrainingInputMode",
      ),
      RoleArn: roleArn,
      InputDataConfig: listOf(channel, { min: 1, max: 20 }),
      OutputDataConfig: structure({ S3OutputPath: s3Uri, KmsKeyId: kmsKeyId }, "S3OutputPath"),
      ResourceConfig: structure({
        InstanceType: instanceType,
        InstanceCount: integer({ min: 0 }),
        VolumeSizeInGB: integer({ min: 0 }),
      }),
      StoppingCondition: structure({
        MaxRuntimeInSeconds: integer({ min: 1 }),
        MaxWaitTimeInSeconds: integer({ min: 1 }),
      }),
      Tags: tags,
    },
    "TrainingJobName",
    "RoleArn",
    "OutputDataConfig",
  ),
  DescribeTrainingJob: structure({ TrainingJobName: trainingJobName }, "TrainingJobName"),
  StopTrainingJob: structure({ TrainingJobName: trainingJobName }, "TrainingJobName"),
  CreateModel: structure(
    { ModelName: modelName, PrimaryContainer: container, ExecutionRoleArn: roleArn, Tags: tags },
    "ModelName",
  ),
  DescribeModel: structure({ ModelName: modelName }, "ModelName"),
  DeleteModel: structure({ ModelName: modelName }, "ModelName"),
  CreateEndpointConfig: structure(
    {
      EndpointConfigName: resourceName,
      ProductionVariants: listOf(variant, { min: 1, max: 10 }),
      DataCaptureConfig: dataCapture,
      KmsKeyId: kmsKeyId,
      Tags: tags,
    },
    "EndpointConfigName",
    "ProductionVariants",
  ),
  DescribeEndpointConfig: structure({ EndpointConfigName: resourceName }, "EndpointConfigName"),
  DeleteEndpointConfig: structure({ EndpointConfigName: resourceName }, "EndpointConfigName"),
  CreateEndpoint: structure(
    { EndpointName: resourceName, EndpointConfigName: resourceName, Tags: tags },
    "EndpointName",
    "EndpointConfigName",
  ),
  DescribeEndpoint: structure({ EndpointName: resourceName }, "EndpointName"),
  DeleteEndpoint: structure({ EndpointName: resourceName }, "EndpointName"),
} as const satisfies Readonly<Record<string, Shape>>;

/** An operation that the local SageMaker has. @internal */
export type SageMakerOperation = keyof typeof requestShapes;
