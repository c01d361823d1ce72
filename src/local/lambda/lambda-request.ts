import { ServiceError } from "../service-error.js";
import type { WireRequest } from "../wire.js";

/** What a request asks of Lambda. @internal */
export type LambdaRequest =
  | { readonly operation: "ListFunctions" }
  | { readonly operation: "Invoke" | "GetFunction" | "GetFunctionConfiguration"; readonly functionName: string };

/** Operations of the local Lambda. @internal */
export const lambdaOperations: readonly LambdaRequest["operation"][] = [
  "Invoke",
  "ListFunctions",
  "GetFunction",
  "GetFunctionConfiguration",
];

const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(\/invocations|\/configuration)?\/?$/;

/**
 * Recognises the operation of a request in Lambda's REST protocol.
 *
 * @param request - The request.
 * @returns The operation and the function, by name or ARN and with its qualifier; `undefined` for any other request.
 * @throws {@link ServiceError} `ValidationException` when the function's name cannot be read.
 * @internal
 */
export function parseLambdaRequest(request: WireRequest): LambdaRequest | undefined {
  const { method, path, query } = request;
  if (method === "GET" && /^\/2015-03-31\/functions\/?$/.test(path)) return { operation: "ListFunctions" };
  const [matched, encoded = "", action] = FUNCTION_PATH.exec(path) ?? [];
  const operation = matched === undefined ? undefined : operationOf(method, action);
  if (operation === undefined) return undefined;
  const name = decodeName(encoded);
  const qualifier = query.get("Qualifier") ?? "";
  return { operation, functionName: qualifier === "" ? name : `${name}:${qualifier}` };
}

function operationOf(method: string, action: string | undefined) {
  if (method === "POST") return action === "/invocations" ? "Invoke" : undefined;
  if (method !== "GET" || action === "/invocations") return undefined;
  return action === undefined ? "GetFunction" : "GetFunctionConfiguration";
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ServiceError(400, "ValidationException", `The path of the request is not well-formed: ${encoded}`);
  }
}
