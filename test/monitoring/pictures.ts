import { expect } from "vitest";
import { estimateWidth } from "../../src/core/text-size.js";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import {
  type SummarizeCapturesOptions,
  summarizeCaptures,
} from "../../src/monitoring/statistics/summarize-captures.js";
import { joinGroundTruth } from "../../src/monitoring/truth/join-ground-truth.js";
import { observation } from "./captures.js";

export const TWO = ["bicycle", "motorcycle"];
export const TWENTY = Array.from({ length: 20 }, (_, index) => `class ${index} ${"abcdefghij".slice(0, index % 10)}`);
export const START = Date.UTC(2025, 9, 4, 8, 44);

/** Captures of every class in turn, from 0.5 to nearly 1, of two variants; the last class is answered wrongly at times. */
export function observe(count: number, labels: readonly string[] = TWO, stepMs = 60_000): readonly Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const confidence = 0.5 + (0.499 * ((index * 37) % Math.max(1, count))) / Math.max(1, count - 1);
    const rest = (1 - confidence) / (labels.length - 1);
    const probabilities = labels.map((_label, id) => (id === index % labels.length ? confidence : rest));
    const time = new Date(START + Math.floor((index * stepMs) / 1000) * 1000);
    return {
      ...observation(`event-${index}`, time, probabilities),
      endpointName: "scones",
      variantName: index % 3 === 0 ? "next" : "AllTraffic",
    };
  });
}

export function summarize(
  count: number,
  labels: readonly string[] = TWO,
  stepMs = 60_000,
  options: Partial<SummarizeCapturesOptions> = {},
) {
  return summarizeCaptures(observe(count, labels, stepMs), { labels, ...options });
}

/** The truth of those captures: every seventh answer is wrong. */
export function findTruth(count: number, labels: readonly string[] = TWO) {
  const observations = observe(count, labels);
  const truth = observations.map(({ eventId, labelId = 0 }, index) => ({
    id: eventId,
    label: labels[(labelId + (index % 7 === 0 ? 1 : 0)) % labels.length] ?? "",
  }));
  return joinGroundTruth({ observations, truth, labels });
}

/** Fails when tags do not nest, an attribute stands twice, or a bare angle bracket or ampersand is left. */
export function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g,
    (_all, closes: string, name: string, attributes: string, empty: string) => {
      const names = attributes
        .replace(/="[^"]*"/g, "")
        .trim()
        .split(/\s+/);
      expect(names.filter((each) => /^(on|style$)/.test(each))).toEqual([]);
      expect(new Set(names).size, attributes).toBe(names.length);
      if (closes) expect(open.pop()).toBe(name);
      else if (!empty && !["input", "img", "br", "meta"].includes(name)) open.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#39);)/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(rest).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
}

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Every text of a picture with the room that it takes in the widest of common fonts. */
export function findTexts(svg: string): readonly Box[] {
  return [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = "", content = ""]) => {
    const number = (name: string) => Number(new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1]);
    const text = content.replace(/&(amp|lt|gt|quot|#39);/g, "x");
    const [x, y, size] = [number("x"), number("y"), number("font-size")];
    const width = estimateWidth(text, size);
    const anchor = / text-anchor="(\w+)"/.exec(attributes)?.[1];
    const before = anchor === "middle" ? width / 2 : anchor === "end" ? width : 0;
    if (attributes.includes("rotate(-90")) {
      return { text, left: x - size * 0.75, right: x + 1, top: y - width + before, bottom: y + before };
    }
    return { text, left: x - before, right: x - before + width, top: y - size * 0.75, bottom: y + size * 0.2 };
  });
}

/** Fails when a text is cut by the edge of the picture, or lies on another. */
export function expectReadable(svg: string): void {
  const [, width = "0", height = "0"] = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const texts = findTexts(svg);
  for (const { text, left, right, top, bottom } of texts) {
    expect([left >= 0, right <= Number(width), top >= 0, bottom <= Number(height)], `"${text}" is cut`).toEqual([
      true,
      true,
      true,
      true,
    ]);
  }
  for (const [index, one] of texts.entries()) {
    const over = texts
      .slice(index + 1)
      .find(
        (other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
      );
    expect(over?.text, `lies on "${one.text}"`).toBeUndefined();
  }
}

/** Fails when a picture is not what every picture has to be. */
export function expectPicture(svg: string): void {
  expectWellFormed(svg);
  expectReadable(svg);
  expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*>\n<title>[^<]+<\/title>\n<desc>[^<]+<\/desc>/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|<script/);
}
