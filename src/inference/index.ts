/**
 * Serves a trained model: endpoints with data capture, and the handlers of the three Lambda functions. Import it to
 * deploy and delete endpoints, and export a handler factory's result as a Lambda entry point.
 *
 * @module inference
 */
export type { EndpointResource } from "./endpoints/created-resources.js";
export {
  type DeleteEndpointOptions,
  type DeleteEndpointProgressEvent,
  deleteEndpoint,
} from "./endpoints/delete-endpoint.js";
export {
  type DeployEndpointOptions,
  type DeployProgressEvent,
  type DeployWaitOptions,
  deployEndpoint,
  type LiveEndpoint,
  type ResourceCleanupEvent,
  type ResourceCreatedEvent,
  type ResourceStatusEvent,
} from "./endpoints/deploy-endpoint.js";
export type { ConfigReuseOptions } from "./endpoints/deploy-plan.js";
export { type EstimateEndpointCostOptions, estimateEndpointCost } from "./endpoints/endpoint-cost.js";
export { EndpointError } from "./endpoints/endpoint-error.js";
export type {
  AsyncOptions,
  CaptureOptions,
  EndpointOptions,
  ServerlessOptions,
  ServingOptions,
  VariantOptions,
} from "./endpoints/endpoint-fields.js";
export { buildEndpointRequests, type EndpointRequests } from "./endpoints/endpoint-request.js";
export { explainInvocationError, type InvocationFailure } from "./endpoints/explain-invocation-error.js";
export { type InvokedPrediction, type InvokeEndpointOptions, invokeEndpoint } from "./endpoints/invoke-endpoint.js";
export { type EndpointLease, type LeaseEndpointOptions, leaseEndpoint } from "./endpoints/lease-endpoint.js";
export { type ListOrphansOptions, listOrphans, type Orphan } from "./endpoints/list-orphans.js";
export { type BatchOutput, type ReadBatchOutputsOptions, readBatchOutputs } from "./endpoints/read-batch-outputs.js";
export {
  type BatchProgressEvent,
  type BatchTransform,
  type BatchTransformOptions,
  runBatchTransform,
} from "./endpoints/run-batch-transform.js";
export { type ScaleEndpointOptions, scaleEndpoint } from "./endpoints/scale-endpoint.js";
export { type ShiftTrafficOptions, shiftTraffic } from "./endpoints/shift-traffic.js";
export { type SweepOrphansOptions, type SweepResult, sweepOrphans } from "./endpoints/sweep-orphans.js";
export { type TrafficShift, type UpdateEndpointOptions, updateEndpoint } from "./endpoints/update-endpoint.js";
export { type ClassifyHandlerOptions, createClassifyHandler } from "./handlers/classify-handler.js";
export type { ClassifyingEndpoint, EndpointResolver } from "./handlers/endpoint-source.js";
export { type Envelope, parseEnvelope, parsePayload } from "./handlers/envelope.js";
export {
  createFilterHandler,
  type FilterHandlerOptions,
  ThresholdConfidenceNotMetError,
} from "./handlers/filter-handler.js";
export {
  type BatchEvent,
  type BatchHandlerResult,
  type FailedItem,
  type HandlerContext,
  type HandlerResult,
  type ImageEvent,
  type InferenceHandler,
  type InferencePayload,
  InferencePayloadSchema,
  InvalidPayloadError,
} from "./handlers/payload.js";
export { createSerializeHandler, type SerializeHandlerOptions } from "./handlers/serialize-handler.js";
