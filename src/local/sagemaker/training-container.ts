import { isSconesError } from "../../core/errors.js";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import { peakRate } from "../training/recipe.js";
import { type EpochReport, trainNetwork } from "../training/train-network.js";
import type { SageMakerEnvironment } from "./environment.js";
import { packModel } from "./model-artifact.js";
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
  /** Fires when the job is stopped. */
  readonly signal: AbortSignal;
  /** Is told the phases. */
  readonly onPhase: (phase: "Downloading" | "Training" | "Uploading") => void;
  /** Is told each epoch. */
  readonly onEpoch: (report: EpochReport) => void;
  /** Receives the log. */
  readonly log: (line: string) => void;
}

interface Settings {
  readonly classes: number;
  readonly imageShape: { readonly height: number; readonly width: number };
  readonly epochs: number;
  readonly batchSize: number;
}

/** Hyper-parameters that this network follows; the others have no meaning for it, and the log says so. */
const HONOURED = ["epochs", "image_shape", "mini_batch_size", "num_classes", "num_training_samples"];

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
  const { hyperParameters, channels, signal, log } = options;
  const { objects } = environment;
  options.onPhase("Downloading");
  const settings = readSettings(hyperParameters);
  const { imageShape, classes } = settings;
  const read = (name: "train" | "validation") =>
    readChannelImages({ objects, channels, name, imageShape, classes, signal });
  const train = await read("train");
  const validation = await read("validation");

  options.onPhase("Training");
  const rate = peakRate(environment.trainer.widths);
  for (const line of describeNetwork(settings, hyperParameters, train.count, rate)) log(line);
  const network = await trainNetwork({
    ...environment.trainer,
    ...settings,
    train,
    validation,
    seed: environment.seed,
    signal,
    onEpoch: (report) => {
      for (const line of describeEpoch(report)) log(line);
      options.onEpoch(report);
    },
  }).catch((error: unknown) => {
    throw isSconesError(error) ? new ContainerFailure(`ClientError: ${error.message}`, { cause: error }) : error;
  });

  options.onPhase("Uploading");
  const { bucket, key } = parseS3Uri(options.outputPath);
  const artifactKey = joinS3Key(key, options.jobName, "output", "model.tar.gz");
  const artifact = await packModel(network.weights, {
    num_classes: classes,
    image_shape: hyperParameters["image_shape"],
  });
  if (!(await objects.write(bucket, artifactKey, artifact, "application/x-tar"))) {
    throw new ContainerFailure(`ClientError: The output bucket ${bucket} does not exist.`);
  }
  return `s3://${bucket}/${artifactKey}`;
}

function readSettings(given: Readonly<Record<string, string>>): Settings {
  const shape = /^3,([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(given["image_shape"] ?? "3,224,224");
  if (shape === null) {
    throw new ContainerFailure(
      `Customer Error: The value '${given["image_shape"]}' is not valid for the 'image_shape' hyperparameter. Write it as "3,height,width".`,
    );
  }
  readPositiveInteger(given, "num_training_samples");
  return {
    classes: readPositiveInteger(given, "num_classes"),
    imageShape: { height: Number(shape[1]), width: Number(shape[2]) },
    epochs: readPositiveInteger(given, "epochs", 30),
    batchSize: readPositiveInteger(given, "mini_batch_size", 32),
  };
}

function readPositiveInteger(given: Readonly<Record<string, string>>, name: string, fallback?: number): number {
  const text = given[name];
  if (text === undefined && fallback !== undefined) return fallback;
  if (text === undefined) throw new ContainerFailure(`Customer Error: The hyperparameter '${name}' is required.`);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ContainerFailure(`Customer Error: The value '${text}' is not valid for the '${name}' hyperparameter.`);
}

function* describeNetwork(
  settings: Settings,
  given: Readonly<Record<string, string>>,
  samples: number,
  rate: number,
): Generator<string> {
  yield "This is the local AWS: a ResNet-8 is trained, a much smaller network than that of the AWS job.";
  yield `Training on ${samples} images of ${settings.imageShape.height} x ${settings.imageShape.width} pixels, ${settings.epochs} epochs, batches of ${settings.batchSize}`;
  const declared = Number(given["num_training_samples"]);
  if (declared !== samples) {
    yield `num_training_samples is ${declared}, but the manifest names ${samples} images; on AWS each epoch would use ${declared}`;
  }
  const ignored = Object.keys(given).filter((name) => !HONOURED.includes(name));
  if (ignored.length > 0) {
    yield `These hyperparameters are replaced by the local recipe (AdamW, one cycle to ${rate}): ${ignored.sort().join(", ")}`;
  }
}

/** The same wording as the algorithm's own log, so that one parser reads both. */
function* describeEpoch({ epoch, trainAccuracy, validationAccuracy, seconds }: EpochReport): Generator<string> {
  yield `Epoch[${epoch}] Train-accuracy=${trainAccuracy.toFixed(6)}`;
  yield `Epoch[${epoch}] Time cost=${seconds.toFixed(3)}`;
  if (validationAccuracy !== undefined) yield `Epoch[${epoch}] Validation-accuracy=${validationAccuracy.toFixed(6)}`;
}
