import {
  type CreateEndpointCommandInput,
  type CreateEndpointConfigCommandInput,
  type CreateModelCommandInput,
  DescribeEndpointConfigCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import type * as z from "zod";
import { abortable } from "../../core/abort.js";
import { type DeployedEndpoint, LabelsSchema } from "../../core/contracts.js";
import type { DurationText } from "../../core/duration.js";
import { ResourceNameSchema } from "../../core/names.js";
import { type ResolvedServing, servingFields } from "./endpoint-fields.js";
import { buildResolved, buildTags, resolveCapture, type ServingRequests, trainedModels } from "./endpoint-request.js";
import { TAG } from "./lease.js";

/** What describes an endpoint with a configuration that SageMaker has already. */
export interface ConfigReuseOptions {
  /** Name of the configuration; it and its models are left alone by `deleteEndpoint`. */
  readonly endpointConfigName: string;
  /** Name of the endpoint. @defaultValue a new name that begins with `scones` */
  readonly endpointName?: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Whose it is; becomes a tag. @defaultValue `"scones-ml"` */
  readonly owner?: string;
  /** How long it may stay before `listOrphans` names it; becomes a tag. `false`: for good. @defaultValue `"24h"` */
  readonly lease?: DurationText | false;
  /** Further tags of the endpoint; `created-by: scones-ml` is always there. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Schema fields of {@link ConfigReuseOptions}. @internal */
export const configReuseFields = {
  endpointConfigName: ResourceNameSchema.min(1),
  endpointName: ResourceNameSchema.min(1).optional(),
  labels: LabelsSchema,
  owner: servingFields.owner,
  lease: servingFields.lease,
  tags: servingFields.tags,
} as const;

/** What a deployment creates, in this order, and what it is called afterwards. @internal */
export interface DeployPlan {
  readonly models: readonly CreateModelCommandInput[];
  /** Absent where there is one already. */
  readonly endpointConfig?: CreateEndpointConfigCommandInput;
  readonly endpoint: CreateEndpointCommandInput;
  readonly describe: (endpointArn: string) => DeployedEndpoint;
}

/** Plans new models and a new configuration. @internal */
export function planServing(serving: ResolvedServing, name: string): DeployPlan {
  const requests = buildResolved(serving, name);
  return { ...requests, describe: (endpointArn) => describeDeployed(serving, requests, name, endpointArn) };
}

/** Plans an endpoint on a configuration that is there; AWS refuses one that is not. @internal */
export async function planReuse(
  options: z.output<z.ZodObject<typeof configReuseFields>>,
  name: string,
  client: SageMakerClient,
  signal: AbortSignal | undefined,
): Promise<DeployPlan> {
  const EndpointConfigName = options.endpointConfigName;
  const config = await abortable(signal, (send) =>
    client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }), send),
  );
  const variants = [...(config.ProductionVariants ?? []), ...(config.ShadowProductionVariants ?? [])];
  const modelNames = [...new Set(variants.flatMap(({ ModelName }) => ModelName ?? []))];
  const { EnableCapture = false, DestinationS3Uri } = config.DataCaptureConfig ?? {};
  const Tags = [...buildTags(options), { Key: TAG.reusesConfig, Value: "true" }];
  return {
    models: [],
    endpoint: { EndpointName: name, EndpointConfigName, Tags },
    describe: (endpointArn) => ({
      endpointName: name,
      endpointArn,
      endpointConfigName: EndpointConfigName,
      reusesEndpointConfig: true,
      modelNames,
      reusedModelNames: modelNames,
      labels: options.labels,
      ...(EnableCapture && DestinationS3Uri ? { captures: capturesOf(DestinationS3Uri, name) } : {}),
    }),
  };
}

/** What a caller gets of an endpoint that serves these options. @internal */
export function describeDeployed(
  serving: ResolvedServing,
  { models, endpointConfig }: ServingRequests,
  endpointName: string,
  endpointArn: string,
): DeployedEndpoint {
  const created = models.flatMap(({ ModelName }) => ModelName ?? []);
  const variants = [...(endpointConfig.ProductionVariants ?? []), ...(endpointConfig.ShadowProductionVariants ?? [])];
  const modelNames = [...new Set(variants.flatMap(({ ModelName }) => ModelName ?? []))];
  const reused = modelNames.filter((model) => !created.includes(model));
  const capture = resolveCapture(serving);
  return {
    endpointName,
    endpointArn,
    endpointConfigName: endpointConfig.EndpointConfigName ?? endpointName,
    modelNames,
    labels: serving.labels ?? trainedModels(serving)[0]?.labels ?? [],
    ...(reused.length > 0 ? { reusedModelNames: reused } : {}),
    ...(capture === undefined ? {} : { captures: capturesOf(capture.destination, endpointName) }),
  };
}

function capturesOf(destination: string, endpointName: string): string {
  return `${destination.replace(/\/+$/, "")}/${endpointName}/`;
}
