import { parseS3Uri } from "../../core/s3-uri.js";
import { validationError } from "../service-error.js";
import type { ObjectAccess } from "./environment.js";
import type { ChannelConfig } from "./training-data.js";
import type { CreateTrainingJobRequest } from "./training-jobs.js";

const DEFAULT_RUNTIME_SECONDS = 86_400;

/**
 * Checks what SageMaker looks at before it accepts a training job.
 *
 * @param objects - S3.
 * @param request - The request.
 * @throws ServiceError `ValidationException` in SageMaker's words where they are known.
 * @internal
 */
export async function checkTrainingJob(objects: ObjectAccess, request: CreateTrainingJobRequest): Promise<void> {
  const image = request.AlgorithmSpecification?.TrainingImage ?? "";
  if (!/\/image-classification:(1|latest)$/.test(image)) {
    throw validationError(
      `The local AWS trains the built-in image-classification algorithm only; it cannot run the image "${image}".`,
    );
  }
  checkSpot(request);
  const names = new Set<string>();
  for (const channel of request.InputDataConfig ?? []) {
    const uri = channel.DataSource.S3DataSource?.S3Uri;
    if (uri === undefined) throw validationError(`Channel ${channel.ChannelName} has no S3 data source.`);
    if (names.has(channel.ChannelName)) throw validationError(`Channel name ${channel.ChannelName} is used twice.`);
    names.add(channel.ChannelName);
    checkAugmentedManifest(channel, request.AlgorithmSpecification?.TrainingInputMode);
    if (await hasObject(objects, uri)) continue;
    throw validationError(`No S3 objects found under S3 URL "${uri}" given in input data source.`);
  }
}

function checkSpot({ EnableManagedSpotTraining = false, StoppingCondition = {} }: CreateTrainingJobRequest): void {
  const { MaxRuntimeInSeconds = DEFAULT_RUNTIME_SECONDS, MaxWaitTimeInSeconds } = StoppingCondition;
  if (!EnableManagedSpotTraining) {
    if (MaxWaitTimeInSeconds === undefined) return;
    throw validationError("MaxWaitTimeInSeconds is only for EnableManagedSpotTraining; leave it out.");
  }
  if (MaxWaitTimeInSeconds !== undefined && MaxWaitTimeInSeconds >= MaxRuntimeInSeconds) return;
  throw validationError(
    "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
  );
}

function checkAugmentedManifest(channel: ChannelConfig, jobMode: string | undefined): void {
  const source = channel.DataSource.S3DataSource;
  if (source?.S3DataType !== "AugmentedManifestFile") return;
  if ((source.AttributeNames ?? []).length === 0) {
    throw validationError(
      `AttributeNames must be given for the AugmentedManifestFile of channel ${channel.ChannelName}.`,
    );
  }
  if ((channel.InputMode ?? jobMode) === "Pipe") return;
  throw validationError(`The AugmentedManifestFile of channel ${channel.ChannelName} needs the input mode Pipe.`);
}

async function hasObject(objects: ObjectAccess, uri: string): Promise<boolean> {
  const { bucket, key } = parseS3Uri(uri);
  if (!(await objects.hasBucket(bucket))) return false;
  for await (const _ of objects.list(bucket, key)) return true;
  return false;
}
