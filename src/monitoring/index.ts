/**
 * What an endpoint's data captures say: read them from S3 or a folder, summarise them, and draw them. Import it where
 * an endpoint is watched; it takes the place of SageMaker Model Monitor, which cannot read captures of images.
 *
 * @module monitoring
 */
export { CaptureError } from "./capture-errors.js";
export {
  type CaptureHourPrefixesOptions,
  type CaptureKey,
  captureHourPrefixes,
  formatCaptureKey,
  parseCaptureKey,
} from "./capture-keys.js";
export { type CaptureRecord, CaptureRecordSchema, type CaptureSide, CaptureSideSchema } from "./capture-record.js";
export { type RenderConfidenceChartOptions, renderConfidenceChart } from "./confidence-chart.js";
export type { ConfidenceSummary } from "./confidence-statistics.js";
export type { UnclassifiedReason } from "./decode-answer.js";
export { type Observation, type ObservedSide, type ParseCaptureOptions, parseCapture } from "./parse-capture.js";
export type { CapturePoint } from "./point-sample.js";
export {
  type ReadCapturesOptions,
  type ReadCapturesProgressEvent,
  readCaptures,
  type SkippedCapture,
} from "./read-captures.js";
export { type RenderReportOptions, type ReportFact, type ReportSection, renderReport } from "./report.js";
export {
  type BinSummary,
  type CaptureSummary,
  type LabelSummary,
  type SummarizeCapturesOptions,
  summarizeCaptures,
} from "./summarize-captures.js";
