import type { S3Client } from "@aws-sdk/client-s3";
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../core/abort.js";
import { checkTrainingJob } from "./preflight/check-training-job.js";
import type { PreflightFinding } from "./preflight/preflight-findings.js";
import type { ResolvedTrainingJobOptions } from "./request/training-job-options.js";
import { adviseOnTrainingError } from "./training-error-advice.js";
import { TrainingPreflightError } from "./training-errors.js";

/** A check before the start found something, or AWS refused the start for a reason that there is advice on. */
export interface TrainingFindingEvent {
  /** The kind of event. */
  readonly type: "finding";
  /** What was found. */
  readonly finding: PreflightFinding;
}

/** What {@link startTrainingJob} starts. @internal */
export interface StartTrainingJobOptions {
  /** The request. */
  readonly request: CreateTrainingJobCommandInput;
  /** The options that it was built of. */
  readonly job: ResolvedTrainingJobOptions;
  /** Whether the job is checked first. */
  readonly preflight: boolean;
  /** S3 for the checks; absent: where the SageMaker client goes. */
  readonly s3: S3Client | undefined;
  /** Gives up. */
  readonly signal: AbortSignal | undefined;
  /** Is told what is found. */
  readonly onFinding: ((event: TrainingFindingEvent) => void) | undefined;
}

/**
 * Checks a training job and starts it. What AWS refuses it for arrives as AWS's own exception, after a finding with
 * what to do about it.
 *
 * @param client - SageMaker.
 * @param options - See {@link StartTrainingJobOptions}.
 * @throws {@link TrainingPreflightError} `TRAINING_PREFLIGHT_FAILED` when a check found an error; nothing was started.
 * @internal
 */
export async function startTrainingJob(client: SageMakerClient, options: StartTrainingJobOptions): Promise<void> {
  const { request, job, preflight, signal, onFinding } = options;
  try {
    if (preflight) await refuseOnErrors(client, options);
    await abortable(signal, (send) => client.send(new CreateTrainingJobCommand(request), send));
  } catch (error) {
    signal?.throwIfAborted();
    const advice = adviseOnTrainingError(error, {
      instanceType: job.instanceType,
      isSpot: job.spot !== undefined,
    });
    if (advice !== undefined) {
      const { message, remedy } = advice;
      onFinding?.({ type: "finding", finding: { code: "START_REFUSED", severity: "error", message, remedy } });
    }
    throw error;
  }
}

async function refuseOnErrors(client: SageMakerClient, options: StartTrainingJobOptions): Promise<void> {
  const { request, job, s3, signal, onFinding } = options;
  const findings = await checkTrainingJob(job, { sagemaker: client, s3, signal });
  for (const finding of findings) onFinding?.({ type: "finding", finding });
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw preflightFailed(request.TrainingJobName ?? "", errors, findings);
}

function preflightFailed(
  trainingJobName: string,
  errors: readonly PreflightFinding[],
  findings: readonly PreflightFinding[],
): TrainingPreflightError {
  const [first] = errors;
  const others = errors.length - 1;
  const more =
    others > 0 ? ` There ${others === 1 ? "is 1 more error" : `are ${others} more errors`} in details.findings.` : "";
  return new TrainingPreflightError({
    code: "TRAINING_PREFLIGHT_FAILED",
    message: `Training job ${trainingJobName} was not started: ${first?.message} ${first?.remedy}${more}`,
    details: { trainingJobName, findings },
  });
}
