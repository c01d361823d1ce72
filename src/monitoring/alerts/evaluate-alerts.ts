import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import { type AlertRule, type ResolvedRule, ResolvedRulesSchema } from "./alert-rules.js";
import { type Measured, measureRule } from "./measure-rule.js";

/** What is remembered between two evaluations, so that alerts do not flap: a plain JSON value. */
export const AlertStateSchema = z
  .object({
    /** Layout of the value. */
    version: z.literal(1),
    /** When it was made, in ISO 8601. */
    evaluatedAt: z.string(),
    /** By the name of the rule. */
    rules: z.record(
      z.string(),
      z
        .object({
          /** Whether the alert stands. */
          status: z.literal(["ok", "alarm"]),
          /** Since when, in ISO 8601. */
          since: z.string(),
          /** Evaluations in a row that speak for the other status. */
          streak: z.int().min(0),
        })
        .readonly(),
    ),
  })
  .readonly();

/** What is remembered between two evaluations: see {@link AlertStateSchema}. */
export type AlertState = z.output<typeof AlertStateSchema>;

/** What one rule says now. */
export interface AlertResult {
  /** Name of the rule. */
  readonly name: string;
  /** Kind of the rule. */
  readonly type: AlertRule["type"];
  /** How bad it is. */
  readonly severity: "info" | "warning" | "critical";
  /** Whether the alert stands. */
  readonly status: "ok" | "alarm";
  /** What this evaluation did to it. */
  readonly change?: "raised" | "cleared";
  /** Since when it has this status, in ISO 8601. */
  readonly since: string;
  /** What was measured: a share, a mean, milliseconds of silence, or tests that found drift; absent where too little is known, or nothing was ever captured. */
  readonly value?: number;
  /** The limit of the rule, in the same unit. */
  readonly limit?: number;
  /** What was found, in plain words. */
  readonly text: string;
}

/** What all rules say now: a plain JSON value. */
export interface AlertEvaluation {
  /** When it was evaluated, in ISO 8601. */
  readonly evaluatedAt: string;
  /** Whether any alert stands; what a job of CI exits with. */
  readonly isAlarming: boolean;
  /** Every rule, in the order that they were given in. */
  readonly results: readonly AlertResult[];
  /** Those that were raised or cleared by this evaluation. */
  readonly changes: readonly AlertResult[];
  /** To be given to the next evaluation. */
  readonly state: AlertState;
}

/** Options of {@link evaluateAlerts}. */
export interface EvaluateAlertsOptions {
  /** The rules. */
  readonly rules: readonly AlertRule[];
  /** What they are about. Its bins should be no longer than the shortest `within`. */
  readonly summary: CaptureSummary;
  /** What `detectDrift` returned, for rules about drift. */
  readonly drift?: DriftReport;
  /** What the evaluation before returned as `state`. @defaultValue no alert stands */
  readonly state?: AlertState;
  /** The present. @defaultValue the time of the call */
  readonly now?: Date;
}

const OptionsSchema = z.strictObject({
  rules: ResolvedRulesSchema,
  summary: CaptureSummarySchema,
  drift: z
    .custom<DriftReport>(
      (value) => z.looseObject({ verdict: z.string(), tests: z.array(z.unknown()) }).safeParse(value).success,
      "must be what detectDrift returned",
    )
    .optional(),
  state: AlertStateSchema.optional(),
  now: z.date().default(() => new Date()),
});

/**
 * Evaluates rules over a summary. An alert is raised when its limit is crossed `raiseAfter` times in a row, and cleared
 * when the value is well on the good side `clearAfter` times in a row; between the two it stays as it is, so it does not
 * flap. With too little data it stays as it is, too. Calls nothing and keeps nothing: give it the `state` of the last time.
 *
 * @param options - See {@link EvaluateAlertsOptions}.
 * @returns What the rules say, what changed, and the state for the next time.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or two rules share a name.
 *
 * @example
 * ```ts
 * import { evaluateAlerts, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const from = new Date(Date.now() - 6 * 3_600_000);
 * const summary = await summarizeCaptures(readCaptures({ source: "s3://scones/data_capture/scones", from }), {
 *   labels: ["bicycle", "motorcycle"],
 *   binMs: 300_000,
 * });
 * const { isAlarming, results } = evaluateAlerts({
 *   rules: [
 *     { type: "below-threshold-share", over: 0.2, within: "1h" },
 *     { type: "silence", longerThan: "2h", severity: "critical" },
 *   ],
 *   summary,
 * });
 * for (const { status, name, text } of results) console.log(status, name, text);
 * if (isAlarming) process.exitCode = 1;
 * ```
 */
export function evaluateAlerts(options: EvaluateAlertsOptions): AlertEvaluation {
  const { rules, state, ...measured } = parseOptions("evaluateAlerts", OptionsSchema, options);
  const evaluatedAt = measured.now.toISOString();
  const judged = rules.map((rule) => judge(rule, measured, state?.rules[rule.name], evaluatedAt));
  const results = judged.map(({ result }) => result);
  return {
    evaluatedAt,
    isAlarming: results.some(({ status }) => status === "alarm"),
    results,
    changes: results.filter(({ change }) => change !== undefined),
    state: {
      version: 1,
      evaluatedAt,
      rules: Object.fromEntries(judged.map(({ result, streak }) => [result.name, { ...pickState(result), streak }])),
    },
  };
}

type RuleState = AlertState["rules"][string];

function pickState({ status, since }: AlertResult): Pick<RuleState, "status" | "since"> {
  return { status, since };
}

function judge(
  rule: ResolvedRule,
  measured: Measured,
  before: RuleState = { status: "ok", since: measured.now.toISOString(), streak: 0 },
  evaluatedAt: string,
): { readonly result: AlertResult; readonly streak: number } {
  const { name, type, severity, raiseAfter, clearAfter } = rule;
  const finding = measureRule(rule, measured);
  const same = { name, type, severity, text: finding.text };
  if (!finding.known) return { result: { ...same, status: before.status, since: before.since }, streak: before.streak };
  const { value, limit } = finding;
  const figures = { ...same, limit, ...(Number.isFinite(value) ? { value } : {}) };
  const speaksForOther = before.status === "ok" ? finding.isOver : finding.isClear;
  const streak = speaksForOther ? before.streak + 1 : 0;
  if (streak < (before.status === "ok" ? raiseAfter : clearAfter)) {
    return { result: { ...figures, status: before.status, since: before.since }, streak };
  }
  const change =
    before.status === "ok"
      ? ({ status: "alarm", change: "raised" } as const)
      : ({ status: "ok", change: "cleared" } as const);
  return { result: { ...figures, ...change, since: evaluatedAt }, streak: 0 };
}
