import type { Channel } from "@aws-sdk/client-sagemaker";
import type { ResolvedTrainingJobOptions } from "./training-job-options.js";

const IMAGE = "application/x-image";
const RECORD_IO = "application/x-recordio";
const MODEL = "application/x-sagemaker-model";

/**
 * How the data of a job reaches the container.
 *
 * @param job - The options of the job.
 * @returns The input mode of the job, and of its data channels.
 * @internal
 */
export function chooseInputMode({ dataset, inputMode }: ResolvedTrainingJobOptions): "File" | "Pipe" {
  return inputMode ?? (dataset.format === "augmented-manifest" ? "Pipe" : "File");
}

/**
 * Builds the channels: images with their manifests, one `.rec` file a split, or an augmented manifest a split, and the
 * model to go on from. Source: "Image Classification - MXNet", "Input/Output Interface", SageMaker developer guide.
 *
 * @param job - The options of the job.
 * @returns The channels.
 * @internal
 */
export function buildInputChannels(job: ResolvedTrainingJobOptions): Channel[] {
  const channels = buildDataChannels(job);
  if (job.initialModel !== undefined) {
    channels.push(buildChannel("model", job.initialModel.artifact, MODEL, "File"));
  }
  return channels;
}

function buildDataChannels(job: ResolvedTrainingJobOptions): Channel[] {
  const { dataset } = job;
  const mode = chooseInputMode(job);
  switch (dataset.format) {
    case "lst":
      return [
        buildChannel("train", dataset.train.images, IMAGE, mode),
        buildChannel("validation", dataset.validation.images, IMAGE, mode),
        buildChannel("train_lst", dataset.train.manifest, IMAGE, mode),
        buildChannel("validation_lst", dataset.validation.manifest, IMAGE, mode),
      ];
    case "recordio":
      return [
        buildChannel("train", dataset.train.images, RECORD_IO, mode),
        buildChannel("validation", dataset.validation.images, RECORD_IO, mode),
      ];
    case "augmented-manifest":
      return (["train", "validation"] as const).map((name) => buildManifestChannel(name, dataset));
  }
}

function buildChannel(name: string, uri: string, contentType: string, mode: "File" | "Pipe"): Channel {
  return {
    ChannelName: name,
    DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: uri, S3DataDistributionType: "FullyReplicated" } },
    ContentType: contentType,
    CompressionType: "None",
    RecordWrapperType: "None",
    InputMode: mode,
  };
}

type AugmentedManifest = Extract<ResolvedTrainingJobOptions["dataset"], { readonly format: "augmented-manifest" }>;

function buildManifestChannel(name: "train" | "validation", dataset: AugmentedManifest): Channel {
  const { imageAttribute, labelAttribute, labelFormat } = dataset;
  return {
    ChannelName: name,
    DataSource: {
      S3DataSource: {
        S3DataType: "AugmentedManifestFile",
        S3Uri: dataset[name].manifest,
        S3DataDistributionType: "FullyReplicated",
        AttributeNames: [imageAttribute, labelAttribute],
      },
    },
    ContentType: labelFormat === undefined ? RECORD_IO : `${RECORD_IO}; label-format=${labelFormat}`,
    CompressionType: "None",
    RecordWrapperType: "RecordIO",
    InputMode: "Pipe",
  };
}
