import { createHash } from "node:crypto";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parseS3Uri, type StagedDataset } from "scones-ml/core";
import { parseLst } from "scones-ml/etl";
import {
  type AnsweredImage,
  type CaptureSummary,
  collectLeastConfident,
  type GroundTruth,
  joinGroundTruth,
  type Observation,
  readCaptures,
  type SkippedCapture,
  summarizeCaptures,
  type TruthSummary,
} from "scones-ml/monitoring";

/** What the captures say about the endpoint. */
export interface MonitorResult {
  /** Figures over all captures. */
  readonly summary: CaptureSummary;
  /** What the answers are worth. */
  readonly truth: TruthSummary;
  /** The least confident answers, with their images and what those show. */
  readonly images: readonly AnsweredImage[];
  /** Files and lines that could not be used. */
  readonly skipped: readonly SkippedCapture[];
}

/** What {@link monitor} works with. */
export interface MonitorOptions {
  /** `s3://` prefix of the endpoint's captures. */
  readonly captures: string;
  /** The staged images, which also hold the truth. */
  readonly dataset: StagedDataset;
  /** Confidence below which an answer counts as unsure. */
  readonly threshold: number;
  /** AWS clients. */
  readonly clients: { readonly s3: S3Client };
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** Reads every capture, and scores each answer against the label that the captured image has in the manifest. */
export async function monitor(options: MonitorOptions): Promise<MonitorResult> {
  const { captures, dataset, threshold, clients, signal } = options;
  const { labels } = dataset;
  const truth = await readTruth(dataset, clients.s3, signal);
  const read = (onSkip: (skipped: SkippedCapture) => void = () => {}) =>
    readCaptures({ source: captures, images: "bytes", onMalformed: "skip", onSkip, clients, signal });
  // Nobody named the invocations, so an image is known by its bytes.
  const idOf = ({ image }: Observation) => image && hash(image);

  const skipped: SkippedCapture[] = [];
  const summary = await summarizeCaptures(
    read((each) => skipped.push(each)),
    { labels, threshold, binMs: 1000, images: "measure" },
  );
  return {
    summary,
    truth: await joinGroundTruth({ observations: read(), truth, labels, idOf }),
    images: await collectLeastConfident({ summary, observations: read(), truth, idOf }),
    skipped,
  };
}

async function readTruth(dataset: StagedDataset, s3: S3Client, signal: AbortSignal): Promise<readonly GroundTruth[]> {
  const read = async (key: string) => {
    const object = await s3.send(new GetObjectCommand({ Bucket: dataset.bucket, Key: key }), { abortSignal: signal });
    return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const folder = parseS3Uri(dataset.validation.images).key;
  const manifest = new TextDecoder().decode(await read(parseS3Uri(dataset.validation.manifest).key));
  const truth: GroundTruth[] = [];
  for (const { filename, labelId } of parseLst(manifest)) {
    truth.push({ id: hash(await read(`${folder}${filename}`)), label: dataset.labels[labelId] ?? "" });
  }
  return truth;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
