import type { WireRequest } from "./wire.js";

/** A service of the local AWS, by the name that the AWS CLI has for it (`states` for Step Functions). */
export type LocalServiceName = "s3" | "sagemaker" | "sagemaker-runtime" | "states" | "lambda" | "logs";

const LAMBDA_PATH = /^\/2015-03-31\/functions(\/|$)/;
const RUNTIME_PATH = /^\/endpoints\/[^/]+\/(async-)?invocations(-response-stream)?$/;

/**
 * Tells which service a request is for: the service in the credential scope decides, then the target header, then the
 * path; what remains is S3.
 *
 * @param request - The request.
 * @returns The service; `undefined` for one that the local AWS does not have.
 * @internal
 */
export function serviceOf(request: WireRequest): LocalServiceName | undefined {
  const target = request.headers["x-amz-target"] ?? "";
  const isRuntime = request.method === "POST" && target === "" && RUNTIME_PATH.test(request.path);
  switch (signedService(request) ?? serviceOfTarget(target)) {
    case "s3":
      return "s3";
    case "states":
      return "states";
    case "lambda":
      return "lambda";
    case "logs":
      return "logs";
    case "sagemaker":
      return isRuntime ? "sagemaker-runtime" : "sagemaker";
    case undefined:
      if (isRuntime) return "sagemaker-runtime";
      return LAMBDA_PATH.test(request.path) ? "lambda" : "s3";
    default:
      return undefined;
  }
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
