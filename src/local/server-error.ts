import { formatErrorXml } from "./s3/xml.js";
import { serviceOf } from "./service-of.js";
import { jsonError, type WireRequest, type WireResponse } from "./wire.js";

/**
 * Writes an error of the server itself in the form that the request's client can read.
 *
 * @param request - The request.
 * @param status - HTTP status code.
 * @param code - Error code.
 * @param message - What happened.
 * @returns JSON for the JSON protocols, XML for S3, and for the older query protocol XML with one more element around it.
 * @internal
 */
export function formatServerError(request: WireRequest, status: number, code: string, message: string): WireResponse {
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    const inner = Buffer.from(formatErrorXml({ Code: code, Message: message })).toString();
    const body = Buffer.from(`<ErrorResponse>${inner.slice(inner.indexOf("<Error>"))}</ErrorResponse>`);
    return { status, headers: { "content-type": "text/xml" }, body };
  }
  if (serviceOf(request) !== "s3") return jsonError(status, code, message);
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: formatErrorXml({ Code: code, Message: message, Resource: request.path }),
  };
}
