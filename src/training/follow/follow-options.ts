import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { LogsClient, TrainingClients } from "../../core/clients.js";
import { type InstancePrices, pricesSchema } from "../../core/instance-prices.js";
import { callbackSchema, clientSchema, signalSchema } from "../../core/options.js";
import type { TrainingProgressEvent } from "./training-progress.js";

/** How a job is followed to its end. */
export interface FollowTrainingOptions {
  /** Milliseconds to wait for the job at most. @defaultValue the job's runtime limit and half an hour */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions for the status. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** Whether an abort, or a wait that takes too long, stops the job on AWS or leaves it running. @defaultValue `"stop"` */
  readonly onAbort?: "stop" | "leave";
  /** Whether the job's log is read, which is where epochs come from. @defaultValue `"follow"` */
  readonly logs?: "follow" | "off";
  /** US dollars an hour of instance types, before the built-in ones. @defaultValue those of us-east-1, collected 2026-11 */
  readonly prices?: InstancePrices;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: TrainingClients;
  /** Ends the wait. What happens to the job on AWS is decided by `onAbort`. */
  readonly signal?: AbortSignal;
  /** Is told what the checks before the start find, phases, log lines, epochs and estimates. An error that it throws ends the wait and leaves the job running. */
  readonly onProgress?: (event: TrainingProgressEvent) => void;
}

/** Schema fields of the clients. @internal */
export const followClientFields = {
  sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional(),
  logs: clientSchema<LogsClient>("CloudWatchLogsClient").optional(),
} as const;

/** Schema fields of {@link FollowTrainingOptions}; they hold the defaults. @internal */
export const followFields = {
  timeoutMs: z.number().positive().optional(),
  pollIntervalMs: z.number().positive().optional(),
  onAbort: z.enum(["stop", "leave"]).default("stop"),
  logs: z.enum(["follow", "off"]).default("follow"),
  prices: pricesSchema.default({}),
  clients: z.object(followClientFields).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: TrainingProgressEvent) => void>().optional(),
} as const;
