/**
 * What an endpoint's data captures say: read them from S3 or a folder, summarise them, and draw them. Import it where
 * an endpoint is watched; it takes the place of SageMaker Model Monitor, which cannot read captures of images.
 *
 * @module monitoring
 */

export { AlertDeliveryError } from "./alerts/alert-delivery-error.js";
export {
  type AlertRule,
  AlertRulesSchema,
  type BelowThresholdRule,
  type ClassShareRule,
  type DriftRule,
  type ErrorRateRule,
  type MeanConfidenceRule,
  type SilenceRule,
} from "./alerts/alert-rules.js";
export type { AlertNotice, AlertSink, SinkClient } from "./alerts/alert-sink.js";
export {
  type AlertEvaluation,
  type AlertResult,
  type AlertState,
  AlertStateSchema,
  type EvaluateAlertsOptions,
  evaluateAlerts,
} from "./alerts/evaluate-alerts.js";
export { createEventBridgeSink, type EventBridgeSinkOptions } from "./alerts/event-bridge-sink.js";
export { createMetricsSink, type MetricsSinkOptions } from "./alerts/metrics-sink.js";
export {
  createMonitorHandler,
  type MonitorHandler,
  type MonitorHandlerContext,
  type MonitorHandlerOptions,
} from "./alerts/monitor-handler.js";
export { createSnsSink, type SnsSinkOptions } from "./alerts/sns-sink.js";
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
export type { AnsweredImage } from "./charts/answered-image.js";
export { renderCalibrationChart } from "./charts/calibration-chart.js";
export type { ChartOptions } from "./charts/chart-options.js";
export type { ChartTheme } from "./charts/chart-theme.js";
export { renderClassMixChart } from "./charts/class-mix-chart.js";
export { type CollectLeastConfidentOptions, collectLeastConfident } from "./charts/collect-least-confident.js";
export { type RenderConfidenceChartOptions, renderConfidenceChart } from "./charts/confidence-chart.js";
export { renderConfidenceHistogram } from "./charts/confidence-histogram.js";
export { renderConfusionMatrix } from "./charts/confusion-matrix.js";
export { renderDriftChart } from "./charts/drift-chart.js";
export { renderLeastConfidentStrip } from "./charts/least-confident-strip.js";
export { renderVariantChart } from "./charts/variant-chart.js";
export { type CaptureBaseline, CaptureBaselineSchema, createBaseline } from "./drift/baseline.js";
export {
  type DetectDriftOptions,
  type DriftReport,
  type DriftTestResult,
  detectDrift,
  type OmittedDriftTest,
} from "./drift/detect-drift.js";
export type { DriftTestName } from "./drift/drift-tests.js";
export {
  type MonitorConstraints,
  type MonitorConstraintsOptions,
  type MonitorFeatureConstraints,
  type MonitorViolations,
  type MonitorViolationsOptions,
  toMonitorConstraints,
  toMonitorViolations,
} from "./model-monitor/monitor-constraints.js";
export {
  type MonitorCounts,
  type MonitorFeatureStatistics,
  type MonitorStatistics,
  toMonitorStatistics,
} from "./model-monitor/monitor-statistics.js";
export { type RenderReportOptions, type ReportFact, type ReportSection, renderReport } from "./report/report.js";
export type {
  AnswerSummary,
  ConfidenceQuantiles,
  ConfidenceSummary,
} from "./statistics/answer-statistics.js";
export type { CaptureSummary, LabelSummary, VariantSummary } from "./statistics/capture-summary.js";
export type { ImageSummary } from "./statistics/image-statistics.js";
export { mergeSummaries } from "./statistics/merge-summaries.js";
export type { CapturePoint } from "./statistics/point-sample.js";
export { type Sketch, type SketchScale, SketchSchema, sketchQuantile } from "./statistics/sketch.js";
export { type SummarizeCapturesOptions, summarizeCaptures } from "./statistics/summarize-captures.js";
export { CaptureSummarySchema } from "./statistics/summary-schema.js";
export type { BinSummary } from "./statistics/time-bins.js";
export {
  type AdviseThresholdOptions,
  adviseThreshold,
  type ThresholdAdvice,
  type ThresholdOutcome,
} from "./truth/advise-threshold.js";
export type { TruthSummary } from "./truth/describe-truth.js";
export { type GroundTruth, parseGroundTruth } from "./truth/ground-truth.js";
export { type JoinGroundTruthOptions, joinGroundTruth, mergeTruth } from "./truth/join-ground-truth.js";
export { type ReadGroundTruthOptions, readGroundTruth } from "./truth/read-ground-truth.js";
export {
  type CalibrationStep,
  type ClassQuality,
  estimateShare,
  type ShareEstimate,
  type TruthCounts,
  TruthCountsSchema,
} from "./truth/truth-summary.js";
export {
  type ComparedVariant,
  type CompareVariantsOptions,
  type CountedVariant,
  compareVariants,
  type JudgedVariant,
  type VariantComparison,
  type VariantShare,
} from "./variants/compare-variants.js";
