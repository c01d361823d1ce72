import * as z from "zod";
import { type DurationText, durationSchema } from "../../core/duration.js";

/** What every rule may carry. */
interface RuleBase {
  /** Name of the rule, one of its own; alerts and their state go by it. @defaultValue the type, and the class where there is one */
  readonly name?: string;
  /** How bad it is. @defaultValue `"warning"` */
  readonly severity?: "info" | "warning" | "critical";
  /** Evaluations in a row that must find it before the alert is raised, 1 to 100. @defaultValue `1` */
  readonly raiseAfter?: number;
  /** Evaluations in a row that must not find it before the alert is cleared, 1 to 100. @defaultValue `2` */
  readonly clearAfter?: number;
}

/** What rules about the answers of a time may carry. */
interface WindowRule extends RuleBase {
  /** How far back answers count; in whole bins of the summary. @defaultValue `"1h"` */
  readonly within?: DurationText;
  /** Answers below which nothing is said, 1 or more. @defaultValue `20` */
  readonly minCount?: number;
}

/** Too many answers are unsure. */
export interface BelowThresholdRule extends WindowRule {
  /** Kind of the rule. */
  readonly type: "below-threshold-share";
  /** Share of the answers below the threshold, 0 to 1, above which it is an alert. */
  readonly over: number;
  /** Share at or below which it is over. @defaultValue 90 % of `over` */
  readonly clearAt?: number;
}

/** The answers are less sure on the whole. */
export interface MeanConfidenceRule extends WindowRule {
  /** Kind of the rule. */
  readonly type: "mean-confidence";
  /** Mean confidence, 0 to 1, below which it is an alert. */
  readonly under: number;
  /** Mean at or above which it is over. @defaultValue a tenth of the way from `under` to 1 */
  readonly clearAt?: number;
}

/** A class is answered too often. */
export interface ClassShareRule extends WindowRule {
  /** Kind of the rule. */
  readonly type: "class-share";
  /** Name of the class. */
  readonly label: string;
  /** Share of the answers, 0 to 1, above which it is an alert. */
  readonly over: number;
  /** Share at or below which it is over. @defaultValue 90 % of `over` */
  readonly clearAt?: number;
}

/** Too many captures hold no usable answer. SageMaker captures nothing of an invocation that failed. */
export interface ErrorRateRule extends WindowRule {
  /** Kind of the rule. */
  readonly type: "error-rate";
  /** Share of the captures, 0 to 1, above which it is an alert. */
  readonly over: number;
  /** Share at or below which it is over. @defaultValue 90 % of `over` */
  readonly clearAt?: number;
}

/** Nothing was captured for a time. */
export interface SilenceRule extends RuleBase {
  /** Kind of the rule. */
  readonly type: "silence";
  /** For how long; longer than SageMaker takes to deliver, which is some minutes. */
  readonly longerThan: DurationText;
}

/** The answers have drifted from the baseline: the verdict of `detectDrift` over the whole summary. */
export interface DriftRule extends RuleBase {
  /** Kind of the rule. */
  readonly type: "drift";
}

/** When somebody is to be told: plain data, so that it can stand in a file. */
export type AlertRule =
  | BelowThresholdRule
  | MeanConfidenceRule
  | ClassShareRule
  | ErrorRateRule
  | SilenceRule
  | DriftRule;

const share = z.number().min(0).max(1);
const times = z.int().min(1).max(100);
const base = {
  name: z.string().min(1).max(128).optional(),
  severity: z.enum(["info", "warning", "critical"]).default("warning"),
  raiseAfter: times.default(1),
  clearAfter: times.default(2),
};
const window = { ...base, within: durationSchema.prefault("1h"), minCount: z.int().min(1).default(20) };
const overFields = { ...window, over: share, clearAt: share.optional() };

const RuleSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("below-threshold-share"), ...overFields }),
  z.strictObject({ type: z.literal("mean-confidence"), ...window, under: share, clearAt: share.optional() }),
  z.strictObject({ type: z.literal("class-share"), label: z.string().min(1), ...overFields }),
  z.strictObject({ type: z.literal("error-rate"), ...overFields }),
  z.strictObject({ type: z.literal("silence"), ...base, longerThan: durationSchema }),
  z.strictObject({ type: z.literal("drift"), ...base }),
]);

/** Checks rules and fills in what is absent. @internal */
export const ResolvedRulesSchema = z
  .array(RuleSchema)
  .min(1)
  .transform((rules) => rules.map((rule) => ({ ...rule, name: rule.name ?? nameOf(rule) })))
  .superRefine((rules, context) => {
    for (const [index, rule] of rules.entries()) {
      if (rules.findIndex(({ name }) => name === rule.name) < index) {
        context.addIssue({ code: "custom", path: [index, "name"], message: `two rules are named "${rule.name}"` });
      }
      const isWrong =
        ("over" in rule && (rule.clearAt ?? 0) > rule.over) || ("under" in rule && (rule.clearAt ?? 1) < rule.under);
      if (isWrong) {
        context.addIssue({
          code: "custom",
          path: [index, "clearAt"],
          message: "must lie on the good side of the limit",
        });
      }
    }
  })
  .readonly();

/** A rule with its name and defaults, its times in milliseconds. @internal */
export type ResolvedRule = z.output<typeof ResolvedRulesSchema>[number];

/**
 * Checks rules that come from a file, and leaves them as they are.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { AlertRulesSchema, type CaptureSummary, evaluateAlerts } from "scones-ml/monitoring";
 *
 * export async function check(summary: CaptureSummary) {
 *   const rules = AlertRulesSchema.parse(JSON.parse(await readFile("alerts.json", "utf8")));
 *   return evaluateAlerts({ rules, summary });
 * }
 * ```
 */
export const AlertRulesSchema = z.unknown().superRefine((value, context) => {
  for (const { path, message } of ResolvedRulesSchema.safeParse(value).error?.issues ?? []) {
    context.addIssue({ code: "custom", path, message });
  }
}) as z.ZodType<unknown> as z.ZodType<readonly AlertRule[]>;

function nameOf(rule: { readonly type: string; readonly label?: string }): string {
  return rule.label === undefined ? rule.type : `${rule.type} ${rule.label}`;
}
