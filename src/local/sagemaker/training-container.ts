import { isSconesError } from "../../core/errors.js";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import { peakRate } from "../training/recipe.js";
import { type EpochReport, type TrainNetworkOptions, trainNetwork } from "../training/train-network.js";
import { checkpointName, describeConfiguration, describeEpoch, describeParameters } from "./algorithm-log.js";
import type { ChannelImages, SageMakerEnvironment } from "./environment.js";
import { findDataTrouble } from "./find-data-trouble.js";
import { findIgnored, readHyperparameters, type TrainingParameters } from "./hyperparameters.js";
import { packModel } from "./model-artifact.js";
import { readModelChannel } from "./model-channel.js";
import { TrainingCheckpoints } from "./training-checkpoints.js";
import { type ChannelConfig, ContainerFailure, readChannelImages } from "./training-data.js";

/** What a training container is started with. @internal */
export interface ContainerOptions {
  /** Name of the job. */
  readonly jobName: string;
  /** The hyper-parameters, as text. */
  readonly hyperParameters: Readonly<Record<string, string>>;
  /** The input channels. */
  readonly channels: readonly ChannelConfig[];
  /** `s3://` location of the output. */
  readonly outputPath: string;
  /** `s3://` location of the checkpoints, where the job has one. */
  readonly checkpointUri: string | undefined;
  /** Fires when the job is stopped. */
  readonly signal: AbortSignal;
  /** Is told the phases. */
  readonly onPhase: (phase: "Downloading" | "Training" | "Uploading") => void;
  /** Is told each epoch. */
  readonly onEpoch: (report: EpochReport) => void;
  /** Receives the log. */
  readonly log: (line: string, level?: "INFO" | "WARNING") => void;
}

/**
 * Does what the algorithm's container does: reads the channels, trains, and writes `model.tar.gz`.
 *
 * @param environment - S3, seed and network.
 * @param options - See {@link ContainerOptions}.
 * @returns `s3://` location of the artifact.
 * @throws {@link ContainerFailure} with what becomes the job's FailureReason.
 * @internal
 */
export async function runTrainingContainer(
  environment: SageMakerEnvironment,
  options: ContainerOptions,
): Promise<string> {
  const { hyperParameters, log } = options;
  options.onPhase("Downloading");
  log("This is the local AWS: a ResNet-8 is trained, a much smaller network than that of the AWS job.");
  for (const line of describeConfiguration(hyperParameters)) log(line);
  const parameters = readHyperparameters(hyperParameters);
  const checkpoints = new TrainingCheckpoints(environment.objects, options.checkpointUri);
  const data = await readData(environment, parameters, options);
  const start = await findStart(environment, checkpoints, options);

  options.onPhase("Training");
  const rate = peakRate(environment.trainer.widths);
  for (const line of describeDifferences(parameters, hyperParameters, data.train.count, rate)) log(line);
  for (const line of describeParameters(parameters, rate)) log(line);
  const weights = await train(environment, { parameters, data, start, checkpoints, options });

  options.onPhase("Uploading");
  await checkpoints.flush();
  const { bucket, key } = parseS3Uri(options.outputPath);
  const artifactKey = joinS3Key(key, options.jobName, "output", "model.tar.gz");
  const shapes = { num_classes: parameters.classes, image_shape: hyperParameters["image_shape"] };
  const members = parameters.checkpointFrequency === undefined ? new Map<string, Uint8Array>() : checkpoints.kept;
  const artifact = await packModel(weights, shapes, members);
  if (!(await environment.objects.write(bucket, artifactKey, artifact, "application/x-tar"))) {
    throw new ContainerFailure(`ClientError: The output bucket ${bucket} does not exist.`);
  }
  return `s3://${bucket}/${artifactKey}`;
}

interface TrainingInput {
  readonly train: ChannelImages;
  readonly validation: ChannelImages;
}

async function readData(
  { objects }: SageMakerEnvironment,
  { imageShape, classes }: TrainingParameters,
  { channels, signal, log }: ContainerOptions,
): Promise<TrainingInput> {
  const read = async (name: "train" | "validation") => {
    const images = await readChannelImages({ objects, channels, name, imageShape, classes, signal });
    for (const trouble of findDataTrouble(name, images, classes)) log(trouble, "WARNING");
    return images;
  };
  return { train: await read("train"), validation: await read("validation") };
}

type Start = Pick<TrainNetworkOptions, "initial" | "firstEpoch">;

/** A checkpoint of an interrupted job comes before the model channel, and that before random weights. */
async function findStart(
  { objects }: SageMakerEnvironment,
  checkpoints: TrainingCheckpoints,
  { channels, log }: ContainerOptions,
): Promise<Start> {
  const last = await checkpoints.findLast();
  if (last !== undefined) {
    log(`Going on from the checkpoint "/opt/ml/checkpoints/${checkpointName(last.epoch)}"; the optimizer starts anew`);
    return { initial: last.weights, firstEpoch: last.epoch + 1 };
  }
  const initial = await readModelChannel(objects, channels);
  log(
    initial === undefined
      ? "Performing random weight initialization"
      : "Going on from the weights of the model channel",
  );
  return initial === undefined ? {} : { initial };
}

async function train(
  environment: SageMakerEnvironment,
  job: {
    readonly parameters: TrainingParameters;
    readonly data: TrainingInput;
    readonly start: Start;
    readonly checkpoints: TrainingCheckpoints;
    readonly options: ContainerOptions;
  },
): Promise<Uint8Array> {
  const { parameters, data, start, checkpoints, options } = job;
  const { classes, imageShape, epochs, batchSize, earlyStopping, checkpointFrequency } = parameters;
  const { signal, log } = options;
  const everyEpoch = options.checkpointUri === undefined ? 0 : 1;
  const network = await trainNetwork({
    ...environment.trainer,
    ...data,
    ...start,
    ...(earlyStopping === undefined ? {} : { earlyStopping, keep: "best" as const }),
    classes,
    imageShape,
    epochs,
    batchSize,
    checkpointEvery: checkpointFrequency ?? everyEpoch,
    seed: environment.seed,
    signal,
    onCheckpoint: (checkpoint) => {
      checkpoints.add(checkpoint);
      log(`Saved checkpoint to "/opt/ml/checkpoints/${checkpointName(checkpoint.epoch)}"`);
    },
    onEpoch: (report) => {
      for (const line of describeEpoch(report)) log(line);
      options.onEpoch(report);
    },
  }).catch((error: unknown) => {
    throw isSconesError(error) ? new ContainerFailure(`ClientError: ${error.message}`, { cause: error }) : error;
  });
  const last = network.epochs.at(-1);
  if (last !== undefined && last.epoch + 1 < epochs) log(`Early stopping after epoch ${last.epoch}`);
  const kept = network.epochs.find(({ epoch }) => epoch === network.weightsEpoch);
  if (kept?.validationAccuracy !== undefined) {
    const which = earlyStopping === undefined ? "the model of the last epoch" : "the best model";
    log(`Storing ${which} with validation accuracy: ${kept.validationAccuracy.toFixed(6)}`);
  }
  log(`Saved checkpoint to "/opt/ml/model/${checkpointName(network.weightsEpoch)}"`);
  return network.weights;
}

function* describeDifferences(
  { samples, batchSize, epochs, imageShape }: TrainingParameters,
  given: Readonly<Record<string, string>>,
  count: number,
  rate: number,
): Generator<string> {
  yield `Training on ${count} images of ${imageShape.height} x ${imageShape.width} pixels, ${epochs} epochs, batches of ${batchSize}`;
  if (samples !== count) {
    yield `num_training_samples is ${samples}, but there are ${count} images; on AWS each epoch would use ${samples}`;
  }
  const ignored = findIgnored(given);
  if (ignored.length > 0) {
    yield `These hyperparameters are replaced by the local recipe (AdamW, one cycle to ${rate}): ${ignored.join(", ")}`;
  }
}
