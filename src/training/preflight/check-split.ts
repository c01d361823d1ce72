import { waitForAll } from "../../core/concurrency.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import { checkImages, HEAD_BYTES, type SampledImage, sampleEvenly } from "./check-image.js";
import { checkRows, type SplitName } from "./check-rows.js";
import type { ManifestRow, ManifestRows } from "./manifest-rows.js";
import type { PreflightFindings } from "./preflight-findings.js";
import type { PreflightS3 } from "./preflight-s3.js";

/** What the checks of one split work with. @internal */
export interface SplitCheck {
  /** The part of the data set. */
  readonly split: SplitName;
  /** The options of the job. */
  readonly job: ResolvedTrainingJobOptions;
  /** S3. */
  readonly s3: PreflightS3;
  /** Takes what is found. */
  readonly findings: PreflightFindings;
  /** Buckets in which there is no use looking. */
  readonly unusable: ReadonlySet<string>;
}

/** So much of a manifest is read: more than a million lines. */
const MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * Reads a manifest and checks its lines.
 *
 * @param check - The split.
 * @param manifest - Location of the manifest.
 * @param read - Reads its lines.
 * @param isOptional - Whether the job does without it.
 * @returns Its rows; `undefined` when it could not be read.
 * @internal
 */
export async function checkManifest(
  { split, job, s3, findings, unusable }: SplitCheck,
  manifest: string,
  read: (text: string) => ManifestRows,
  isOptional = false,
): Promise<readonly ManifestRow[] | undefined> {
  const place = parseS3Uri(manifest);
  if (unusable.has(place.bucket)) return undefined;
  const answer = await findings.attempt(`The manifest ${manifest}`, `s3:GetObject on ${manifest}`, async () => ({
    head: await s3.readHead(place, MANIFEST_BYTES),
  }));
  if (answer === undefined) return undefined;
  const { head } = answer;
  if (head === undefined) {
    if (!isOptional) {
      findings.error(
        "MANIFEST_NOT_FOUND",
        `There is no manifest at ${manifest}.`,
        "Stage the data set with stageDataset, or correct its location.",
      );
    }
    return undefined;
  }
  const text = head.bytes.toString("utf8");
  if (!head.isComplete) {
    const message = `${manifest} was read up to ${MANIFEST_BYTES} bytes only.`;
    findings.warning("CHECK_INCOMPLETE", message, "See yourself that the rest of it is right.");
  }
  // A line that was cut is no line.
  const rows = read(head.isComplete ? text : text.slice(0, text.lastIndexOf("\n") + 1));
  checkRows(rows, { split, manifest, job, isComplete: head.isComplete }, findings);
  return rows.rows;
}

/**
 * Looks at some of the images that a manifest names.
 *
 * @param check - The split.
 * @param rows - The rows to choose from.
 * @param locate - Writes the location of a row's image.
 * @internal
 */
export async function checkSomeImages(
  { split, job, s3, findings, unusable }: SplitCheck,
  rows: readonly ManifestRow[],
  locate: (row: ManifestRow) => string,
): Promise<void> {
  const places = sampleEvenly(rows).flatMap((row) => {
    const uri = locate(row);
    const place = parseS3Uri(uri);
    return unusable.has(place.bucket) ? [] : [{ uri, place, name: row.path }];
  });
  const [first] = places;
  if (first === undefined) return;
  const heads = await findings.attempt(`The ${split} images`, `s3:GetObject on ${first.uri} and the others`, () =>
    waitForAll(places.map(({ place }) => s3.readHead(place, HEAD_BYTES))),
  );
  const images: SampledImage[] = [];
  for (const [index, head] of heads?.entries() ?? []) {
    const { uri, name } = places[index] ?? first;
    if (head !== undefined) images.push({ name, head: head.bytes });
    else findings.error("IMAGE_MISSING", `The ${split} image ${uri} is not there.`, "Stage the data set again.");
  }
  checkImages(images, split, job, findings);
}
