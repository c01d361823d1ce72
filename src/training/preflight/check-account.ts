import { DescribeTrainingJobCommand, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import { waitForAll } from "../../core/concurrency.js";
import { RoleArnSchema } from "../../core/names.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import type { PreflightFindings } from "./preflight-findings.js";
import type { PreflightS3 } from "./preflight-s3.js";

/** Partitions by the beginning of a region; all others are `aws`. Source: boto/botocore, data/partitions.json. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-isob-", "aws-iso-b"],
  ["us-isof-", "aws-iso-f"],
  ["us-iso-", "aws-iso"],
  ["eu-isoe-", "aws-iso-e"],
  ["eusc-", "aws-eusc"],
];

/**
 * Checks the ARN of the role; whether it exists and what it may do cannot be seen from outside.
 *
 * @param roleArn - What was given.
 * @param region - Region of the job.
 * @param findings - Takes what is found.
 * @internal
 */
export function checkRole(roleArn: string, region: string, findings: PreflightFindings): void {
  if (!RoleArnSchema.safeParse(roleArn).success) {
    findings.error(
      "ROLE_ARN_INVALID",
      `roleArn is "${roleArn.slice(0, 200)}", which is no ARN of an IAM role.`,
      "Write it as arn:aws:iam::123456789012:role/scones; the ARN of a user or of a session does not do.",
    );
    return;
  }
  const expected = PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
  const partition = roleArn.split(":")[1] ?? "";
  if (partition === expected) return;
  findings.error(
    "ROLE_IN_OTHER_PARTITION",
    `The role is of the partition ${partition}, but the region ${region} belongs to ${expected}.`,
    `Use a role of an account in ${expected}, or train in another region.`,
  );
}

/**
 * Checks that a name of the user's own is not taken: names are unique for good. Names made here never are.
 *
 * @param client - SageMaker.
 * @param jobName - The name.
 * @param findings - Takes what is found.
 * @param signal - Ends the question.
 * @internal
 */
export async function checkName(
  client: SageMakerClient,
  jobName: string,
  findings: PreflightFindings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = new DescribeTrainingJobCommand({ TrainingJobName: jobName });
  const status = await findings.attempt(`The name ${jobName}`, "sagemaker:DescribeTrainingJob", async () => {
    try {
      return (await abortable(signal, (send) => client.send(command, send))).TrainingJobStatus;
    } catch (error) {
      // What is not there is a ValidationException here, not a type of its own.
      if (error instanceof Error && /^(ValidationException|ResourceNotFound)/.test(error.name)) return undefined;
      throw error;
    }
  });
  if (status === undefined) return;
  findings.error(
    "NAME_TAKEN",
    `There is a training job named ${jobName} already, which is ${status}; names are unique for good in an account and region.`,
    "Set another jobName, or leave it out, which makes one that is not taken.",
  );
}

/**
 * Checks that the buckets exist and lie in the region of the job.
 *
 * @param s3 - S3.
 * @param job - The options of the job.
 * @param region - Region of the job.
 * @param findings - Takes what is found.
 * @returns The buckets in which there is no use looking further.
 * @internal
 */
export async function checkBuckets(
  s3: PreflightS3,
  job: ResolvedTrainingJobOptions,
  region: string,
  findings: PreflightFindings,
): Promise<ReadonlySet<string>> {
  const unusable = new Set<string>();
  const buckets = [...findBuckets(job)];
  const ask = ([bucket, uses]: (typeof buckets)[number]) =>
    findings.attempt(nameBucket(bucket, uses), "s3:ListBucket on the bucket", () => s3.findRegion(bucket));
  const regions = await waitForAll(buckets.map(ask));
  for (const [index, [bucket, uses]] of buckets.entries()) {
    const found = regions[index];
    if (found === undefined || found === region) continue;
    unusable.add(bucket);
    const what = nameBucket(bucket, uses);
    if (found === "none") {
      findings.error("BUCKET_NOT_FOUND", `${what} does not exist.`, "Correct its name, or create it.");
    } else {
      const remedy = `Train in ${found}, or use a bucket in ${region}: SageMaker takes data of its own region only.`;
      findings.error("BUCKET_IN_OTHER_REGION", `${what} lies in ${found}, but the job runs in ${region}.`, remedy);
    }
  }
  return unusable;
}

function nameBucket(bucket: string, uses: readonly string[]): string {
  return `The bucket ${bucket} (${uses.join(", ")})`;
}

function findBuckets(job: ResolvedTrainingJobOptions): ReadonlyMap<string, readonly string[]> {
  const { dataset, output, checkpoints, initialModel } = job;
  const places: readonly (readonly [use: string, uri: string | undefined])[] = [
    ["train", "images" in dataset.train ? dataset.train.images : dataset.train.manifest],
    ["validation", "images" in dataset.validation ? dataset.validation.images : dataset.validation.manifest],
    ["train manifest", dataset.train.manifest],
    ["validation manifest", dataset.validation.manifest],
    ["output", output],
    ["checkpoints", checkpoints],
    ["initialModel", initialModel?.artifact],
  ];
  const buckets = new Map<string, string[]>();
  for (const [use, uri] of places) {
    if (uri === undefined) continue;
    const { bucket } = parseS3Uri(uri);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), use]);
  }
  return buckets;
}
