import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  type SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { abortable } from "../../core/abort.js";
import { poll } from "../../core/poll.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import type { ExecutionEnd } from "./execution-result.js";
import { isThrottle } from "./throttling.js";

/** What `runExecution` tells while it waits. */
export type ExecutionProgressEvent =
  | {
      /** The execution was started. */
      readonly type: "started";
      /** ARN of the execution. */
      readonly executionArn: string;
    }
  | {
      /** The execution has another status. */
      readonly type: "status";
      /** The status, such as `RUNNING` or `SUCCEEDED`. */
      readonly status: string;
    }
  | {
      /** The wait was given up: whether the execution was stopped on AWS, or goes on there. */
      readonly type: "stopped" | "left-running";
      /** ARN of the execution. */
      readonly executionArn: string;
    };

/** How an execution is followed. @internal */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly pollIntervalMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onAbort: "leave" | "stop";
  readonly onProgress?: ((event: ExecutionProgressEvent) => void) | undefined;
}

/** DescribeExecution is eventually consistent: for a moment it may not know what was just started. */
const VISIBLE_AFTER_MS = 10_000;

/**
 * Waits until an execution has ended, and stops it where that was asked for when the wait is given up.
 *
 * @param client - Client to ask with.
 * @param executionArn - The execution.
 * @param options - See {@link WaitOptions}.
 * @returns How it ended.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT`, the signal's reason, or AWS's exception.
 * @internal
 */
export async function waitForEnd(client: SFNClient, executionArn: string, options: WaitOptions): Promise<ExecutionEnd> {
  const { timeoutMs, pollIntervalMs, signal, onProgress } = options;
  let lastStatus: string | undefined;
  let gaveUp = false;
  const visibleBy = Date.now() + VISIBLE_AFTER_MS;
  const describe = async (): Promise<DescribeExecutionCommandOutput | undefined> => {
    try {
      return await abortable(signal, (send) => client.send(new DescribeExecutionCommand({ executionArn }), send));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist && Date.now() < visibleBy) return undefined;
      // The execution is none the worse for it, and the next question comes later.
      if (isThrottle(error)) return undefined;
      throw error;
    }
  };
  try {
    return await poll<ExecutionEnd>({
      timeoutMs,
      intervalMs: pollIntervalMs,
      signal,
      check: async () => {
        const seen = await describe();
        const status = seen?.status;
        if (status !== undefined && status !== lastStatus) onProgress?.({ type: "status", status });
        lastStatus = status ?? lastStatus;
        if (seen === undefined || status === undefined || status === "RUNNING" || status === "PENDING_REDRIVE") return;
        const { output, error, cause, startDate, stopDate } = seen;
        return { executionArn, status, output, error, cause, startDate, stopDate };
      },
      onTimeout: (elapsed) => {
        gaveUp = true;
        const remedy =
          options.onAbort === "stop"
            ? "It is being stopped."
            : "It goes on on AWS; ask for it there, or raise timeoutMs.";
        return waitTimeout(`execution ${executionArn}`, elapsed, lastStatus, remedy);
      },
    });
  } catch (error) {
    if (gaveUp || signal?.aborted) await giveUp(client, executionArn, options);
    throw error;
  }
}

/** Stops the execution where that was asked for; a stop that fails is told, and does not hide why the wait ended. */
async function giveUp(client: SFNClient, executionArn: string, { onAbort, onProgress }: WaitOptions): Promise<void> {
  const isStopped = onAbort === "stop" && (await stopExecution(client, executionArn));
  onProgress?.({ type: isStopped ? "stopped" : "left-running", executionArn });
}

/**
 * Stops an execution that nobody waits for any more.
 *
 * @param client - Client to ask with.
 * @param executionArn - The execution.
 * @returns Whether AWS took it.
 * @internal
 */
export function stopExecution(client: SFNClient, executionArn: string): Promise<boolean> {
  const command = new StopExecutionCommand({ executionArn, error: "Aborted", cause: "The caller gave up waiting." });
  return client.send(command).then(
    () => true,
    () => false,
  );
}
