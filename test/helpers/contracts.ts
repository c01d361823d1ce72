import type { StagedDataset, TrainedModel } from "../../src/core/contracts.js";

/** A role that fits the service model's pattern. */
export const ROLE_ARN = "arn:aws:iam::123456789012:role/scones";

/** The course's staged data set; a test states only what differs. */
export function stagedDataset(changes: Partial<StagedDataset> = {}): StagedDataset {
  return {
    format: "lst",
    bucket: "scones",
    prefix: "",
    labels: ["bicycle", "motorcycle"],
    imageShape: { channels: 3, height: 32, width: 32 },
    train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count: 1000 },
    validation: { images: "s3://scones/test/", manifest: "s3://scones/test.lst", count: 200 },
    ...changes,
  };
}

/** A finished training job; a test states only what differs. */
export function trainedModel(changes: Partial<TrainedModel> = {}): TrainedModel {
  return {
    trainingJobName: "job-1",
    trainingJobArn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
    artifact: "s3://scones/models/image_model/job-1/output/model.tar.gz",
    image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
    labels: ["bicycle", "motorcycle"],
    imageShape: { channels: 3, height: 32, width: 32 },
    metrics: { trainAccuracy: 0.95, validationAccuracy: 0.86 },
    ...changes,
  };
}
