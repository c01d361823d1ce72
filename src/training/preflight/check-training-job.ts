import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { isSconesError } from "../../core/errors.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { imageClassificationImageUri } from "../algorithm-image.js";
import { findConflicts } from "../hyperparameters/hyperparameter-rules.js";
import { findRequestConflicts } from "../request/request-rules.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import { checkBuckets, checkName, checkRole } from "./check-account.js";
import { checkLstSplit } from "./check-lst-split.js";
import { checkMachine } from "./check-machine.js";
import { checkRecordIoSplit } from "./check-record-io-split.js";
import { checkManifest, checkSomeImages, type SplitCheck } from "./check-split.js";
import { readAugmentedRows } from "./manifest-rows.js";
import { type PreflightFinding, PreflightFindings } from "./preflight-findings.js";
import { PreflightS3 } from "./preflight-s3.js";

/** What the checks work with. @internal */
export interface CheckAccess {
  /** SageMaker. */
  readonly sagemaker: SageMakerClient;
  /** S3; absent: where the SageMaker client goes. */
  readonly s3: S3Client | undefined;
  /** Ends the checks. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks a training job without starting it.
 *
 * @param job - The options of the job.
 * @param access - See {@link CheckAccess}.
 * @returns What was found, errors first.
 * @internal
 */
export async function checkTrainingJob(
  job: ResolvedTrainingJobOptions,
  { sagemaker, s3: given, signal }: CheckAccess,
): Promise<readonly PreflightFinding[]> {
  const findings = new PreflightFindings(signal);
  const region = await sagemaker.config.region();
  checkRole(job.roleArn, region, findings);
  checkRegion(region, findings);
  checkRules(job, findings);
  checkMachine(job, findings);

  const s3 = await PreflightS3.open(given, sagemaker, signal);
  if (job.jobName !== undefined) await checkName(sagemaker, job.jobName, findings, signal);
  const unusable = await checkBuckets(s3, job, region, findings);
  const shared = { job, s3, findings, unusable };
  // One after the other, so that the same job always has the same findings in the same order.
  await checkSplit({ ...shared, split: "train" });
  await checkSplit({ ...shared, split: "validation" });
  await checkInitialModel(shared);
  return findings.sorted;
}

function checkRegion(region: string, findings: PreflightFindings): void {
  try {
    imageClassificationImageUri(region);
  } catch (error) {
    if (!isSconesError(error, "REGION_UNSUPPORTED")) throw error;
    const message = `SageMaker offers no built-in image-classification algorithm in the region ${region}.`;
    findings.error(
      "REGION_UNSUPPORTED",
      message,
      "Train in another region; the error of buildTrainingJobRequest lists them.",
    );
  }
}

/** The rules that `buildTrainingJobRequest` refuses by; each message ends with what to set. */
function checkRules(job: ResolvedTrainingJobOptions, findings: PreflightFindings): void {
  const conflicts = [
    ...findConflicts(job.hyperparameters).map(({ name, message }) => ({ path: ["hyperparameters", name], message })),
    ...findRequestConflicts(job),
  ];
  for (const { path, message } of conflicts) {
    const [rule = "", remedy = ""] = message.split(/; (.*)/s);
    findings.error(
      path.at(-1) === "miniBatchSize" ? "BATCH_SIZE_INVALID" : "OPTIONS_INVALID",
      `${path.join(".")} ${rule}.`,
      `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
    );
  }
}

async function checkSplit(check: SplitCheck): Promise<void> {
  const { dataset } = check.job;
  if (dataset.format !== "augmented-manifest") {
    const { images, manifest } = dataset[check.split];
    await (dataset.format === "lst" ? checkLstSplit : checkRecordIoSplit)(check, images, manifest);
    return;
  }
  const { imageAttribute, labelAttribute, labelFormat } = dataset;
  const isMultiHot = labelFormat !== "class-id";
  const read = (text: string) => readAugmentedRows(text, imageAttribute, labelAttribute, isMultiHot);
  const rows = await checkManifest(check, dataset[check.split].manifest, read);
  await checkSomeImages(check, rows ?? [], ({ path }) => path);
}

async function checkInitialModel({ job, s3, findings, unusable }: Omit<SplitCheck, "split">): Promise<void> {
  const artifact = job.initialModel?.artifact;
  if (artifact === undefined) return;
  const place = parseS3Uri(artifact);
  if (unusable.has(place.bucket)) return;
  const answer = await findings.attempt(`The model ${artifact}`, `s3:GetObject on ${artifact}`, async () => ({
    head: await s3.readHead(place, 2),
  }));
  // A gzip file begins so. Source: RFC 1952.
  if (answer === undefined || (answer.head?.bytes[0] === 0x1f && answer.head.bytes[1] === 0x8b)) return;
  findings.error(
    "MODEL_NOT_FOUND",
    answer.head === undefined ? `There is no model at ${artifact}.` : `${artifact} is no model.tar.gz.`,
    "Name the artifact of a finished training job, or train from scratch.",
  );
}
