import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("docs/errors.md has one entry for each code, and no other", () => {
  const map = /export interface SconesErrorDetails \{([\s\S]*?)\n\}/.exec(read("src/core/error-details.ts"))?.[1] ?? "";
  const codes = [...map.matchAll(/^ {2}readonly ([A-Z0-9_]+):/gm)].map(([, code]) => code);
  const documented = [...read("docs/errors.md").matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(documented.toSorted()).toEqual(codes.toSorted());
});
