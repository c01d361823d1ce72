import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { StagedDataset } from "scones-ml/core";
import { type CifarImage, stageDataset } from "scones-ml/etl";
import { deployEndpoint, type LiveEndpoint } from "scones-ml/inference";
import type { LocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { ROLE_ARN } from "../shared/training-data.js";

/** What {@link deployLocally} works with. */
export interface LocalEndpointOptions {
  readonly local: LocalAws;
  readonly images: readonly CifarImage[];
  readonly labels: readonly string[];
  readonly epochs: number;
  /** With 2, a model of one epoch gets one request in five. */
  readonly variants: number;
  readonly signal: AbortSignal;
}

/** Trains and deploys on the local AWS. */
export async function deployLocally(options: LocalEndpointOptions): Promise<LiveEndpoint> {
  const { local, images, labels, epochs, variants, signal } = options;
  const { clients } = local;
  await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const dataset: StagedDataset = await stageDataset({
    images,
    labels,
    destination: { bucket: "scones" },
    clients,
    signal,
  });
  const train = (epochs: number) =>
    trainImageClassifier({
      dataset,
      roleArn: ROLE_ARN,
      output: "s3://scones/models",
      hyperparameters: { epochs },
      clients,
      signal,
    });
  const A = { name: "A", model: await train(epochs), weight: 80 };
  const B = variants > 1 ? [{ name: "B", model: await train(1), weight: 20 }] : [];
  return deployEndpoint({ roleArn: ROLE_ARN, variants: [A, ...B], clients, signal });
}
