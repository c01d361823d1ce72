import { createHash } from "node:crypto";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parseS3Uri, type StagedDataset } from "scones-ml/core";
import { parseLst } from "scones-ml/etl";
import { type CaptureSummary, type Observation, readCaptures, summarizeCaptures } from "scones-ml/monitoring";

/** What the captures say about the endpoint. */
export interface MonitorResult {
  /** Figures over all captures. */
  readonly summary: CaptureSummary;
  /** Share of captured answers that name the image's true class, 0 to 1. */
  readonly accuracy: number;
  /** Files, lines and answers that could not be used. */
  readonly skipped: number;
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
  const truth = await readTruth(dataset, clients.s3, signal);
  let right = 0;
  let known = 0;
  let unreadable = 0;

  async function* score(): AsyncGenerator<Observation> {
    const observations = readCaptures({
      source: captures,
      images: "bytes",
      onMalformed: "skip",
      onSkip: () => unreadable++,
      clients,
      signal,
    });
    for await (const observation of observations) {
      const labelId = observation.image && truth.get(hash(observation.image));
      if (labelId !== undefined && observation.labelId !== undefined) {
        known++;
        if (observation.labelId === labelId) right++;
      }
      yield observation;
    }
  }
  const summary = await summarizeCaptures(score(), { labels: dataset.labels, threshold });
  return { summary, accuracy: known === 0 ? 0 : right / known, skipped: summary.skipped + unreadable };
}

async function readTruth(
  dataset: StagedDataset,
  s3: S3Client,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const read = async (key: string) => {
    const object = await s3.send(new GetObjectCommand({ Bucket: dataset.bucket, Key: key }), { abortSignal: signal });
    return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const folder = parseS3Uri(dataset.validation.images).key;
  const manifest = new TextDecoder().decode(await read(parseS3Uri(dataset.validation.manifest).key));
  const truth = new Map<string, number>();
  for (const { filename, labelId } of parseLst(manifest)) truth.set(hash(await read(`${folder}${filename}`)), labelId);
  return truth;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
