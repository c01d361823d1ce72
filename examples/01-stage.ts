import type { S3Client } from "@aws-sdk/client-s3";
import type { StagedDataset } from "scones-ml/core";
import {
  CifarExtractor,
  type CifarExtractorOptions,
  type CifarImage,
  type DatasetReport,
  formatDatasetReport,
  inspectDataset,
  renderContactSheet,
  type StageProgressEvent,
  stageDataset,
} from "scones-ml/etl";

/** A data set in S3, and what was seen when it was looked at. */
export interface StageResult {
  readonly dataset: StagedDataset;
  /** Counts and findings. */
  readonly report: DatasetReport;
  /** Some training images of each class, as a PNG file. */
  readonly contactSheet: Uint8Array;
}

/** Takes the bicycles and motorcycles out of a CIFAR-100 archive, looks at them, and loads them into S3. */
export async function stage(options: {
  readonly source: NonNullable<CifarExtractorOptions["source"]>;
  readonly bucket: string;
  readonly clients: { readonly s3: S3Client };
  readonly signal: AbortSignal;
  readonly onProgress: (event: StageProgressEvent) => void;
}): Promise<StageResult> {
  const { source, bucket, clients, signal, onProgress } = options;
  const extractor = new CifarExtractor({ source, classes: ["bicycle", "motorcycle"] });
  const { labels } = extractor;
  // Two classes are some megabytes, so the archive needs to be read only once.
  const images: CifarImage[] = [];
  for await (const image of extractor.images({ signal })) images.push(image);

  const report = await inspectDataset(images, { labels, signal });
  if (report.findings.some(({ severity }) => severity === "error")) throw new Error(formatDatasetReport(report));
  const training = images.filter(({ split }) => split === "train");
  const contactSheet = await renderContactSheet(training, { labels, imagesPerClass: 48, signal });

  const dataset = await stageDataset({ images, labels, destination: { bucket }, clients, signal, onProgress });
  return { dataset, report, contactSheet };
}
