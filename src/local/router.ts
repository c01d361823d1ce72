import { unsupportedOperation } from "./local-operation-error.js";
import type { WireRequest, WireService } from "./wire.js";

/** The services of the local AWS. @internal */
export interface RouterServices {
  readonly s3: WireService;
  readonly sagemaker: WireService;
  readonly sagemakerRuntime: WireService;
  readonly states: WireService;
  readonly logs: WireService;
}

const RUNTIME_PATH = /^\/endpoints\/[^/]+\/(async-)?invocations(-response-stream)?$/;

/**
 * Makes one service of several, as one endpoint for all of AWS: the service in the credential scope decides, then the target
 * header, then the path; what remains is S3.
 *
 * @param services - The services.
 * @returns The service that hands requests on.
 * @throws {@link LocalOperationError} `LOCAL_OPERATION_UNSUPPORTED`, by the returned service, for any other AWS service.
 * @internal
 */
export function createRouter(services: RouterServices): WireService {
  return async (request) => {
    const target = request.headers["x-amz-target"] ?? "";
    const scope = signedService(request);
    switch (scope ?? serviceOfTarget(target) ?? (isRuntimePath(request) ? "sagemaker" : "s3")) {
      case "s3":
        return services.s3(request);
      case "states":
        return services.states(request);
      case "logs":
        return services.logs(request);
      case "sagemaker":
        return target === "" && isRuntimePath(request)
          ? services.sagemakerRuntime(request)
          : services.sagemaker(request);
      default: {
        const operation = target === "" ? `${request.method} ${request.path}` : target.slice(target.indexOf(".") + 1);
        throw unsupportedOperation(scope ?? target.slice(0, Math.max(0, target.indexOf("."))), operation);
      }
    }
  };
}

/**
 * Reads the service that a request was signed for, from its header or its presigned URL.
 *
 * @param request - The request.
 * @returns The service in the credential scope; none for an unsigned request.
 * @internal
 */
export function signedService(request: WireRequest): string | undefined {
  const credential =
    /\bCredential=([^,\s]+)/.exec(request.headers["authorization"] ?? "")?.[1] ?? request.query.get("X-Amz-Credential");
  return /\/([^/]+)\/aws4_request$/.exec(credential ?? "")?.[1];
}

function serviceOfTarget(target: string): string | undefined {
  if (target === "") return undefined;
  if (target.startsWith("AWSStepFunctions.")) return "states";
  if (target.startsWith("Logs_20140328.")) return "logs";
  return target.startsWith("SageMaker.") ? "sagemaker" : "";
}

function isRuntimePath(request: WireRequest): boolean {
  return request.method === "POST" && RUNTIME_PATH.test(request.path);
}
