import { formatDuration } from "../../core/duration.js";
import { formatPercent } from "../../core/format-percent.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { BinSummary } from "../statistics/time-bins.js";
import type { ResolvedRule } from "./alert-rules.js";

/** What a rule finds: whether its limit is crossed, whether it is well clear of it, and the figures. @internal */
export type RuleFinding =
  | { readonly known: false; readonly text: string }
  | {
      readonly known: true;
      /** The limit is crossed. */
      readonly isOver: boolean;
      /** So far on the good side that an alert may end. */
      readonly isClear: boolean;
      readonly value: number;
      readonly limit: number;
      readonly text: string;
    };

/** What rules are measured on. @internal */
export interface Measured {
  readonly summary: CaptureSummary;
  readonly drift?: DriftReport | undefined;
  readonly now: Date;
}

/** Measures one rule. @internal */
export function measureRule(rule: ResolvedRule, measured: Measured): RuleFinding {
  if (rule.type === "silence") return measureSilence(rule, measured);
  if (rule.type === "drift") return measureDrift(measured);
  const bins = takeWindow(measured, rule.within);
  const sum = (pick: (bin: BinSummary) => number) => bins.reduce((total, bin) => total + pick(bin), 0);
  const answers = sum(({ count }) => count);
  const unusable = sum(({ unclassified }) => unclassified);
  const count = rule.type === "error-rate" ? answers + unusable : answers;
  const span = `the last ${formatDuration(rule.within)}`;
  if (count < rule.minCount) {
    return { known: false, text: `${count} answers in ${span}, and ${rule.minCount} are needed` };
  }
  switch (rule.type) {
    case "below-threshold-share": {
      const value = sum(({ belowThreshold }) => belowThreshold) / count;
      const text = `${formatPercent(value)} of ${count} answers in ${span} are below ${measured.summary.threshold}`;
      return judgeOver(value, rule, text);
    }
    case "class-share": {
      const labelId = measured.summary.labels.indexOf(rule.label);
      if (labelId < 0) return { known: false, text: `there is no class "${rule.label}"` };
      const value = sum(({ labelCounts }) => labelCounts[labelId] ?? 0) / count;
      return judgeOver(value, rule, `${formatPercent(value)} of ${count} answers in ${span} are ${rule.label}`);
    }
    case "error-rate": {
      const value = unusable / count;
      return judgeOver(value, rule, `${formatPercent(value)} of ${count} captures in ${span} hold no usable answer`);
    }
    case "mean-confidence": {
      const value = sum(({ mean = 0, count }) => mean * count) / count;
      const clearAt = rule.clearAt ?? rule.under + (1 - rule.under) / 10;
      const text = `the mean confidence of ${count} answers in ${span} is ${value.toFixed(3)}, the limit is ${rule.under}`;
      return { known: true, isOver: value < rule.under, isClear: value >= clearAt, value, limit: rule.under, text };
    }
  }
}

function judgeOver(
  value: number,
  { over, clearAt = over * 0.9 }: { readonly over: number; readonly clearAt?: number | undefined },
  text: string,
): RuleFinding {
  const limit = `${text}, the limit is ${formatPercent(over)}`;
  return { known: true, isOver: value > over, isClear: value <= clearAt, value, limit: over, text: limit };
}

function measureSilence(
  { longerThan }: Extract<ResolvedRule, { type: "silence" }>,
  { summary, now }: Measured,
): RuleFinding {
  const limit = longerThan;
  if (summary.lastTime === undefined) {
    const text = "there is no capture among those that were read";
    return { known: true, isOver: true, isClear: false, value: Number.POSITIVE_INFINITY, limit, text };
  }
  const value = Math.max(0, now.getTime() - Date.parse(summary.lastTime));
  const text = `the last capture is ${formatDuration(value)} old, the limit is ${formatDuration(limit)}`;
  return { known: true, isOver: value > limit, isClear: value <= limit, value, limit, text };
}

function measureDrift({ drift }: Measured): RuleFinding {
  if (drift === undefined) return { known: false, text: "there is no drift report: give a baseline" };
  if (drift.verdict === "not-enough-data") return { known: false, text: drift.text };
  const value = drift.tests.filter(({ isDrifted }) => isDrifted).length;
  const isOver = drift.verdict === "drift";
  return { known: true, isOver, isClear: !isOver, value, limit: 0, text: drift.text };
}

/** The bins that begin within the window, as far as bins tell. */
function takeWindow({ summary, now }: Measured, within: number): readonly BinSummary[] {
  const from = Math.floor((now.getTime() - within) / summary.binMs) * summary.binMs;
  return summary.bins.filter(({ start }) => Date.parse(start) >= from && Date.parse(start) <= now.getTime());
}
