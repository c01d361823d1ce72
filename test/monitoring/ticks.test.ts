import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateWidth } from "../../src/core/text-size.js";
import { chooseCountTicks, chooseTicks, formatCount, formatPercent } from "../../src/monitoring/charts/ticks.js";
import { chooseTimeTicks } from "../../src/monitoring/charts/time-ticks.js";

describe("chooseTicks", () => {
  it.each([
    [0, 1, 11, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
    [0, 1, 4, [0, 0.5, 1]],
    [0.7, 1, 4, [0.7, 0.8, 0.9, 1]],
    [0, 250, 3, [0, 200]],
    [0.95, 1, 6, [0.95, 0.96, 0.97, 0.98, 0.99, 1]],
    [5, 5, 3, [5]],
  ])("divides %d to %d into at most %d", (min, max, most, expected) => {
    expect(chooseTicks(min, max, most)).toEqual(expected);
  });

  it("gives ascending values within the range, in equal steps, at most as many as asked for", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        (min, span, most) => {
          const ticks = chooseTicks(min, min + span, most);
          expect(ticks.length).toBeLessThanOrEqual(most);
          for (const tick of ticks) expect(tick >= min - span * 1e-6 && tick <= min + span * (1 + 1e-6)).toBe(true);
        },
      ),
    );
  });
});

describe("chooseCountTicks", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [7, [0, 5, 10]],
    [98, [0, 50, 100]],
    [101, [0, 50, 100, 150]],
  ])("divides 0 to %d into whole steps", (highest, expected) => {
    expect(chooseCountTicks(highest, 4)).toEqual(expected);
  });
});

describe("chooseTimeTicks", () => {
  it.each([
    ["2025-10-04T08:44:10Z", "2025-10-04T08:44:14Z", ["08:44:10", "08:44:11", "08:44:12", "08:44:13", "08:44:14"]],
    ["2025-10-04T08:00:00Z", "2025-10-04T11:00:00Z", ["08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00"]],
    [
      "2025-12-31T12:00:00Z",
      "2026-01-01T12:00:00Z",
      ["12-31 12:00", "12-31 18:00", "01-01 00:00", "01-01 06:00", "01-01 12:00"],
    ],
    [
      "2025-10-01T00:00:00Z",
      "2026-05-01T00:00:00Z",
      ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"],
    ],
  ])("marks %s to %s at round times", (from, to, expected) => {
    const labels = chooseTimeTicks(Date.parse(from), Date.parse(to), 640, 12).map(({ label }) => label);
    expect(labels).toEqual(expected);
  });

  it("leaves room for every label, whatever the span", () => {
    const span = fc.double({ min: 1000, max: 3e13, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: -1e13, max: 1e13 }),
        span,
        fc.integer({ min: 120, max: 2000 }),
        (min, length, width) => {
          const ticks = chooseTimeTicks(min, min + length, width, 12);
          for (const [index, { value, label }] of ticks.entries()) {
            expect(value >= min && value <= min + length).toBe(true);
            const next = ticks[index + 1];
            if (next !== undefined)
              expect(((next.value - value) / length) * width).toBeGreaterThan(estimateWidth(label, 12));
          }
        },
      ),
    );
  });
});

it("formats counts and shares for people", () => {
  expect([999, 1000, 1234567].map(formatCount)).toEqual(["999", "1\u2009000", "1\u2009234\u2009567"]);
  expect([0, 0.5, 0.1234, 1].map(formatPercent)).toEqual(["0\u00a0%", "50\u00a0%", "12.3\u00a0%", "100\u00a0%"]);
});
