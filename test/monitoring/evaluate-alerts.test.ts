import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertRule, AlertRulesSchema } from "../../src/monitoring/alerts/alert-rules.js";
import { AlertStateSchema, evaluateAlerts } from "../../src/monitoring/alerts/evaluate-alerts.js";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
const NOW = new Date("2026-11-26T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

/** A summary of answers of one confidence each, one a second up to now. */
function summarize(confidences: readonly number[], unusable = 0) {
  const answers = confidences.map((confidence, index) =>
    observation(String(index), new Date(NOW.getTime() - index * 1000), [confidence, 1 - confidence]),
  );
  const broken = Array.from({ length: unusable }, (_, index) => ({
    eventId: `broken-${index}`,
    time: NOW,
    unclassified: "no-output" as const,
  }));
  return summarizeCaptures([...answers, ...broken], { labels, binMs: 60_000 });
}
const shares = (below: number, count = 100) =>
  Array.from({ length: count }, (_, index) => (index < below * count ? 0.6 : 0.95));

describe("evaluateAlerts", () => {
  it.each<[AlertRule, number, "ok" | "alarm"]>([
    [{ type: "below-threshold-share", over: 0.2 }, 0.19, "ok"],
    [{ type: "below-threshold-share", over: 0.2 }, 0.21, "alarm"],
    [{ type: "mean-confidence", under: 0.9 }, 0, "ok"],
    [{ type: "mean-confidence", under: 0.9 }, 0.5, "alarm"],
    [{ type: "class-share", label: "bicycle", over: 0.9 }, 0, "alarm"],
    [{ type: "class-share", label: "motorcycle", over: 0.1 }, 0, "ok"],
    [{ type: "silence", longerThan: "1h" }, 0, "ok"],
  ])("judges %o with %d of the answers below the threshold as %s", async (rule, below, status) => {
    const { results, isAlarming } = evaluateAlerts({
      rules: [rule],
      summary: await summarize(shares(below)),
      now: NOW,
    });
    expect(results).toMatchObject([{ type: rule.type, status }]);
    expect(isAlarming).toBe(status === "alarm");
  });

  it("counts captures without a usable answer as errors", async () => {
    const rules: readonly AlertRule[] = [{ type: "error-rate", over: 0.1 }];
    const evaluate = async (unusable: number) =>
      evaluateAlerts({ rules, summary: await summarize(shares(0, 90), unusable), now: NOW }).results[0];
    expect(await evaluate(9)).toMatchObject({ status: "ok" });
    expect(await evaluate(20)).toMatchObject({ status: "alarm", value: 20 / 110 });
  });

  it("looks at the time of the rule alone, and says so where too little came in it", async () => {
    const old = Array.from({ length: 50 }, (_, index) => observation(`o${index}`, minutesAgo(120), [0.6, 0.4]));
    const fresh = Array.from({ length: 50 }, (_, index) => observation(`f${index}`, minutesAgo(5), [0.95, 0.05]));
    const summary = await summarizeCaptures([...old, ...fresh], { labels, binMs: 60_000 });
    const evaluate = (within: "10m" | "1m" | "3h") =>
      evaluateAlerts({ rules: [{ type: "below-threshold-share", over: 0.2, within }], summary, now: NOW }).results[0];
    expect(evaluate("10m")).toMatchObject({ status: "ok", value: 0 });
    expect(evaluate("3h")).toMatchObject({ status: "alarm", value: 0.5 });
    expect(evaluate("1m")).toMatchObject({
      status: "ok",
      text: expect.stringContaining("0 answers in the last 1 min"),
    });
    expect(evaluate("1m")).not.toHaveProperty("value");
  });

  it("raises when nothing was captured for long enough, and when nothing ever was", async () => {
    const rules: readonly AlertRule[] = [{ type: "silence", longerThan: "30m" }];
    const summary = await summarizeCaptures([observation("1", minutesAgo(31), [0.9, 0.1])], { labels });
    expect(evaluateAlerts({ rules, summary, now: NOW }).results).toMatchObject([
      { status: "alarm", value: 31 * 60_000 },
    ]);
    const empty = evaluateAlerts({ rules, summary: await summarizeCaptures([], { labels }), now: NOW });
    expect(empty.isAlarming).toBe(true);
    expect(empty.results[0]).not.toHaveProperty("value");
    expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
  });

  it("follows the verdict on drift, and stays as it is without one", async () => {
    const rules: readonly AlertRule[] = [{ type: "drift" }];
    const [before, now] = [await summarize(shares(0.1, 400)), await summarize(shares(0.6, 400))];
    const baseline = createBaseline(before);
    const drifted = evaluateAlerts({ rules, summary: now, drift: detectDrift({ baseline, summary: now }), now: NOW });
    expect(drifted).toMatchObject({ isAlarming: true, changes: [{ name: "drift", change: "raised" }] });
    const unknown = evaluateAlerts({ rules, summary: now, now: NOW, state: drifted.state });
    expect(unknown).toMatchObject({ isAlarming: true, changes: [] });
    const same = detectDrift({ baseline, summary: before });
    const first = evaluateAlerts({ rules, summary: before, drift: same, now: NOW, state: unknown.state });
    const second = evaluateAlerts({ rules, summary: before, drift: same, now: NOW, state: first.state });
    expect([first.isAlarming, second.isAlarming]).toEqual([true, false]);
    expect(second.changes).toMatchObject([{ change: "cleared" }]);
  });

  it("does not flap around its limit, and waits as long as it is told to", async () => {
    const rules: readonly AlertRule[] = [
      { type: "below-threshold-share", over: 0.2, clearAt: 0.15, raiseAfter: 2, clearAfter: 2 },
    ];
    let state: ReturnType<typeof evaluateAlerts>["state"] | undefined;
    const changes: (string | undefined)[] = [];
    for (const below of [0.25, 0.19, 0.25, 0.25, 0.19, 0.25, 0.19, 0.1, 0.19, 0.1, 0.1, 0.19]) {
      const evaluation = evaluateAlerts({
        rules,
        summary: await summarize(shares(below)),
        now: NOW,
        ...(state === undefined ? {} : { state: AlertStateSchema.parse(JSON.parse(JSON.stringify(state))) }),
      });
      state = evaluation.state;
      changes.push(evaluation.changes[0]?.change);
    }
    const [none, raised, cleared] = [undefined, "raised", "cleared"];
    expect(changes).toEqual([none, none, none, raised, none, none, none, none, none, none, cleared, none]);
  });

  it("raises and clears in turn, whatever comes", async () => {
    const summaries = await Promise.all([0, 0.18, 0.5].map((below) => summarize(shares(below))));
    fc.assert(
      fc.property(
        fc.array(fc.nat(2), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (sequence, raiseAfter, clearAfter) => {
          const rules: readonly AlertRule[] = [{ type: "below-threshold-share", over: 0.2, raiseAfter, clearAfter }];
          let state: ReturnType<typeof evaluateAlerts>["state"] | undefined;
          const changes: (string | undefined)[] = [];
          for (const index of sequence) {
            const summary = summaries[index];
            if (summary === undefined) continue;
            const evaluation = evaluateAlerts({ rules, summary, now: NOW, ...(state === undefined ? {} : { state }) });
            state = evaluation.state;
            for (const { change } of evaluation.changes) changes.push(change);
          }
          expect(changes).toEqual(changes.map((_, index) => (index % 2 === 0 ? "raised" : "cleared")));
        },
      ),
    );
  });

  it("takes rules from a file as they are", async () => {
    const text = '[{ "type": "silence", "longerThan": "30m" }, { "type": "error-rate", "over": 0.1, "within": "2h" }]';
    const rules = AlertRulesSchema.parse(JSON.parse(text));
    expect(rules).toEqual(JSON.parse(text));
    expect(evaluateAlerts({ rules, summary: await summarize([]), now: NOW }).results).toHaveLength(2);
  });

  it.each<[string, readonly object[]]>([
    ["two rules of the same name", [{ type: "drift" }, { type: "drift" }]],
    ["an unknown kind", [{ type: "mood" }]],
    ["a limit beyond 1", [{ type: "error-rate", over: 2 }]],
    ["a time without a unit", [{ type: "silence", longerThan: "60" }]],
    ["a clearing beyond the limit", [{ type: "error-rate", over: 0.1, clearAt: 0.2 }]],
    ["a clearing beyond a lower limit", [{ type: "mean-confidence", under: 0.8, clearAt: 0.7 }]],
    ["no rules", []],
  ])("refuses %s", async (_what, rules) => {
    const summary = await summarize([]);
    const evaluate = () => evaluateAlerts({ rules: rules as readonly AlertRule[], summary });
    expect(evaluate).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(AlertRulesSchema.safeParse(rules).success).toBe(false);
  });
});
