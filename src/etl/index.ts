/**
 * From an archive to a labelled data set in the shape that SageMaker reads. Import it to take images out of the
 * CIFAR-100 archive, to write them to disk, or to load them into S3.
 *
 * @module etl
 */
export { CifarExtractor, type CifarExtractorOptions, type ImagesOptions } from "./cifar-extractor.js";
export type { CifarImage, Split } from "./cifar-image.js";
export { CIFAR_100_SOURCE, type CifarSource, type ExtractProgressEvent } from "./cifar-source.js";
export { CIFAR_100_CLASSES } from "./class-names.js";
export {
  ArchiveError,
  ClassUnknownError,
  DatasetError,
  DownloadError,
  LstError,
  PickleError,
} from "./etl-errors.js";
export { formatLst, type LstRow, parseLst } from "./lst.js";
export { encodePng } from "./png.js";
export { type StageDatasetOptions, type StageProgressEvent, stageDataset } from "./stage-dataset.js";
export { type LocalDataset, type LocalSplit, type WriteDatasetOptions, writeDataset } from "./write-dataset.js";
