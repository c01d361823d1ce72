/**
 * From an archive to a labelled data set in the shape that SageMaker reads. Import it to take images out of the
 * CIFAR-100 archive, to write them to disk, or to load them into S3.
 *
 * @module etl
 */
export { CifarExtractor, type CifarExtractorOptions, type ImagesOptions } from "./cifar/cifar-extractor.js";
export { CIFAR_100_CLASSES } from "./cifar/class-names.js";
export { formatLst, type LstRow, parseLst } from "./dataset/lst.js";
export { type StageDatasetOptions, type StageProgressEvent, stageDataset } from "./dataset/stage-dataset.js";
export { type LocalDataset, type LocalSplit, type WriteDatasetOptions, writeDataset } from "./dataset/write-dataset.js";
export {
  ArchiveError,
  ClassUnknownError,
  DatasetError,
  DownloadError,
  LstError,
  PickleError,
} from "./etl-errors.js";
export type { CifarImage, Split } from "./images/cifar-image.js";
export { encodePng } from "./images/encode-png.js";
export { CIFAR_100_SOURCE, type CifarSource, type ExtractProgressEvent } from "./source/cifar-source.js";
