/**
 * Serves a trained model: endpoints with data capture, and the handlers of the three Lambda functions. Import it to
 * deploy and delete endpoints, and export a handler factory's result as a Lambda entry point.
 *
 * @module inference
 */
export {
  type DeleteEndpointOptions,
  type DeleteEndpointProgressEvent,
  deleteEndpoint,
} from "./endpoints/delete-endpoint.js";
export { type DeployEndpointOptions, type DeployProgressEvent, deployEndpoint } from "./endpoints/deploy-endpoint.js";
export { EndpointError } from "./endpoints/endpoint-error.js";
export {
  buildEndpointRequests,
  type CaptureOptions,
  type EndpointOptions,
  type EndpointRequests,
} from "./endpoints/endpoint-request.js";
export { type ClassifyHandlerOptions, createClassifyHandler } from "./handlers/classify-handler.js";
export {
  createFilterHandler,
  type FilterHandlerOptions,
  ThresholdConfidenceNotMetError,
} from "./handlers/filter-handler.js";
export {
  type HandlerContext,
  type HandlerResult,
  type InferencePayload,
  InferencePayloadSchema,
  InvalidPayloadError,
  parsePayload,
} from "./handlers/payload.js";
export { createSerializeHandler, type SerializeHandlerOptions } from "./handlers/serialize-handler.js";
