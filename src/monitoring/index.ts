/**
 * What an endpoint's data captures say: read them from S3 or a folder, summarise them, and draw them. Import it where
 * an endpoint is watched; it takes the place of SageMaker Model Monitor, which cannot read captures of images.
 *
 * @module monitoring
 */
export { CaptureError } from "./capture/capture-errors.js";
export {
  type CaptureHourPrefixesOptions,
  type CaptureKey,
  captureHourPrefixes,
  formatCaptureKey,
  parseCaptureKey,
} from "./capture/capture-keys.js";
export {
  type CaptureRecord,
  CaptureRecordSchema,
  type CaptureSide,
  CaptureSideSchema,
} from "./capture/capture-record.js";
export type { UnclassifiedReason } from "./capture/decode-answer.js";
export type { ObservedSide } from "./capture/observed-side.js";
export {
  type ImageMode,
  type Observation,
  type ParseCaptureOptions,
  parseCapture,
} from "./capture/parse-capture.js";
export {
  type ReadCapturesOptions,
  type ReadCapturesProgressEvent,
  readCaptures,
} from "./capture/read-captures.js";
export type { SkippedCapture } from "./capture/skipped-capture.js";
export { type RenderConfidenceChartOptions, renderConfidenceChart } from "./charts/confidence-chart.js";
export { type RenderReportOptions, type ReportFact, type ReportSection, renderReport } from "./report/report.js";
export type { ConfidenceSummary } from "./statistics/confidence-statistics.js";
export type { CapturePoint } from "./statistics/point-sample.js";
export {
  type BinSummary,
  type CaptureSummary,
  type LabelSummary,
  type SummarizeCapturesOptions,
  summarizeCaptures,
} from "./statistics/summarize-captures.js";
