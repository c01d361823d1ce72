import { HYPERPARAMETER_DEFAULTS } from "../hyperparameters/hyperparameter-fields.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import { describeInstance, TRAINING_FAMILIES } from "../training-instances.js";
import type { PreflightFindings } from "./preflight-findings.js";

/**
 * Checks the machines, and how a batch is shared out over them.
 *
 * @param job - The options of the job.
 * @param findings - Takes what is found.
 * @internal
 */
export function checkMachine(job: ResolvedTrainingJobOptions, findings: PreflightFindings): void {
  const { instanceType, instanceCount, hyperparameters, spot, checkpoints } = job;
  const { isSupported, gpus, alternative } = describeInstance(instanceType);
  if (!isSupported) {
    findings.error(
      "INSTANCE_TYPE_UNSUPPORTED",
      `The algorithm does not train on ${instanceType}: it takes GPU machines, of ${TRAINING_FAMILIES}.`,
      `Set instanceType to one of these, such as ${alternative}.`,
    );
  }
  if (gpus !== undefined) checkBatchPerGpu(job, gpus, findings);
  checkBatchPerStep(job, findings);
  if (hyperparameters.kvStore !== undefined && instanceCount === 1) {
    findings.warning(
      "KV_STORE_WITHOUT_EFFECT",
      `kvStore is ${hyperparameters.kvStore}, but one machine has nothing to combine.`,
      "Leave kvStore out, or raise instanceCount.",
    );
  }
  if (spot !== undefined && checkpoints === undefined) {
    findings.warning(
      "SPOT_WITHOUT_CHECKPOINTS",
      "A spot job without checkpoints starts anew whenever AWS takes its machine back.",
      "Set checkpoints to a location in S3.",
    );
  }
}

/** A batch is split over the GPUs of a machine. Source: "mini_batch_size", SageMaker developer guide. */
function checkBatchPerGpu(
  { hyperparameters, instanceType }: ResolvedTrainingJobOptions,
  gpus: number,
  findings: PreflightFindings,
): void {
  const batch = hyperparameters.miniBatchSize ?? HYPERPARAMETER_DEFAULTS.miniBatchSize;
  if (batch < gpus) {
    findings.error(
      "BATCH_SIZE_INVALID",
      `A batch of ${batch} images cannot be split over the ${gpus} GPUs of ${instanceType}.`,
      `Set miniBatchSize to at least ${gpus}, or take a machine with fewer GPUs.`,
    );
  } else if (batch % gpus !== 0) {
    findings.warning(
      "BATCH_PER_GPU_UNEVEN",
      `A batch of ${batch} images is not shared out evenly over the ${gpus} GPUs of ${instanceType}.`,
      `Set miniBatchSize to a multiple of ${gpus}.`,
    );
  }
}

/** With dist_sync every machine takes a batch of its own at each step. Source: the same. */
function checkBatchPerStep(
  { dataset, hyperparameters, instanceCount }: ResolvedTrainingJobOptions,
  findings: PreflightFindings,
): void {
  const batch = hyperparameters.miniBatchSize ?? HYPERPARAMETER_DEFAULTS.miniBatchSize;
  const isSynchronous = instanceCount > 1 && hyperparameters.kvStore === "dist_sync";
  const perStep = isSynchronous ? batch * instanceCount : batch;
  if (batch <= dataset.train.count && perStep > dataset.train.count) {
    findings.warning(
      "BATCH_SIZE_INVALID",
      `${instanceCount} machines with batches of ${batch} take ${perStep} images at each step, more than the ${dataset.train.count} that there are.`,
      `Set miniBatchSize to at most ${Math.max(1, Math.floor(dataset.train.count / instanceCount))}, or take fewer machines.`,
    );
  }
  if (batch > dataset.validation.count) {
    findings.warning(
      "BATCH_SIZE_INVALID",
      `A batch of ${batch} images is larger than the ${dataset.validation.count} images of the validation, so that an epoch may end without a validation accuracy.`,
      `Set miniBatchSize to at most ${Math.max(1, dataset.validation.count)}, or stage more validation images.`,
    );
  }
}
