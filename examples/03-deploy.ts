import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { DeployedEndpoint, TrainedModel } from "scones-ml/core";
import { type DeployProgressEvent, deployEndpoint } from "scones-ml/inference";

/** Puts the model behind an endpoint that captures every request and every answer. */
export async function deploy(options: {
  readonly model: TrainedModel;
  readonly roleArn: string;
  readonly bucket: string;
  readonly clients: { readonly sagemaker: SageMakerClient };
  readonly signal: AbortSignal;
  readonly onProgress: (event: DeployProgressEvent) => void;
}): Promise<DeployedEndpoint> {
  const { bucket, ...rest } = options;
  return deployEndpoint({ ...rest, capture: { destination: `s3://${bucket}/data_capture`, samplingPercentage: 100 } });
}
