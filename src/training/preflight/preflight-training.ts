import type { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { S3Clients, SageMakerClients } from "../../core/clients.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { HyperparameterRangesSchema } from "../hyperparameters/hyperparameters.js";
import { type TrainingJobOptions, trainingJobFields } from "../request/training-job-options.js";
import { checkTrainingJob } from "./check-training-job.js";
import type { PreflightFinding } from "./preflight-findings.js";

/** Options of {@link preflightTraining}. */
export interface PreflightTrainingOptions extends TrainingJobOptions {
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients & S3Clients;
  /** Ends the checks. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  ...trainingJobFields,
  // What does not fit is a finding here, not an exception.
  roleArn: z.string(),
  hyperparameters: HyperparameterRangesSchema.prefault({}),
  clients: z
    .object({
      sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional(),
      s3: clientSchema<S3Client>("S3Client").optional(),
    })
    .prefault({}),
  signal: signalSchema.optional(),
});

/**
 * Checks a training job without starting it: rules of hyper-parameters and options, the kind of machine, the role's ARN,
 * whether the buckets lie in the job's region, whether the manifests fit the objects in S3, whether the images fit the
 * image shape, and whether a name of your own is taken. It only reads: a listing of at most 100,000 objects and five
 * images of each split, both manifests, and a question for each bucket. Needs `s3:ListBucket` and `s3:GetObject` on the
 * data and, for a name, `sagemaker:DescribeTrainingJob`; what is denied becomes a warning.
 *
 * @param options - See {@link PreflightTrainingOptions}: those of the job.
 * @returns What was found, errors first; nothing when all is well.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is of the wrong kind or out of range.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { preflightTraining } from "scones-ml/training";
 *
 * export async function check(dataset: StagedDataset) {
 *   const findings = await preflightTraining({
 *     dataset,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     output: "s3://scones/models/image_model",
 *   });
 *   for (const { severity, message, remedy } of findings) console.log(`${severity}: ${message} ${remedy}`);
 * }
 * ```
 */
export async function preflightTraining(options: PreflightTrainingOptions): Promise<readonly PreflightFinding[]> {
  const { clients, signal, ...job } = parseOptions("preflightTraining", OptionsSchema, options);
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    (sagemaker) => checkTrainingJob(job, { sagemaker, s3: clients.s3, signal }),
  );
}
