import { rename, writeFile } from "node:fs/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  type CaptureBaseline,
  compareVariants,
  detectDrift,
  type GroundTruth,
  joinGroundTruth,
  readCaptures,
  renderReport,
  summarizeCaptures,
} from "scones-ml/monitoring";

/** What {@link writeReport} works with. */
export interface LiveReportOptions {
  /** `s3://` prefix of the endpoint's captures. */
  readonly captures: string;
  readonly labels: readonly string[];
  /** Leaves out what was captured before, such as the baseline. */
  readonly from: Date;
  /** What is known of the images that were sent. */
  readonly truth: readonly GroundTruth[];
  readonly baseline?: CaptureBaseline;
  /** The file; it is replaced as a whole, so that a browser never reads half of it. */
  readonly file: string;
  readonly clients: { readonly s3?: S3Client };
  readonly signal: AbortSignal;
}

/** What the report said. */
export interface LiveReport {
  readonly records: number;
  readonly accuracy: number | undefined;
  readonly verdict: string;
}

/** Reads everything that was captured so far and writes the report of it. */
export async function writeReport(options: LiveReportOptions): Promise<LiveReport> {
  const { captures, labels, from, truth: known, baseline, file, clients, signal } = options;
  const read = (variantName?: string) =>
    readCaptures({
      source: captures,
      from,
      onMalformed: "skip",
      clients,
      signal,
      ...(variantName === undefined ? {} : { variantName }),
    });
  const summary = await summarizeCaptures(read(), { labels, binMs: 5000 });
  const truth = await joinGroundTruth({ observations: read(), truth: known, labels });
  const drift = baseline === undefined ? undefined : detectDrift({ baseline, summary });
  const [control, candidate] = await Promise.all(
    summary.perVariant.slice(0, 2).map(async ({ variantName }) => ({
      name: variantName,
      truth: await joinGroundTruth({ observations: read(variantName), truth: known, labels }),
    })),
  );
  const comparison = control && candidate && compareVariants({ control, candidate });
  const html = renderReport({
    summary,
    truth,
    title: "Live traffic",
    ...(drift === undefined ? {} : { drift }),
    ...(comparison === undefined ? {} : { comparison }),
  });
  await writeFile(`${file}.part`, html.replace("<head>", '<head><meta http-equiv="refresh" content="5">'));
  await rename(`${file}.part`, file);
  return {
    records: summary.records,
    accuracy: truth.accuracy.value,
    verdict: comparison?.text ?? drift?.text ?? "no verdict",
  };
}
