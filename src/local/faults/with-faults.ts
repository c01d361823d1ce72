import { randomUUID } from "node:crypto";
import { parseLambdaRequest } from "../lambda/lambda-request.js";
import { nameS3Operation } from "../s3/s3-operations.js";
import { formatErrorXml } from "../s3/xml.js";
import { ServiceError } from "../service-error.js";
import { type LocalServiceName, serviceOf } from "../service-of.js";
import { jsonError, type WireRequest, type WireResponse, type WireService } from "../wire.js";
import type { FaultInjector } from "./fault-injector.js";

/**
 * Lets faults strike the calls of a service before it sees them. Lambda's Invoke is left to the functions' registry,
 * so that the invocations of Step Functions are struck and counted with those of clients.
 *
 * @param service - All services, as one.
 * @param injector - Decides.
 * @returns The service with its faults.
 * @internal
 */
export function withFaults(service: WireService, injector: FaultInjector): WireService {
  return async (request) => {
    if (injector.isEmpty) return service(request);
    const name = serviceOf(request);
    if (name === undefined) return service(request);
    const error = await injector.strike(name, () => operationOf(name, request), request.signal);
    return error === undefined ? service(request) : formatFault(name, error, request);
  };
}

function operationOf(service: LocalServiceName, request: WireRequest): string | undefined {
  switch (service) {
    case "s3":
      return nameS3Operation(request);
    case "sagemaker-runtime":
      return "InvokeEndpoint";
    case "lambda":
      return lambdaOperationOf(request);
    default:
      return request.headers["x-amz-target"]?.split(".")[1];
  }
}

function lambdaOperationOf(request: WireRequest): string | undefined {
  try {
    const operation = parseLambdaRequest(request)?.operation;
    return operation === "Invoke" ? undefined : operation;
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function formatFault(service: LocalServiceName, error: ServiceError, request: WireRequest): WireResponse {
  const { status, type, message } = error;
  const requestId = randomUUID();
  if (service === "s3") {
    const headers = { "content-type": "application/xml", "x-amz-request-id": requestId };
    const document = { Code: type, Message: message, Resource: request.path, RequestId: requestId };
    return { status, headers, body: request.method === "HEAD" ? new Uint8Array() : formatErrorXml(document) };
  }
  const answer = jsonError(status, type, message, error.members);
  return { ...answer, headers: { ...answer.headers, "x-amzn-requestid": requestId } };
}
