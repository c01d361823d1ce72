import { randomUUID } from "node:crypto";
import type { FunctionRegistry, Invocation } from "../functions.js";
import { unsupportedOperation } from "../local-operation-error.js";
import { ServiceError } from "../service-error.js";
import { jsonError, readBody, type WireRequest, type WireResponse, type WireService } from "../wire.js";
import { describeConfiguration, describeFunction } from "./describe-function.js";
import { formatLogTail } from "./format-log-tail.js";
import { parseLambdaRequest } from "./lambda-request.js";

/** Source: AWS Lambda Developer Guide, "Lambda quotas": 6 MB synchronous, 1 MB asynchronous. */
const MAX_PAYLOAD_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;
const MAX_PAGE = 50;

type InvocationType = keyof typeof MAX_PAYLOAD_BYTES;

/**
 * Makes the local Lambda, for the AWS CLI and SDK clients: Invoke, GetFunction, GetFunctionConfiguration and
 * ListFunctions over the registered functions.
 *
 * @param functions - The functions.
 * @returns The service.
 * @throws {@link LocalOperationError} `LOCAL_OPERATION_UNSUPPORTED`, by the service, for an operation that it lacks.
 * @internal
 */
export function createLambdaService(functions: FunctionRegistry): WireService {
  return async (request) => {
    try {
      return await answer(functions, request);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return jsonError(error.status, error.type, error.message, { Type: "User", ...error.members });
    }
  };
}

async function answer(functions: FunctionRegistry, request: WireRequest): Promise<WireResponse> {
  const parsed = parseLambdaRequest(request);
  if (parsed === undefined) throw unsupportedOperation("lambda", `${request.method} ${request.path}`);
  if (parsed.operation === "ListFunctions") return listFunctions(functions, request);
  const { functionName } = parsed;
  const found = functions.describe(functionName);
  if (found === undefined) throw notFound(functions.arnOf(functionName));
  switch (parsed.operation) {
    case "GetFunction":
      return json(200, describeFunction(found));
    case "GetFunctionConfiguration":
      return json(200, describeConfiguration(found));
    case "Invoke":
      return invoke(functions, functionName, request);
  }
}

function listFunctions(functions: FunctionRegistry, { query }: WireRequest): WireResponse {
  const pageSize = Number(query.get("MaxItems") ?? MAX_PAGE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 10_000) {
    throw new ServiceError(400, "InvalidParameterValueException", "MaxItems must be an integer from 1 to 10000.");
  }
  const marker = query.get("Marker") ?? "";
  const rest = functions.list().filter(({ name }) => name > marker);
  const page = rest.slice(0, Math.min(pageSize, MAX_PAGE));
  const last = page.at(-1);
  const more = last !== undefined && rest.length > page.length;
  return json(200, { Functions: page.map(describeConfiguration), NextMarker: more ? last.name : null });
}

async function invoke(functions: FunctionRegistry, name: string, request: WireRequest): Promise<WireResponse> {
  const type = invocationType(request.headers["x-amz-invocation-type"]);
  const payload = await readPayload(request, MAX_PAYLOAD_BYTES[type]);
  if (type === "DryRun") return empty(204);
  if (type === "Event") {
    // Nobody waits for it: it ends with the local AWS or by its own timeout.
    functions.invoke(name, payload).catch(() => {});
    return empty(202);
  }
  const begun = performance.now();
  const invocation = await functions.invoke(name, payload, request.signal ? { signal: request.signal } : {});
  return showInvocation(functions, invocation, {
    durationMs: performance.now() - begun,
    wantsLog: request.headers["x-amz-log-type"] === "Tail",
  });
}

function showInvocation(
  functions: FunctionRegistry,
  invocation: Invocation,
  { durationMs, wantsLog }: { readonly durationMs: number; readonly wantsLog: boolean },
): WireResponse {
  if (invocation.status === "notFound") throw notFound(invocation.functionArn);
  if (invocation.status === "refused") throw invocation.error;
  const { functionArn, requestId } = invocation;
  const memoryMb = functions.describe(functionArn)?.memoryMb ?? 0;
  const headers = {
    "content-type": "application/json",
    "x-amzn-requestid": requestId,
    "x-amz-executed-version": "$LATEST",
    ...(invocation.status === "failed" ? { "x-amz-function-error": "Unhandled" } : {}),
    ...(wantsLog ? { "x-amz-log-result": formatLogTail({ invocation, requestId, durationMs, memoryMb }) } : {}),
  };
  const text = invocation.status === "failed" ? JSON.stringify(invocation.failure) : invocation.payload;
  return { status: 200, headers, body: Buffer.from(text) };
}

function invocationType(sent: string | undefined): InvocationType {
  const type = sent ?? "RequestResponse";
  if (Object.hasOwn(MAX_PAYLOAD_BYTES, type)) return type as InvocationType;
  const allowed = Object.keys(MAX_PAYLOAD_BYTES).join(", ");
  throw new ServiceError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [${allowed}]`,
  );
}

async function readPayload(request: WireRequest, limit: number): Promise<string> {
  const body = await readBody(request.body, limit);
  if (body === undefined) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new ServiceError(413, "RequestTooLargeException", message);
  }
  const text = new TextDecoder().decode(body);
  if (text === "") return "{}";
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError(400, "InvalidRequestContentException", `Could not parse request body into json: ${reason}`);
  }
}

function notFound(functionArn: string): ServiceError {
  return new ServiceError(404, "ResourceNotFoundException", `Function not found: ${functionArn}`);
}

function json(status: number, value: unknown): WireResponse {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

function empty(status: number): WireResponse {
  return { status, headers: { "x-amzn-requestid": randomUUID() }, body: new Uint8Array() };
}
