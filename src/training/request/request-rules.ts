import { HYPERPARAMETER_DEFAULTS } from "../hyperparameters/hyperparameter-fields.js";
import { findDatasetConflicts } from "../hyperparameters/hyperparameter-rules.js";
import type { DatasetHyperparameters } from "../hyperparameters/hyperparameters.js";
import type { ResolvedTrainingJobOptions } from "./training-job-options.js";

/** Options that do not fit each other. @internal */
export interface RequestConflict {
  /** Where it stands. */
  readonly path: readonly string[];
  /** The rule, what was given, and what to set. */
  readonly message: string;
}

/** Families with a disk of their own. Source: "Amazon EC2 instance store volumes", EC2 user guide. */
const OWN_DISK = /^ml\.(p3dn|g4dn|g5)\./;

/**
 * Reads from a data set what the algorithm must know of it.
 *
 * @param dataset - The data set.
 * @returns Its hyper-parameters.
 * @internal
 */
export function describeDataset({
  labels,
  train,
  imageShape,
}: ResolvedTrainingJobOptions["dataset"]): DatasetHyperparameters {
  const { channels, height, width } = imageShape;
  return { numClasses: labels.length, numTrainingSamples: train.count, imageShape: [channels, height, width] };
}

/**
 * Holds the options of a training job against each other.
 *
 * @param job - The options, each within its bounds.
 * @returns One conflict per rule that is broken.
 * @internal
 */
export function findRequestConflicts(job: ResolvedTrainingJobOptions): readonly RequestConflict[] {
  return [
    ...findDatasetConflicts(job.hyperparameters, describeDataset(job.dataset)).map(({ name, message }) => ({
      path: ["hyperparameters", name],
      message,
    })),
    ...findChannelConflicts(job),
    ...findInitialModelConflicts(job),
    ...findMachineConflicts(job),
  ];
}

function findChannelConflicts({ dataset, inputMode, hyperparameters }: ResolvedTrainingJobOptions): RequestConflict[] {
  const conflicts: RequestConflict[] = [];
  if (dataset.train.count === 0) {
    conflicts.push({ path: ["dataset", "train", "count"], message: "must be at least 1; stage training images" });
  }
  const source = (split: (typeof dataset)["train"]) =>
    ("images" in split ? split.images : split.manifest).replace(/\/+$/, "");
  if (source(dataset.train) === source(dataset.validation)) {
    conflicts.push({
      path: ["dataset", "validation"],
      message: `must lie apart from the training images, but both are at ${source(dataset.train)}; stage them under different prefixes`,
    });
  }
  if (dataset.format === "lst" && inputMode === "Pipe") {
    conflicts.push({
      path: ["inputMode"],
      message:
        'Pipe does not work with images and .lst manifests; leave it out, or stage the data set with format "recordio"',
    });
  }
  if (dataset.format !== "augmented-manifest") return conflicts;
  if (inputMode === "File") {
    conflicts.push({ path: ["inputMode"], message: "must be Pipe for an augmented manifest; leave it out" });
  }
  if (dataset.labelFormat !== undefined && hyperparameters.multiLabel !== true) {
    conflicts.push({
      path: ["dataset", "labelFormat"],
      message: "needs the hyper-parameter multiLabel: true; set that, or leave it out",
    });
  }
  return conflicts;
}

function findInitialModelConflicts({
  initialModel,
  dataset,
  hyperparameters,
}: ResolvedTrainingJobOptions): RequestConflict[] {
  if (initialModel === undefined) return [];
  const conflicts: RequestConflict[] = [];
  const [before, now] = [initialModel.labels.join(", "), dataset.labels.join(", ")];
  if (before !== now) {
    conflicts.push({
      path: ["initialModel", "labels"],
      message: `must be the classes of the data set in the same order (${now}), but the model has ${before}; stage the images with the model's labels, or train from scratch`,
    });
  }
  const shape = ({ height, width }: typeof dataset.imageShape) => `${height} x ${width}`;
  if (shape(initialModel.imageShape) !== shape(dataset.imageShape)) {
    conflicts.push({
      path: ["initialModel", "imageShape"],
      message: `must be that of the data set (${shape(dataset.imageShape)}), but the model takes ${shape(initialModel.imageShape)}; stage the images in the model's size, or train from scratch`,
    });
  }
  const depth = hyperparameters.numLayers ?? HYPERPARAMETER_DEFAULTS.numLayers;
  if (initialModel.numLayers !== undefined && initialModel.numLayers !== depth) {
    conflicts.push({
      path: ["hyperparameters", "numLayers"],
      message: `must be that of the initial model (${initialModel.numLayers}), but is ${depth}; set numLayers to ${initialModel.numLayers}`,
    });
  }
  return conflicts;
}

function findMachineConflicts(job: ResolvedTrainingJobOptions): RequestConflict[] {
  const conflicts: RequestConflict[] = [];
  if (job.spot !== undefined && job.spot.maxWaitSeconds < job.maxRuntimeSeconds) {
    conflicts.push({
      path: ["spot", "maxWaitSeconds"],
      message: `must be at least maxRuntimeSeconds (${job.maxRuntimeSeconds}), but is ${job.spot.maxWaitSeconds}; it covers waiting and running together, so raise it`,
    });
  }
  if (job.volumeKmsKeyId !== undefined && OWN_DISK.test(job.instanceType)) {
    conflicts.push({
      path: ["volumeKmsKeyId"],
      message: `cannot be used with ${job.instanceType}, whose own disk is encrypted by the machine; leave it out`,
    });
  }
  return conflicts;
}
