import type { Shape } from "../shapes.js";
import {
  contentType,
  flag,
  instanceType,
  integer,
  kmsKeyId,
  listOf,
  modelName,
  oneOf,
  resourceName,
  roleArn,
  structure,
  tags,
  text,
  textMap,
} from "./shape-parts.js";

/*
 * Requests about models and endpoints.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.67, 2026-08-07).
 */

const container = structure({
  Image: text({ max: 255, pattern: /[\S]+/ }),
  ModelDataUrl: text({ max: 1024, pattern: /(https|s3):\/\/([^/]+)\/?(.*)/ }),
  Environment: textMap(100),
});

const weight: Shape = { kind: "number", integer: false, min: 0 };

/** One of the ProductionVariants. @internal */
export const variantShape = structure(
  {
    VariantName: resourceName,
    ModelName: modelName,
    InitialInstanceCount: integer({ min: 1 }),
    InstanceType: instanceType,
    InitialVariantWeight: weight,
    ServerlessConfig: structure(
      {
        MemorySizeInMB: integer({ min: 1024, max: 6144 }),
        MaxConcurrency: integer({ min: 1, max: 200 }),
        ProvisionedConcurrency: integer({ min: 1, max: 200 }),
      },
      "MemorySizeInMB",
      "MaxConcurrency",
    ),
  },
  "VariantName",
);

/** DataCaptureConfig. @internal */
export const captureShape = structure(
  {
    EnableCapture: flag,
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

const capacity = structure(
  { Type: oneOf("INSTANCE_COUNT", "CAPACITY_PERCENT"), Value: integer({ min: 1 }) },
  "Type",
  "Value",
);
const waitSeconds = integer({ min: 0, max: 3600 });
const timeoutSeconds = integer({ min: 600, max: 28_800 });

const deployment = structure({
  BlueGreenUpdatePolicy: structure(
    {
      TrafficRoutingConfiguration: structure(
        {
          Type: oneOf("ALL_AT_ONCE", "CANARY", "LINEAR"),
          WaitIntervalInSeconds: waitSeconds,
          CanarySize: capacity,
          LinearStepSize: capacity,
        },
        "Type",
        "WaitIntervalInSeconds",
      ),
      TerminationWaitInSeconds: waitSeconds,
      MaximumExecutionTimeoutInSeconds: timeoutSeconds,
    },
    "TrafficRoutingConfiguration",
  ),
  RollingUpdatePolicy: structure(
    {
      MaximumBatchSize: capacity,
      WaitIntervalInSeconds: waitSeconds,
      MaximumExecutionTimeoutInSeconds: timeoutSeconds,
      RollbackMaximumBatchSize: capacity,
    },
    "MaximumBatchSize",
    "WaitIntervalInSeconds",
  ),
  AutoRollbackConfiguration: structure({
    Alarms: listOf(structure({ AlarmName: text({ min: 1, max: 255, pattern: /(?!\s*$).+/ }) }), { min: 1, max: 10 }),
  }),
});

const s3Path = text({ max: 1024, pattern: /(https|s3):\/\/([^/]+)\/?(.*)/ });
const topicArn = text({ max: 2048, pattern: /arn:aws[a-z-]*:sns:[a-z0-9-]*:[0-9]{12}:[a-zA-Z0-9_.-]+/ });

const asyncShape = structure(
  {
    ClientConfig: structure({ MaxConcurrentInvocationsPerInstance: integer({ min: 1, max: 1000 }) }),
    OutputConfig: structure({
      KmsKeyId: kmsKeyId,
      S3OutputPath: s3Path,
      S3FailurePath: s3Path,
      NotificationConfig: structure({
        SuccessTopic: topicArn,
        ErrorTopic: topicArn,
        IncludeInferenceResponseIn: listOf(oneOf("SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"), { max: 2 }),
      }),
    }),
  },
  "OutputConfig",
);

/** The shape of each request about models and endpoints, by operation. @internal */
export const endpointShapes = {
  CreateModel: structure(
    {
      ModelName: modelName,
      PrimaryContainer: container,
      ExecutionRoleArn: roleArn,
      VpcConfig: structure(
        {
          SecurityGroupIds: listOf(text({ max: 32, pattern: /[-0-9a-zA-Z]+/ }), { min: 1, max: 5 }),
          Subnets: listOf(text({ max: 32, pattern: /[-0-9a-zA-Z]+/ }), { min: 1, max: 16 }),
        },
        "SecurityGroupIds",
        "Subnets",
      ),
      Tags: tags,
    },
    "ModelName",
  ),
  DescribeModel: structure({ ModelName: modelName }, "ModelName"),
  DeleteModel: structure({ ModelName: modelName }, "ModelName"),
  CreateEndpointConfig: structure(
    {
      EndpointConfigName: resourceName,
      ProductionVariants: listOf(variantShape, { min: 1, max: 10 }),
      ShadowProductionVariants: listOf(variantShape, { min: 1, max: 10 }),
      DataCaptureConfig: captureShape,
      AsyncInferenceConfig: asyncShape,
      KmsKeyId: kmsKeyId,
      Tags: tags,
    },
    "EndpointConfigName",
    "ProductionVariants",
  ),
  DescribeEndpointConfig: structure({ EndpointConfigName: resourceName }, "EndpointConfigName"),
  DeleteEndpointConfig: structure({ EndpointConfigName: resourceName }, "EndpointConfigName"),
  CreateEndpoint: structure(
    { EndpointName: resourceName, EndpointConfigName: resourceName, DeploymentConfig: deployment, Tags: tags },
    "EndpointName",
    "EndpointConfigName",
  ),
  DescribeEndpoint: structure({ EndpointName: resourceName }, "EndpointName"),
  DeleteEndpoint: structure({ EndpointName: resourceName }, "EndpointName"),
  UpdateEndpoint: structure(
    {
      EndpointName: resourceName,
      EndpointConfigName: resourceName,
      RetainAllVariantProperties: flag,
      ExcludeRetainedVariantProperties: listOf(
        structure(
          { VariantPropertyType: oneOf("DesiredInstanceCount", "DesiredWeight", "DataCaptureConfig") },
          "VariantPropertyType",
        ),
        { min: 0, max: 3 },
      ),
      DeploymentConfig: deployment,
      RetainDeploymentConfig: flag,
    },
    "EndpointName",
    "EndpointConfigName",
  ),
  UpdateEndpointWeightsAndCapacities: structure(
    {
      EndpointName: resourceName,
      DesiredWeightsAndCapacities: listOf(
        structure(
          { VariantName: resourceName, DesiredWeight: weight, DesiredInstanceCount: integer({ min: 0 }) },
          "VariantName",
        ),
        { min: 1 },
      ),
    },
    "EndpointName",
    "DesiredWeightsAndCapacities",
  ),
} as const satisfies Readonly<Record<string, Shape>>;
