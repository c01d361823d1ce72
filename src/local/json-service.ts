import { isSconesError } from "../core/errors.js";
import { unsupportedOperation } from "./local-operation-error.js";
import { ServiceError } from "./service-error.js";
import { checkShape, type Shape } from "./shapes.js";
import { jsonError, jsonResponse, readBody, type WireRequest, type WireService } from "./wire.js";

/** A service of one of the AWS JSON protocols. @internal */
export interface JsonServiceOptions<Operation extends string> {
  /** The service, as it signs its requests. */
  readonly name: string;
  /** What the target header begins with, such as `SageMaker.`. */
  readonly targetPrefix: string;
  /** The shape of each request, by operation. */
  readonly shapes: Readonly<Record<Operation, Shape>>;
  /** What each operation does; the shape of its request was checked before. Nothing is answered as an empty object. */
  readonly operations: Readonly<Record<Operation, (input: unknown, request: WireRequest) => unknown>>;
  /** Makes the service's exception for a request that does not meet the constraints. */
  readonly refuse: (message: string) => ServiceError;
  /** Most bytes of a request. @defaultValue 1 MiB */
  readonly maxRequestBytes?: number;
  /** The version of the protocol. @defaultValue `"1.1"` */
  readonly version?: "1.0" | "1.1";
}

/**
 * Makes a service that first holds every request against its shape, and then does what it asks for.
 *
 * @param options - See {@link JsonServiceOptions}.
 * @returns The service; it rejects with `LOCAL_OPERATION_UNSUPPORTED` for an operation that it does not have.
 * @internal
 */
export function createJsonService<Operation extends string>(options: JsonServiceOptions<Operation>): WireService {
  const { name, targetPrefix, shapes, operations, refuse, maxRequestBytes = 1_048_576, version } = options;
  return async (request) => {
    const target = request.headers["x-amz-target"] ?? "";
    const operation = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : target;
    if (!isOperation(operation)) throw unsupportedOperation(name, operation);
    try {
      const body = await readBody(request.body, maxRequestBytes);
      if (body === undefined) throw refuse(`The request is larger than ${maxRequestBytes} bytes.`);
      const input = parseInput(body);
      checkRequest(shapes[operation], input, refuse);
      return jsonResponse(200, (await operations[operation](input, request)) ?? {}, version);
    } catch (error) {
      const failure = isSconesError(error, "S3_URI_INVALID") ? refuse(error.message) : error;
      if (failure instanceof ServiceError) {
        return jsonError(failure.status, failure.type, failure.message, failure.members, version);
      }
      throw failure;
    }
  };

  function isOperation(operation: string): operation is Operation {
    return Object.hasOwn(operations, operation);
  }
}

/**
 * Holds a request against its shape.
 *
 * @param shape - The shape.
 * @param input - The request.
 * @param refuse - Makes the service's exception.
 * @throws What `refuse` makes, with every constraint that is not met.
 * @internal
 */
export function checkRequest(shape: Shape, input: unknown, refuse: (message: string) => ServiceError): void {
  const findings = checkShape(shape, input);
  if (findings.length === 0) return;
  const plural = findings.length === 1 ? "error" : "errors";
  throw refuse(`${findings.length} validation ${plural} detected: ${findings.join("; ")}`);
}

const decoder = new TextDecoder();

function parseInput(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    throw new ServiceError(400, "SerializationException", "The request body is not JSON.");
  }
}
