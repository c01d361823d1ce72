import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { TrainedModel } from "scones-ml/core";
import { type DeployProgressEvent, deployEndpoint, type LiveEndpoint } from "scones-ml/inference";

/** Puts the model behind an endpoint that captures everything and is leased for two hours; `await using` deletes it. */
export async function deploy(options: {
  readonly model: TrainedModel;
  readonly roleArn: string;
  readonly bucket: string;
  readonly clients: { readonly sagemaker: SageMakerClient };
  readonly signal: AbortSignal;
  readonly onProgress: (event: DeployProgressEvent) => void;
}): Promise<LiveEndpoint> {
  const { bucket, ...rest } = options;
  return deployEndpoint({ ...rest, capture: { destination: `s3://${bucket}/data_capture` }, lease: "2h" });
}
