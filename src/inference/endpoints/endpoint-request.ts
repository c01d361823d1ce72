import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  DataCaptureConfig,
  ProductionVariantInstanceType,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { type TrainedModel, TrainedModelSchema } from "../../core/contracts.js";
import { createResourceName, ResourceNameSchema, RoleArnSchema } from "../../core/names.js";
import { parseOptions } from "../../core/options.js";

/** What is captured of the requests to an endpoint, and where it goes. */
export interface CaptureOptions {
  /** `s3://` prefix that receives `{endpoint}/{variant}/yyyy/MM/dd/HH/*.jsonl`. */
  readonly destination: string;
  /** Share of requests that are captured, in percent, 0 to 100. @defaultValue `100` */
  readonly samplingPercentage?: number;
  /** What is captured of a request. @defaultValue `["Input", "Output"]` */
  readonly modes?: readonly ("Input" | "Output")[];
}

/** What describes an endpoint. */
export interface EndpointOptions {
  /** The trained model, as `trainImageClassifier` returns it. */
  readonly model: TrainedModel;
  /** ARN of the IAM role that the endpoint runs as: it reads the artifact and writes the captures. */
  readonly roleArn: string;
  /** Name of the endpoint, and of its model and configuration. @defaultValue a new name that begins with `scones` */
  readonly endpointName?: string;
  /** Kind of machine. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Data capture; without it nothing is captured. */
  readonly capture?: CaptureOptions;
  /** Further tags of all three resources; `created-by: scones-ml` is always there. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The three requests that make an endpoint, in the order in which they are sent. */
export interface EndpointRequests {
  /** Input of `CreateModelCommand`. */
  readonly model: CreateModelCommandInput;
  /** Input of `CreateEndpointConfigCommand`. */
  readonly endpointConfig: CreateEndpointConfigCommandInput;
  /** Input of `CreateEndpointCommand`. */
  readonly endpoint: CreateEndpointCommandInput;
}

/** Schema fields shared by the builder and `deployEndpoint`; they hold the defaults. @internal */
export const endpointFields = {
  model: TrainedModelSchema,
  roleArn: RoleArnSchema,
  endpointName: ResourceNameSchema.min(1).optional(),
  instanceType: z
    .string()
    .startsWith("ml.", "must be a SageMaker instance type such as ml.m5.xlarge")
    .default("ml.m5.xlarge"),
  instanceCount: z.int().min(1).default(1),
  capture: z
    .strictObject({
      destination: z
        .string()
        .max(512)
        .regex(/^s3:\/\/[^/]+(\/.*)?$/s, "must be an S3 location such as s3://bucket/data_capture"),
      samplingPercentage: z.int().min(0).max(100).default(100),
      modes: z
        .array(z.enum(["Input", "Output"]))
        .min(1)
        .readonly()
        .default(["Input", "Output"]),
    })
    .optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
} as const;

const OptionsSchema = z.strictObject(endpointFields);

/** The variant's name; the Python SDK uses the same, and captures lie under it. */
const VARIANT_NAME = "AllTraffic";

/**
 * Builds the three requests that make an endpoint: model, endpoint configuration and endpoint share one name. It
 * calls nothing. Captured answers arrive as JSON rather than BASE64 because the content types are always named.
 *
 * @param options - See {@link EndpointOptions}.
 * @returns The inputs of the three commands.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import type { TrainedModel } from "scones-ml/core";
 * import { buildEndpointRequests } from "scones-ml/inference";
 *
 * export function show(model: TrainedModel) {
 *   const { endpointConfig } = buildEndpointRequests({
 *     model,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     capture: { destination: "s3://scones/data_capture" },
 *   });
 *   console.log(endpointConfig.DataCaptureConfig);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
 */
export function buildEndpointRequests(options: EndpointOptions): EndpointRequests {
  const { model, roleArn, capture, ...endpoint } = parseOptions("buildEndpointRequests", OptionsSchema, options);
  const name = endpoint.endpointName ?? createResourceName("scones");
  const tags = Object.entries({ ...endpoint.tags, "created-by": "scones-ml" }).map(([Key, Value]) => ({ Key, Value }));
  return {
    model: {
      ModelName: name,
      ExecutionRoleArn: roleArn,
      PrimaryContainer: { Image: model.image, ModelDataUrl: model.artifact },
      Tags: tags,
    },
    endpointConfig: {
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: VARIANT_NAME,
          ModelName: name,
          // The service model lists instance types that this library's clients may not know yet.
          InstanceType: endpoint.instanceType as ProductionVariantInstanceType,
          InitialInstanceCount: endpoint.instanceCount,
          InitialVariantWeight: 1,
        },
      ],
      ...(capture === undefined ? {} : { DataCaptureConfig: buildCaptureConfig(capture) }),
      Tags: tags,
    },
    endpoint: { EndpointName: name, EndpointConfigName: name, Tags: tags },
  };
}

function buildCaptureConfig(capture: Required<CaptureOptions>): DataCaptureConfig {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: capture.samplingPercentage,
    DestinationS3Uri: capture.destination,
    CaptureOptions: capture.modes.map((CaptureMode) => ({ CaptureMode })),
    // Without these the service captures JSON answers as BASE64 (API reference of CaptureContentTypeHeader).
    CaptureContentTypeHeader: { CsvContentTypes: ["text/csv"], JsonContentTypes: ["application/json"] },
  };
}
