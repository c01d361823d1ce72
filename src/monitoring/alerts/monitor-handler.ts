import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { S3Clients } from "../../core/clients.js";
import { LabelsSchema } from "../../core/contracts.js";
import { type DurationText, durationSchema } from "../../core/duration.js";
import { ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions } from "../../core/options.js";
import { parseS3Uri } from "../../core/s3-uri.js";
import { readCaptures } from "../capture/read-captures.js";
import { type CaptureBaseline, CaptureBaselineSchema } from "../drift/baseline.js";
import { detectDrift } from "../drift/detect-drift.js";
import { summarizeCaptures } from "../statistics/summarize-captures.js";
import { AlertDeliveryError } from "./alert-delivery-error.js";
import { type AlertRule, type ResolvedRule, ResolvedRulesSchema } from "./alert-rules.js";
import type { AlertNotice, AlertSink } from "./alert-sink.js";
import { readJson, writeJson } from "./alert-store.js";
import { AlertStateSchema, evaluateAlerts } from "./evaluate-alerts.js";

/** Options of {@link createMonitorHandler}. */
export interface MonitorHandlerOptions {
  /** `s3://` prefix of the captures: the destination of data capture. */
  readonly source: string;
  /** The endpoint, or endpoints, to watch. @defaultValue all below the source */
  readonly endpointName?: string | readonly string[];
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Confidence below which an answer counts as unsure, 0 to 1. @defaultValue `0.7` */
  readonly threshold?: number;
  /** When somebody is to be told. */
  readonly rules: readonly AlertRule[];
  /** For rules about drift: the baseline, or the `s3://` location of its JSON, which is read at every event. */
  readonly baseline?: CaptureBaseline | string;
  /** How far back captures are read at least; drift is told over all of them. @defaultValue the longest time of the rules */
  readonly lookBack?: DurationText;
  /** `s3://` location of the JSON that is kept between two evaluations. */
  readonly state: string;
  /** Who is told. */
  readonly sinks?: readonly AlertSink[];
  /** Gives the time. @defaultValue the system's */
  readonly now?: () => Date;
  /** AWS clients to use; a missing one is made at the first event and kept. */
  readonly clients?: S3Clients;
}

/** What the handler uses of Lambda's context. */
export interface MonitorHandlerContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis?(): number;
}

/** A Lambda handler for a schedule: it looks at nothing of its event. */
export type MonitorHandler = (event?: unknown, context?: MonitorHandlerContext) => Promise<AlertNotice>;

const locationSchema = z.string().regex(/^s3:\/\/[^/]+\/.+$/s, "must be an S3 location such as s3://bucket/key.json");

const OptionsSchema = z
  .strictObject({
    source: z.string().startsWith("s3://", "must be an S3 location such as s3://bucket/data_capture"),
    endpointName: z.union([ResourceNameSchema, z.array(ResourceNameSchema).min(1).readonly()]).optional(),
    labels: LabelsSchema,
    threshold: z.number().min(0).max(1).default(0.7),
    rules: ResolvedRulesSchema,
    baseline: z.union([locationSchema, CaptureBaselineSchema]).optional(),
    lookBack: durationSchema.optional(),
    state: locationSchema,
    sinks: z.array(callbackSchema<AlertSink>()).readonly().default([]),
    now: callbackSchema<() => Date>().default(() => () => new Date()),
    clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
  })
  .refine(({ rules, baseline }) => baseline !== undefined || !rules.some(({ type }) => type === "drift"), {
    path: ["baseline"],
    message: "needed for a rule about drift",
  });

/** Bins of a minute: a window of an hour is off by two per cent at most. */
const BIN_MS = 60_000;
/** What is kept back of the invocation's time, so that our own error leaves before Lambda ends it. */
const RESERVE_MS = 500;

/**
 * Makes the Lambda handler that watches an endpoint on a schedule: it reads the captures of the last time, evaluates the
 * rules, tells the sinks, and keeps in S3 which alerts stand. A sink that fails does not keep the others from being told;
 * then the invocation fails and the state is not kept, so that the next one tells again. The function's role needs
 * `s3:ListBucket` and `s3:GetObject` for the captures, `s3:GetObject` and `s3:PutObject` for the state, and what the sinks
 * need. Let no two invocations run at the same time: reserve one concurrent execution.
 *
 * @param options - See {@link MonitorHandlerOptions}.
 * @returns The handler. It throws {@link AlertDeliveryError} `ALERT_DELIVERY_FAILED` when a sink failed, and AWS's own
 *   exceptions unchanged.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createMetricsSink, createMonitorHandler } from "scones-ml/monitoring";
 *
 * export const handler = createMonitorHandler({
 *   source: "s3://scones/data_capture",
 *   endpointName: "scones-vehicles",
 *   labels: ["bicycle", "motorcycle"],
 *   rules: [
 *     { type: "below-threshold-share", over: 0.2, within: "1h" },
 *     { type: "silence", longerThan: "2h", severity: "critical" },
 *   ],
 *   state: "s3://scones/monitoring/state.json",
 *   sinks: [createMetricsSink()],
 * });
 * ```
 */
export function createMonitorHandler(options: MonitorHandlerOptions): MonitorHandler {
  const { rules, clients, now, ...resolved } = parseOptions("createMonitorHandler", OptionsSchema, options);
  const lookBack = lookBackOf(rules, resolved.lookBack ?? 0);
  let client = clients.s3;
  return async (_event, context) => {
    // Loaded with the first event: whoever imports statistics alone has no use for S3.
    client ??= new (await import("@aws-sdk/client-s3")).S3Client({});
    const s3 = client;
    const signal = deadlineOf(context);
    const at = now();
    const stored = await readJson(s3, resolved.state, AlertStateSchema, signal);
    const baseline =
      typeof resolved.baseline === "string"
        ? await readJson(s3, resolved.baseline, CaptureBaselineSchema, signal, "required")
        : resolved.baseline;
    const observations = readCaptures({
      source: parseS3Uri(resolved.source),
      from: new Date(at.getTime() - lookBack),
      to: at,
      ...(resolved.endpointName === undefined ? {} : { endpointName: resolved.endpointName }),
      onMalformed: "skip",
      clients: { s3 },
      ...(signal === undefined ? {} : { signal }),
    });
    const { labels, threshold } = resolved;
    const summary = await summarizeCaptures(observations, { labels, threshold, binMs: BIN_MS, maxPoints: 1 });
    const evaluation = evaluateAlerts({
      rules: options.rules,
      summary,
      now: at,
      ...(baseline === undefined ? {} : { drift: detectDrift({ baseline, summary }) }),
      ...(stored === undefined ? {} : { state: stored }),
    });
    const { records, overall } = summary;
    const notice: AlertNotice = { ...evaluation, source: resolved.source, records, answers: overall.count };
    await tell(resolved.sinks, notice, signal);
    await writeJson(s3, resolved.state, evaluation.state, signal);
    return notice;
  };
}

function lookBackOf(rules: readonly ResolvedRule[], least: number): number {
  const needed = rules.map((rule) => ("within" in rule ? rule.within : "longerThan" in rule ? rule.longerThan : 0));
  // An hour at least, for rules about drift that name no time; a bin more, as windows begin with a bin.
  return Math.max(least, ...needed, 3_600_000) + BIN_MS;
}

function deadlineOf(context: MonitorHandlerContext | undefined): AbortSignal | undefined {
  const remaining = context?.getRemainingTimeInMillis?.();
  if (remaining === undefined || !Number.isFinite(remaining)) return undefined;
  return AbortSignal.timeout(Math.max(1, remaining - RESERVE_MS));
}

async function tell(sinks: readonly AlertSink[], notice: AlertNotice, signal: AbortSignal | undefined): Promise<void> {
  const failures: unknown[] = [];
  for (const sink of sinks) {
    try {
      await sink(notice, signal === undefined ? {} : { signal });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  const reasons = failures.map((error) => (error instanceof Error ? error.message : String(error)));
  throw AlertDeliveryError.of(reasons, failures[0]);
}
