import type { FunctionOutcome } from "./function-runner.js";

/** Source: AWS Lambda API Reference, Invoke, LogResult: the last 4 KB. */
const MAX_TAIL_BYTES = 4096;

/**
 * Writes the end of an invocation's log as Lambda returns it with `LogType` `Tail`.
 *
 * @param options - `invocation`: how it ended; `requestId`, `durationMs`, `memoryMb`: what the report line names.
 * @returns The log's last 4 KB in Base64.
 * @internal
 */
export function formatLogTail(options: {
  readonly invocation: FunctionOutcome;
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
}): string {
  const { invocation, requestId, durationMs, memoryMb } = options;
  const { initMs } = invocation;
  const ran = Math.max(0, durationMs - (initMs ?? 0));
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${ran.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs)} ms`,
    `Memory Size: ${memoryMb} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
  ];
  const lines = [
    `START RequestId: ${requestId} Version: $LATEST`,
    ...invocation.lines,
    `END RequestId: ${requestId}`,
    `${report.join("\t")}\t`,
    "",
  ];
  return Buffer.from(lines.join("\n")).subarray(-MAX_TAIL_BYTES).toString("base64");
}
