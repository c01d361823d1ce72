import type { Endpoint } from "./endpoints.js";
import { epochSeconds } from "./environment.js";
import type { VariantConfig } from "./models.js";
import type { RunningVariant } from "./variant-fleet.js";

/**
 * Writes what DescribeEndpoint says.
 *
 * @param endpoint - The endpoint.
 * @returns The output on the wire.
 * @internal
 */
export function describeEndpoint(endpoint: Endpoint): unknown {
  const { fleet, status, pending } = endpoint;
  const capture = fleet === undefined ? endpoint.config.DataCaptureConfig : fleet.capture;
  const hasShadow = fleet !== undefined && fleet.shadow.length > 0;
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: (fleet ?? endpoint.next)?.configName ?? endpoint.config.EndpointConfigName,
    EndpointStatus: status,
    FailureReason: endpoint.failureReason,
    CreationTime: epochSeconds(endpoint.created),
    LastModifiedTime: epochSeconds(endpoint.changed),
    ProductionVariants: fleet?.production.map(describeVariant),
    ShadowProductionVariants: hasShadow ? fleet.shadow.map(describeVariant) : undefined,
    DataCaptureConfig: capture && {
      EnableCapture: capture.EnableCapture ?? true,
      CaptureStatus: (capture.EnableCapture ?? true) ? "Started" : "Stopped",
      CurrentSamplingPercentage: capture.InitialSamplingPercentage,
      DestinationS3Uri: capture.DestinationS3Uri,
      KmsKeyId: capture.KmsKeyId,
    },
    LastDeploymentConfig: endpoint.deployment,
    PendingDeploymentSummary: pending && {
      EndpointConfigName: pending.config.EndpointConfigName,
      StartTime: epochSeconds(pending.startedAt),
      ProductionVariants: pending.config.ProductionVariants.map(describePending),
      ShadowProductionVariants: pending.config.ShadowProductionVariants?.map(describePending),
    },
  };
}

function describeVariant({ config, weight, instances }: RunningVariant): unknown {
  const { VariantName, ServerlessConfig } = config;
  const weights = { VariantName, CurrentWeight: weight, DesiredWeight: weight };
  return ServerlessConfig === undefined
    ? { ...weights, CurrentInstanceCount: instances, DesiredInstanceCount: instances }
    : { ...weights, CurrentServerlessConfig: ServerlessConfig, DesiredServerlessConfig: ServerlessConfig };
}

function describePending(config: VariantConfig): unknown {
  return {
    VariantName: config.VariantName,
    DesiredWeight: config.InitialVariantWeight ?? 1,
    DesiredInstanceCount: config.InitialInstanceCount ?? 1,
    InstanceType: config.InstanceType,
  };
}
