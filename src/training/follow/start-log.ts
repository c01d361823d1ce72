import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { LogsClient } from "../../core/clients.js";
import { LogSource } from "../logs/log-source.js";
import { openLogs } from "../logs/logs-client.js";
import type { EpochReporter } from "./epoch-reporter.js";
import { followLog } from "./log-loop.js";
import type { TrainingProgressEvent } from "./training-progress.js";

/** Which log is followed. @internal */
export interface StartLogOptions {
  /** Name of the training job. */
  readonly trainingJobName: string;
  /** Whether the log is read at all. */
  readonly logs: "follow" | "off";
  /** The caller's client of CloudWatch Logs. */
  readonly logsClient: LogsClient | undefined;
  /** Milliseconds between two looks; absent: a tenth of what has passed. */
  readonly pollIntervalMs?: number | undefined;
}

/**
 * Follows the log of a training job beside its status: whatever becomes of it, the status is followed all the same.
 *
 * @param client - The SageMaker client.
 * @param options - See {@link StartLogOptions}.
 * @param loop - Who is told, and what ends it.
 * @internal
 */
export async function startLog(
  client: SageMakerClient,
  { logs, logsClient, trainingJobName, pollIntervalMs }: StartLogOptions,
  loop: {
    readonly reporter: EpochReporter;
    readonly emit: (event: TrainingProgressEvent) => void;
    readonly abort: (reason: unknown) => void;
    readonly signal: AbortSignal;
    readonly over: AbortSignal;
  },
): Promise<void> {
  if (logs === "off") return;
  try {
    const access = await openLogs(logsClient, client);
    if (access === undefined) {
      const message = "The log cannot be read: install @aws-sdk/client-cloudwatch-logs to see epochs while a job runs.";
      loop.emit({ type: "logUnavailable", message });
      return;
    }
    await followLog({ ...loop, source: new LogSource(access, trainingJobName), intervalMs: pollIntervalMs });
  } catch (error) {
    loop.abort(error);
  }
}
