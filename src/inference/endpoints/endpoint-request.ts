import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  DataCaptureConfig,
  ProductionVariant,
  ProductionVariantInstanceType,
  Tag,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { createResourceName } from "../../core/names.js";
import { InvalidOptionsError, parseOptions } from "../../core/options.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { checkServing, type EndpointOptions, endpointFields, type ResolvedServing } from "./endpoint-fields.js";
import { expiryOf, TAG } from "./lease.js";

/** What is needed behind an endpoint: new models, and the configuration that names them. @internal */
export interface ServingRequests {
  readonly models: readonly CreateModelCommandInput[];
  readonly endpointConfig: CreateEndpointConfigCommandInput;
}

/** The requests that make an endpoint, in the order in which they are sent. */
export interface EndpointRequests {
  /** Inputs of `CreateModelCommand`: one for each trained model, none for those that SageMaker has already. */
  readonly models: readonly CreateModelCommandInput[];
  /** Input of `CreateEndpointConfigCommand`. */
  readonly endpointConfig: CreateEndpointConfigCommandInput;
  /** Input of `CreateEndpointCommand`. */
  readonly endpoint: CreateEndpointCommandInput;
}

const OptionsSchema = z.strictObject(endpointFields).superRefine(checkServing);

/** The name of the only variant; the Python SDK uses the same, and captures lie under it. */
const VARIANT_NAME = "AllTraffic";
const MAX_NAME_LENGTH = 63;

/**
 * Builds the requests that make an endpoint: models, endpoint configuration and endpoint. They share one name; with
 * variants, a model is named `{endpoint}-{variant}`. It calls nothing. Captured answers arrive as JSON rather than
 * BASE64 because the content types are always named.
 *
 * @param options - See {@link EndpointOptions}.
 * @returns The inputs of the commands.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or two do not fit together.
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
  const { endpointName, ...serving } = parseOptions("buildEndpointRequests", OptionsSchema, options);
  return buildResolved(serving, endpointName ?? createResourceName("scones"));
}

/** @internal */
export function buildResolved(serving: ResolvedServing, name: string): EndpointRequests {
  const requests = buildServing(serving, name);
  const { Tags } = requests.endpointConfig;
  return { ...requests, endpoint: { EndpointName: name, EndpointConfigName: name, ...(Tags && { Tags }) } };
}

/**
 * Builds models and configuration.
 *
 * @param options - The options with their defaults.
 * @param name - Name of the configuration, which the models' names begin with.
 * @returns The requests.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when a model's name would be too long.
 * @internal
 */
export function buildServing(options: ResolvedServing, name: string): ServingRequests {
  const tags = buildTags(options);
  const models: CreateModelCommandInput[] = [];
  const isAlone = options.variants === undefined && options.shadow === undefined;
  const build = (variant: NonNullable<ResolvedServing["shadow"]>): ProductionVariant => {
    const ModelName = typeof variant.model === "string" ? variant.model : isAlone ? name : `${name}-${variant.name}`;
    if (ModelName.length > MAX_NAME_LENGTH) throw tooLong(ModelName);
    if (typeof variant.model !== "string") {
      const { securityGroupIds, subnets } = options.vpc ?? {};
      models.push({
        ModelName,
        ExecutionRoleArn: options.roleArn,
        PrimaryContainer: { Image: variant.model.image, ModelDataUrl: variant.model.artifact },
        ...(securityGroupIds && subnets
          ? { VpcConfig: { SecurityGroupIds: [...securityGroupIds], Subnets: [...subnets] } }
          : {}),
        Tags: tags,
      });
    }
    return {
      VariantName: variant.name,
      ModelName,
      ...buildCapacity(options, variant),
      InitialVariantWeight: variant.weight,
    };
  };
  const only = options.model === undefined ? [] : [{ name: VARIANT_NAME, model: options.model, weight: 1 }];
  const variants = (options.variants ?? only).map(build);
  const shadow = options.shadow === undefined ? undefined : [build(options.shadow)];
  const capture = resolveCapture(options);
  const KmsKeyId = options.kmsKeyId;
  return {
    models,
    endpointConfig: {
      EndpointConfigName: name,
      ProductionVariants: variants,
      ...(shadow ? { ShadowProductionVariants: shadow } : {}),
      ...(capture ? { DataCaptureConfig: { ...buildCaptureConfig(capture), ...(KmsKeyId ? { KmsKeyId } : {}) } } : {}),
      ...(options.async ? { AsyncInferenceConfig: buildAsync(options.async, KmsKeyId) } : {}),
      // A serverless endpoint has no disk of its own to encrypt.
      ...(KmsKeyId && options.serverless === undefined ? { KmsKeyId } : {}),
      Tags: tags,
    },
  };
}

/** Where captures go: as told, or beside the model. @internal */
export function resolveCapture(
  options: ResolvedServing,
): Required<Exclude<ResolvedServing["capture"], false | undefined>> | undefined {
  if (options.capture === false || options.serverless !== undefined) return undefined;
  if (options.capture !== undefined) return options.capture;
  const [first] = trainedModels(options);
  if (first === undefined) return undefined;
  const destination = `s3://${parseS3Uri(first.artifact).bucket}/data_capture`;
  return { destination, samplingPercentage: 100, modes: ["Input", "Output"] };
}

/** The trained models among the options. @internal */
export function trainedModels({ model, variants = [], shadow }: ResolvedServing) {
  return [model, ...variants.map((variant) => variant.model), shadow?.model].filter((one) => typeof one === "object");
}

/** The tags that every resource gets. @internal */
export function buildTags({ tags, owner, lease }: Pick<ResolvedServing, "tags" | "owner" | "lease">): Tag[] {
  const expires = lease === false ? {} : { [TAG.expires]: expiryOf(lease) };
  const all = { ...tags, [TAG.createdBy]: "scones-ml", [TAG.owner]: owner, ...expires };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

function buildCapacity(
  { serverless, ...endpoint }: ResolvedServing,
  variant: { readonly instanceType?: string | undefined; readonly instanceCount?: number | undefined },
): Partial<ProductionVariant> {
  if (serverless !== undefined) {
    return { ServerlessConfig: { MemorySizeInMB: serverless.memoryMb, MaxConcurrency: serverless.maxConcurrency } };
  }
  return {
    // The service model lists instance types that this library's clients may not know yet.
    InstanceType: (variant.instanceType ?? endpoint.instanceType) as ProductionVariantInstanceType,
    InitialInstanceCount: variant.instanceCount ?? endpoint.instanceCount,
  };
}

function buildAsync(
  { destination, failureDestination, maxConcurrentInvocations }: NonNullable<ResolvedServing["async"]>,
  KmsKeyId: string | undefined,
): NonNullable<CreateEndpointConfigCommandInput["AsyncInferenceConfig"]> {
  return {
    OutputConfig: {
      S3OutputPath: destination,
      ...(failureDestination ? { S3FailurePath: failureDestination } : {}),
      ...(KmsKeyId ? { KmsKeyId } : {}),
    },
    ...(maxConcurrentInvocations
      ? { ClientConfig: { MaxConcurrentInvocationsPerInstance: maxConcurrentInvocations } }
      : {}),
  };
}

function buildCaptureConfig(capture: NonNullable<ReturnType<typeof resolveCapture>>): DataCaptureConfig {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: capture.samplingPercentage,
    DestinationS3Uri: capture.destination,
    CaptureOptions: capture.modes.map((CaptureMode) => ({ CaptureMode })),
    // Without these the service captures JSON answers as BASE64 (API reference of CaptureContentTypeHeader).
    CaptureContentTypeHeader: { CsvContentTypes: ["text/csv"], JsonContentTypes: ["application/json"] },
  };
}

function tooLong(name: string): InvalidOptionsError {
  const message = `the model would be named ${name}, which is longer than ${MAX_NAME_LENGTH} characters`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `${message}. Shorten the names of endpoint or variant.`,
    details: { functionName: "buildEndpointRequests", issues: [{ path: "variants", message }] },
  });
}
