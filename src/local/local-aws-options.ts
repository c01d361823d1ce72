import * as z from "zod";
import { callbackSchema } from "../core/options.js";
import { FaultSchema, type LocalFault } from "./faults/fault-options.js";
import type { LocalLogEvent } from "./sagemaker/environment.js";

/** Options of {@link createLocalAws}. */
export interface LocalAwsOptions {
  /**
   * Folder that outlives the process: buckets, jobs and their logs, models, endpoints, state machines, activities and
   * executions are there again with the next run. What an answer has told is kept, whatever moment the process ends at.
   * Jobs and executions that ran then have failed, with the reason; endpoints serve again. One process at a time may
   * use it. @defaultValue everything lives in memory
   */
  readonly directory?: string;
  /** Region of every ARN and client. @defaultValue `"us-east-1"` */
  readonly region?: string;
  /** Account of every ARN, 12 digits. @defaultValue `"000000000000"` */
  readonly accountId?: string;
  /** How training jobs are run. */
  readonly trainer?: LocalTrainerOptions;
  /** Decides initial weights, augmentation, capture sampling, the choice of variants and faults. @defaultValue `0` */
  readonly seed?: number;
  /** Gives the time; with a virtual clock the time at which it begins. @defaultValue the system's */
  readonly now?: () => Date;
  /**
   * How the time of state machines passes. On a `virtual` clock Wait states, pauses before a retry, timeouts and
   * heartbeats cost no time: as soon as every execution waits, the time jumps to the end of the shortest wait. It
   * stands still while a function or a job runs. Jitter then depends on `seed` alone, and all services tell the
   * virtual time. @defaultValue `"system"`
   */
  readonly clock?: "system" | "virtual";
  /** Faults that are there from the start; `injectFault` adds more. @defaultValue none */
  readonly faults?: readonly LocalFault[];
  /** Receives every line that CloudWatch Logs gets too: of jobs, endpoints, and functions that come from bundles. */
  readonly onLog?: (event: LocalLogEvent) => void;
}

/** How the local training jobs are run. */
export interface LocalTrainerOptions {
  /**
   * The network: `standard` has widths 16-16-32, `small` 8-16-32 (about half the time, some two points less
   * accurate), `wide` 16-32-64 (better for ten epochs or fewer). @defaultValue `"standard"`
   */
  readonly network?: "small" | "standard" | "wide";
  /** Worker threads, 1 or 2; the result is the same. @defaultValue 2, or 1 on a single core */
  readonly threads?: 1 | 2;
}

/** Widths of each network. @internal */
export const TRAINER_WIDTHS = { small: [8, 16, 32], standard: [16, 16, 32], wide: [16, 32, 64] } as const;

/** Checks {@link LocalAwsOptions}. @internal */
export const LocalAwsOptionsSchema = z.strictObject({
  directory: z.string().min(1).optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as us-east-1")
    .default("us-east-1"),
  accountId: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits")
    .default("000000000000"),
  trainer: z
    .strictObject({
      network: z.enum(["small", "standard", "wide"]).default("standard"),
      threads: z.literal([1, 2]).optional(),
    })
    .prefault({}),
  seed: z.int().default(0),
  now: callbackSchema<() => Date>().default(() => () => new Date()),
  faults: z.array(FaultSchema).default([]),
  clock: z.enum(["system", "virtual"]).default("system"),
  onLog: callbackSchema<(event: LocalLogEvent) => void>().optional(),
});
