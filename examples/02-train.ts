import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { StagedDataset, TrainedModel } from "scones-ml/core";
import { type TrainingProgressEvent, trainImageClassifier } from "scones-ml/training";

/** Trains SageMaker's built-in image-classification algorithm on the staged images. */
export async function train(options: {
  readonly dataset: StagedDataset;
  readonly roleArn: string;
  readonly epochs: number;
  readonly clients: { readonly sagemaker: SageMakerClient };
  readonly signal: AbortSignal;
  readonly onProgress: (event: TrainingProgressEvent) => void;
}): Promise<TrainedModel> {
  const { epochs, ...rest } = options;
  return trainImageClassifier({
    ...rest,
    output: `s3://${options.dataset.bucket}/models/image_model`,
    hyperparameters: { epochs },
  });
}
