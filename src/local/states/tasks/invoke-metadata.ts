import type { SdkMetadata } from "./sdk-metadata.js";

/**
 * Describes Lambda's answer to an Invoke request, as the optimized integration shows it. It is written out, not put
 * together, because every task makes one and its execution keeps it.
 *
 * @param requestId - Id of the invocation.
 * @param date - When Lambda answered.
 * @param length - Bytes of the payload.
 * @returns What stands beside the payload.
 * @internal
 */
export function describeInvocation(requestId: string, date: Date, length: number): SdkMetadata {
  const sent = {
    Connection: "keep-alive",
    "X-Amz-Executed-Version": "$LATEST",
    "x-amzn-Remapped-Content-Length": "0",
    "X-Amzn-Trace-Id": traceId(requestId, date),
    "x-amzn-RequestId": requestId,
    "Content-Length": String(length),
    Date: date.toUTCString(),
    "Content-Type": "application/json",
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: {
        Connection: [sent.Connection],
        "X-Amz-Executed-Version": [sent["X-Amz-Executed-Version"]],
        "x-amzn-Remapped-Content-Length": [sent["x-amzn-Remapped-Content-Length"]],
        "X-Amzn-Trace-Id": [sent["X-Amzn-Trace-Id"]],
        "x-amzn-RequestId": [sent["x-amzn-RequestId"]],
        "Content-Length": [sent["Content-Length"]],
        Date: [sent.Date],
        "Content-Type": [sent["Content-Type"]],
      },
      HttpHeaders: sent,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

function traceId(requestId: string, date: Date): string {
  const seconds = Math.floor(date.getTime() / 1000).toString(16);
  const digits = requestId.replaceAll("-", "").slice(0, 24);
  return `root=1-${seconds}-${digits};parent=${requestId.slice(-12)}0000;sampled=0`;
}
