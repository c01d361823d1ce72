import type { S3Client } from "@aws-sdk/client-s3";
import type { StagedDataset } from "scones-ml/core";
import { CifarExtractor, type CifarExtractorOptions, type StageProgressEvent, stageDataset } from "scones-ml/etl";

/** Takes the bicycles and motorcycles out of a CIFAR-100 archive and loads them into S3. */
export async function stage(options: {
  readonly source: NonNullable<CifarExtractorOptions["source"]>;
  readonly bucket: string;
  readonly clients: { readonly s3: S3Client };
  readonly signal: AbortSignal;
  readonly onProgress: (event: StageProgressEvent) => void;
}): Promise<StagedDataset> {
  const { source, bucket, clients, signal, onProgress } = options;
  const extractor = new CifarExtractor({ source, classes: ["bicycle", "motorcycle"] });
  return stageDataset({
    images: extractor.images({ signal }),
    labels: extractor.labels,
    destination: { bucket },
    clients,
    signal,
    onProgress,
  });
}
