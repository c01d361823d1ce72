import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  type CaptureSummary,
  compareVariants,
  readCaptures,
  renderReport,
  summarizeCaptures,
} from "scones-ml/monitoring";

/** What {@link writeReport} works with. */
export interface LiveReportOptions {
  /** `s3://` prefix of the captures. */
  readonly source: string;
  readonly endpointName: string;
  readonly labels: readonly string[];
  /** Leaves out what was captured before. */
  readonly from: Date;
  readonly directory: string;
  readonly clients: { readonly s3: S3Client };
  readonly signal: AbortSignal;
}

/** Writes `report.html` of what was captured so far. Whoever has it open reloads it, and never sees half a file. */
export async function writeReport(options: LiveReportOptions): Promise<CaptureSummary> {
  const { source, endpointName, labels, from, directory, clients, signal } = options;
  const observations = readCaptures({ source, endpointName, from, images: "bytes", clients, signal });
  const summary = await summarizeCaptures(observations, { labels, binMs: 1000, images: "measure" });
  const [control, candidate] = summary.perVariant;
  const comparison = control && candidate && { comparison: compareVariants({ control, candidate }) };
  const title = `Traffic of ${endpointName}`;
  const draft = join(directory, "report.html.new");
  await writeFile(draft, renderReport({ summary, title, ...comparison }));
  await rename(draft, join(directory, "report.html"));
  return summary;
}
