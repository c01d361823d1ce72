/**
 * From an archive to a labelled data set in the shape that SageMaker reads. Import it to take images out of the
 * CIFAR-100 archive, to write them to disk, or to load them into S3.
 *
 * @module etl
 */

export { decodeImageRecord, encodeImageRecord, type ImageRecord } from "../core/image-record.js";
export { decodeRecordIo, encodeRecordIo, RecordIoError, type RecordIoRecord } from "../core/record-io.js";
export { CIFAR_ARCHIVES, type CifarArchiveName, type PublishedArchive } from "./cifar/cifar-archives.js";
export { CifarExtractor } from "./cifar/cifar-extractor.js";
export type { CifarExtractorOptions, ExtractProgressEvent, ImagesOptions } from "./cifar/cifar-options.js";
export {
  CIFAR_10_CLASSES,
  CIFAR_100_CLASSES,
  CIFAR_100_COARSE_CLASSES,
  type CifarClass,
} from "./cifar/class-names.js";
export {
  type DatasetFinding,
  DatasetFindingSchema,
  type DatasetReport,
  DatasetReportSchema,
} from "./dataset/dataset-report.js";
export { type ImagePlace, ImagePlaceSchema } from "./dataset/dataset-report-parts.js";
export { formatDatasetReport } from "./dataset/dataset-table.js";
export { type InspectDatasetOptions, type InspectProgressEvent, inspectDataset } from "./dataset/inspect-dataset.js";
export { formatLst, type LstRow, parseLst } from "./dataset/lst.js";
export { type LocalDataset, type LocalSplit, type WriteDatasetOptions, writeDataset } from "./dataset/write-dataset.js";
export {
  ArchiveError,
  ClassUnknownError,
  DatasetError,
  DownloadError,
  LstError,
  PickleError,
} from "./etl-errors.js";
export {
  type FolderImagesOptions,
  type FolderProgressEvent,
  type ImageFolder,
  type OpenImageFolderOptions,
  openImageFolder,
} from "./folder/open-image-folder.js";
export type { CifarImage, Split } from "./images/cifar-image.js";
export { type RenderContactSheetOptions, renderContactSheet } from "./images/contact-sheet.js";
export type { ImageSize } from "./images/decode-image.js";
export { encodePng } from "./images/encode-png.js";
export type { DownloadEvent } from "./source/download.js";
export type { CifarSource } from "./source/open-source.js";
export { type StageDatasetOptions, stageDataset } from "./staging/stage-dataset.js";
export type { StagedObjects, StageProgressEvent } from "./staging/stage-progress.js";
