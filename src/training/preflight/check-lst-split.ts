import { waitForAll } from "../../core/concurrency.js";
import { formatS3Uri, parseS3Uri, type S3Location } from "../../core/s3-uri.js";
import { checkManifest, checkSomeImages, type SplitCheck } from "./check-split.js";
import { type ManifestRow, readLstRows } from "./manifest-rows.js";
import type { Listing } from "./preflight-s3.js";

/** So many objects of a split are listed: a hundred calls. @internal */
const LISTED_OBJECTS = 100_000;
const NAMED_IMAGES = 3;

/**
 * Checks single images with a `.lst` manifest: the manifest, whether its images are there, and some of them.
 *
 * @param check - The split.
 * @param images - Location of the images.
 * @param manifest - Location of the manifest.
 * @internal
 */
export async function checkLstSplit(check: SplitCheck, images: string, manifest: string): Promise<void> {
  const { split, s3, findings, unusable } = check;
  const { bucket, key } = parseS3Uri(images);
  const folder: S3Location = { bucket, key: key === "" || key.endsWith("/") ? key : `${key}/` };
  const [rows, listing] = await waitForAll([
    checkManifest(check, manifest, readLstRows),
    unusable.has(bucket)
      ? undefined
      : findings.attempt(`The ${split} images`, `s3:ListBucket on ${bucket}`, () => s3.list(folder, LISTED_OBJECTS)),
  ]);
  if (listing?.sizes.size === 0) {
    findings.error(
      "DATA_NOT_FOUND",
      `There is no ${split} image under ${formatS3Uri(folder)}.`,
      "Stage the data set with stageDataset, or correct its location.",
    );
    return;
  }
  if (rows === undefined) return;
  const found = listing === undefined ? rows : compare(check, rows, folder, listing);
  await checkSomeImages(check, found, ({ path }) => formatS3Uri({ bucket, key: folder.key + path }));
}

/** Finds what the manifest names and S3 has. */
function compare(
  { split, findings }: SplitCheck,
  rows: readonly ManifestRow[],
  folder: S3Location,
  { sizes, isComplete }: Listing,
): readonly ManifestRow[] {
  const keyOf = ({ path }: ManifestRow) => folder.key + path;
  const found = rows.filter((row) => sizes.has(keyOf(row)));
  // S3 lists in the order of the bytes: up to the last key that was listed, what is not there is missing.
  const last = Buffer.from([...sizes.keys()].at(-1) ?? "");
  const missing = rows.filter(
    (row) => !sizes.has(keyOf(row)) && (isComplete || Buffer.compare(Buffer.from(keyOf(row)), last) < 0),
  );
  if (missing.length > 0) {
    findings.error(
      "IMAGE_MISSING",
      `${missing.length} of ${rows.length} ${split} images that the manifest names are not under ${formatS3Uri(folder)}: ${nameSome(missing)}.`,
      "Stage the data set again, or take them out of the manifest.",
    );
  }
  const empty = found.filter((row) => sizes.get(keyOf(row)) === 0);
  if (empty.length > 0) {
    findings.error(
      "IMAGE_INVALID",
      `${empty.length} of ${rows.length} ${split} images are empty: ${nameSome(empty)}.`,
      "Stage them again, or take them out of the manifest.",
    );
  }
  if (!isComplete) {
    findings.warning(
      "CHECK_INCOMPLETE",
      `More than ${LISTED_OBJECTS} ${split} images were not looked for.`,
      "See yourself that the rest of them is there.",
    );
  }
  return found.filter((row) => sizes.get(keyOf(row)) !== 0);
}

function nameSome(rows: readonly ManifestRow[]): string {
  const names = rows.slice(0, NAMED_IMAGES).map(({ path }) => path.slice(0, 200));
  return `${names.join(", ")}${rows.length > NAMED_IMAGES ? " and others" : ""}`;
}
