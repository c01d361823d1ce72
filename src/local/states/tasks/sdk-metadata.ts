import type { JsonObject } from "../json.js";

/** What is known of the HTTP answer that a service would have given. @internal */
export interface SdkAnswer {
  readonly requestId: string;
  readonly date: Date;
  /** Bytes of the body. */
  readonly length: number;
  readonly contentType: string;
  /** @defaultValue 200 */
  readonly status?: number;
}

/** The two members that optimized integrations put beside what a service answered. @internal */
export interface SdkMetadata {
  readonly SdkHttpMetadata: JsonObject;
  readonly SdkResponseMetadata: { readonly RequestId: string };
}

/**
 * Describes an HTTP answer as the optimized integrations do.
 *
 * @param answer - See {@link SdkAnswer}.
 * @returns Both members.
 * @internal
 */
export function describeAnswer(answer: SdkAnswer): SdkMetadata {
  const { requestId, date, length, contentType, status = 200 } = answer;
  const sent = {
    Connection: "keep-alive",
    "x-amzn-RequestId": requestId,
    "Content-Length": String(length),
    Date: date.toUTCString(),
    "Content-Type": contentType,
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: listValues(sent),
      HttpHeaders: sent,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

function listValues(headers: Readonly<Record<string, string>>): JsonObject {
  const lists: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) lists[name] = [headers[name] ?? ""];
  return lists;
}
