import { HYPERPARAMETER_DEFAULTS } from "../hyperparameters/hyperparameter-fields.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import type { ManifestRows } from "./manifest-rows.js";
import type { PreflightFindings } from "./preflight-findings.js";

/** A part of the data set. @internal */
export type SplitName = "train" | "validation";

/** What a manifest is held against. @internal */
export interface CheckRowsOptions {
  /** The part of the data set. */
  readonly split: SplitName;
  /** Location of the manifest, for messages. */
  readonly manifest: string;
  /** The options of the job. */
  readonly job: ResolvedTrainingJobOptions;
  /** Whether the whole manifest was read. */
  readonly isComplete: boolean;
}

/**
 * Checks the lines of a manifest, their number and their labels.
 *
 * @param read - What was read of it.
 * @param options - See {@link CheckRowsOptions}.
 * @param findings - Takes what is found.
 * @internal
 */
export function checkRows(read: ManifestRows, options: CheckRowsOptions, findings: PreflightFindings): void {
  const { split, manifest, job, isComplete } = options;
  const { rows, firstInvalid, invalidCount, repeatedIndex } = read;
  if (firstInvalid !== undefined) {
    findings.error(
      "MANIFEST_INVALID",
      `Line ${firstInvalid.line} of ${manifest} cannot be used: ${firstInvalid.reason}.${invalidCount > 1 ? ` So it is with ${invalidCount} lines.` : ""}`,
      "Stage the data set again with stageDataset, or correct the manifest.",
    );
  }
  if (repeatedIndex !== undefined) {
    findings.warning(
      "INDEX_REPEATED",
      `The index ${repeatedIndex} stands on more than one line of ${manifest}.`,
      "Give each image an index of its own.",
    );
  }
  const declared = job.dataset[split].count;
  // Lines that are wrong were told already.
  const named = rows.length + invalidCount;
  if (isComplete && named !== declared) reportCount(named, declared, options, findings);
  checkLabels(read, options, findings);
}

function reportCount(
  actual: number,
  declared: number,
  { split, manifest, job }: CheckRowsOptions,
  findings: PreflightFindings,
): void {
  const message = `${manifest} names ${actual} images, but dataset.${split}.count is ${declared}.`;
  if (split === "validation") {
    findings.warning("COUNT_MISMATCH", message, "Stage the data set again, so that both tell the same.");
    return;
  }
  const remedy =
    "Pass what stageDataset returned, or correct count: as num_training_samples it decides how many images an epoch takes.";
  findings.error("COUNT_MISMATCH", message, remedy);
  const batch = job.hyperparameters.miniBatchSize ?? HYPERPARAMETER_DEFAULTS.miniBatchSize;
  if (batch <= actual || batch > declared) return;
  findings.error(
    "BATCH_SIZE_INVALID",
    `A batch of ${batch} images is more than the ${actual} that ${manifest} names.`,
    `Set miniBatchSize to at most ${Math.max(1, actual)}, or stage more images.`,
  );
}

function checkLabels(
  { rows }: ManifestRows,
  { split, manifest, job, isComplete }: CheckRowsOptions,
  findings: PreflightFindings,
): void {
  const { labels } = job.dataset;
  const seen = new Set(rows.flatMap((row) => row.labels));
  const wrong = [...seen].find((label) => !Number.isInteger(label) || label < 0 || label >= labels.length);
  if (wrong !== undefined) {
    findings.error(
      "LABEL_OUT_OF_RANGE",
      `${manifest} has the label ${wrong}, but ${labels.length} classes have the labels 0 to ${labels.length - 1}.`,
      "Name all classes in dataset.labels, in the order of their labels, or stage the data set again.",
    );
  }
  if (wrong !== undefined || split !== "train" || !isComplete || rows.length === 0) return;
  const missing = labels.filter((_, labelId) => !seen.has(labelId));
  if (missing.length === 0) return;
  findings.warning(
    "CLASS_WITHOUT_IMAGES",
    `${manifest} has no image of ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}, so that the model cannot learn it.`,
    "Stage images of every class, or leave the class out.",
  );
}
