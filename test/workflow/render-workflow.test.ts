import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateWidth } from "../../src/core/text-size.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { readExecution } from "../../src/workflow/execution/read-execution.js";
import { renderWorkflow } from "../../src/workflow/render/render-workflow.js";
import { renderWorkflowMermaid } from "../../src/workflow/render/render-workflow-mermaid.js";
import { buildInferenceWorkflow } from "../../src/workflow/workflows/inference-workflow.js";
import { sharedData } from "../helpers/shared-data.js";

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly what: string;
}

const inside = (inner: Area, outer: Area) =>
  inner.left >= outer.left - 0.2 &&
  inner.right <= outer.right + 0.2 &&
  inner.top >= outer.top - 0.2 &&
  inner.bottom <= outer.bottom + 0.2;
const overlap = (a: Area, b: Area) =>
  a.left < b.right - 0.2 && b.left < a.right - 0.2 && a.top < b.bottom - 0.2 && b.top < a.bottom - 0.2;
const decode = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name] ?? "",
  );

/** Reads a picture back: where its texts and boxes are. */
function measure(svg: string) {
  const number = (text: string | undefined) => Number(text);
  const size = /^<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg);
  const texts = [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" font-size="(\d+)"[^>]*>([^<]*)<\/text>/g)].map(
    (found): Area => {
      const [x, y, font, what] = [number(found[1]), number(found[2]), number(found[3]), decode(found[4] ?? "")];
      const width = estimateWidth(what, font);
      return { left: x - width / 2, right: x + width / 2, top: y - font * 0.8, bottom: y + font * 0.2, what };
    },
  );
  const groups = [
    ...svg.matchAll(
      /<g class="(\w+)">(?:<title>[^<]*<\/title>)?<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"[^>]*\/>(.*?)<\/g>/g,
    ),
  ].map(([, kind = "", x, y, width, height, content = ""]) => ({
    kind,
    left: number(x),
    top: number(y),
    right: number(x) + number(width),
    bottom: number(y) + number(height),
    what: content,
    texts: [...content.matchAll(/>([^<]*)<\/text>/g)].map(([, text = ""]) => decode(text)),
  }));
  const lines = [...svg.matchAll(/<path d="(M[^"]*)" fill="none"/g)].map(([, d = ""]) => d);
  return {
    canvas: { left: 0, top: 0, right: number(size?.[1]), bottom: number(size?.[2]), what: "" },
    texts,
    groups,
    lines,
  };
}

/** Everything that could make a picture hard to read. */
function expectReadable(svg: string): void {
  const { canvas, texts, groups } = measure(svg);
  for (const area of [...texts, ...groups]) expect(inside(area, canvas), `${area.what} is in the picture`).toBe(true);
  texts.forEach((text, index) => {
    for (const other of texts.slice(index + 1))
      expect(overlap(text, other), `${text.what} and ${other.what}`).toBe(false);
  });
  groups.forEach((group, index) => {
    for (const other of groups.slice(index + 1)) {
      const nested = ["container", "branch"].includes(group.kind) && inside(other, group);
      expect(nested || !overlap(group, other), `${group.what} and ${other.what}`).toBe(true);
    }
    const own = texts.filter((text) => overlap(text, group));
    for (const text of own) expect(inside(text, group), `${text.what} is cut by ${group.what}`).toBe(true);
  });
}

const anyName = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
  fc.stringMatching(/^[A-Za-z .:<&"'-]{1,80}$/),
  fc.constantFrom("Notify", "W".repeat(80), "<script>alert(1)</script>", "]]>", "日本語の状態"),
);

/** Definitions of every state type, with loops, self loops, several ways between the same states, and nesting. */
const anyScope: fc.Arbitrary<object> = fc.letrec<{ scope: object }>((tie) => ({
  scope: fc
    .record({
      names: fc.uniqueArray(anyName, { minLength: 1, maxLength: 7 }),
      picks: fc.array(fc.nat(100), { minLength: 28, maxLength: 28 }),
      label: anyName,
      inner: fc.option(tie("scope"), { depthSize: "small", maxDepth: 2 }),
    })
    .map(({ names, picks, label, inner }) => {
      const target = (at: number) => names[(picks[at] ?? 0) % names.length];
      const states = names.map((name, at) => {
        const base = (picks[at] ?? 0) % 3 === 0 ? { End: true } : { Next: target(at + 7) };
        const Catch = [
          { ErrorEquals: [label], Next: target(at + 14) },
          { ErrorEquals: ["States.ALL"], Next: target(at + 21) },
        ];
        const kinds = [
          { Type: "Task", Resource: `arn:aws:states:::aws-sdk:${label}`, ...base, Catch },
          { Type: "Pass", ...base },
          { Type: "Succeed" },
          {
            Type: "Choice",
            Choices: [
              { Variable: "$.a", StringEquals: label, Next: target(at + 7) },
              { Condition: label, Next: target(at + 14) },
            ],
            Default: target(at + 21),
          },
          inner === null ? { Type: "Wait", ...base } : { Type: "Map", ItemProcessor: inner, ...base, Catch },
          inner === null ? { Type: "Fail" } : { Type: "Parallel", Branches: [inner, inner], ...base },
        ];
        return [name, kinds[(picks[at + 14] ?? 0) % kinds.length]];
      });
      return { StartAt: names[0], States: Object.fromEntries(states) };
    }),
})).scope;

const exported = (name: string) => JSON.parse(readFileSync(sharedData(`data/executions/${name}`) ?? "", "utf8"));
const hasExports = sharedData("data/executions") !== undefined;
const FUNCTIONS = { serialize: "s", classify: "c", filter: "f" };

describe("renderWorkflow", () => {
  it("keeps every text whole, in its box and off the others, whatever the definition", () => {
    fc.assert(
      fc.property(anyScope, (definition) => {
        const svg = renderWorkflow(definition as StateMachineDefinition);
        expectReadable(svg);
        expect(svg).not.toMatch(/<script|NaN|Infinity|undefined/);
      }),
      { numRuns: 30 },
    );
  });

  it("draws a state for each state, frames for what is inside, and a way for each that is in the definition", () => {
    const pass = { Type: "Pass", End: true };
    const scope = { StartAt: "I", States: { I: pass } };
    const svg = renderWorkflow({
      StartAt: "A",
      States: {
        A: {
          Type: "Choice",
          Choices: [
            { Variable: "$.n", NumericLessThan: 0.7, Next: "A" },
            { Variable: "$.p", IsPresent: true, Next: "P" },
          ],
          Default: "M",
        },
        P: {
          Type: "Parallel",
          Branches: [scope, { StartAt: "J", States: { J: pass } }],
          Next: "M",
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "M" }],
        },
        M: { Type: "Map", ItemProcessor: { StartAt: "K", States: { K: pass } }, End: true },
      },
    } as unknown as StateMachineDefinition);
    const { groups, lines } = measure(svg);
    expect(
      groups
        .filter(({ kind }) => kind === "state" || kind === "container")
        .map(({ texts }) => texts[0])
        .toSorted(),
    ).toEqual(["A", "I", "J", "K", "M", "P"]);
    expect(groups.filter(({ kind }) => kind === "branch")).toHaveLength(3);
    expect(
      groups
        .filter(({ kind }) => kind === "label")
        .map(({ texts }) => texts.join(" "))
        .toSorted(),
    ).toEqual(["$.n < 0.7", "$.p is present", "on any error", "otherwise"]);
    // Start, three of the choice, Next and Catch of the parallel, and the end.
    expect(lines).toHaveLength(7);
    expectReadable(svg);
  });

  it.skipIf(!hasExports)("shows of a real export the way, each state's end, and the error where it failed", () => {
    const source = exported("failed-redriven-jsonata-cow-sschuhmi.json");
    const svg = renderWorkflow(JSON.parse(source.stateMachine.definition), { execution: readExecution(source) });
    const states = measure(svg)
      .groups.filter(({ kind }) => kind === "state")
      .map(({ texts }) => texts.join(" "));
    expect(states[1]).toMatch(/Generate Inferences" lambda:invoke succeeded, 434 ms$/);
    expect(states[2]).toMatch(/failed, 188 ms TypeError$/);
    expect(svg.match(/url\(#scones-taken\)/g)).toHaveLength(3);
    expect(svg).not.toContain("BaseException");
    expectReadable(svg);
  });

  it("refuses what is no definition", () => {
    expect(() => renderWorkflow({} as StateMachineDefinition)).toThrow(/StartAt/);
    expect(() => renderWorkflow(buildInferenceWorkflow({ functions: FUNCTIONS }), { execution: {} as never })).toThrow(
      /readExecution/,
    );
  });
});

describe("renderWorkflowMermaid", () => {
  it.skipIf(!hasExports)("writes states, nested states, ways and what happened", () => {
    const execution = readExecution(exported("succeeded-jsonpath-DannyLCG.json"));
    const pass = { Type: "Pass" as const, End: true as const };
    const text = renderWorkflowMermaid(
      {
        StartAt: "serializeImageData",
        States: {
          serializeImageData: { Type: "Pass", Next: 'P"; x' },
          'P"; x': {
            Type: "Parallel",
            Branches: [
              { StartAt: "B", States: { B: pass } },
              { StartAt: "C", States: { C: pass } },
            ],
            End: true,
          },
        },
      },
      { execution },
    );
    expect(text.split("\n").filter((line) => !line.includes("classDef"))).toEqual([
      "stateDiagram-v2",
      '  state "serializeImageData<br/>succeeded, 1.3 s" as s0',
      '  state "P#34;#59; x" as s1',
      "  state s1 {",
      '    state "B" as s2',
      "    [*] --> s2",
      "    s2 --> [*]",
      "    --",
      '    state "C" as s3',
      "    [*] --> s3",
      "    s3 --> [*]",
      "  }",
      "  [*] --> s0",
      "  s0 --> s1",
      "  s1 --> [*]",
      "  class s0 succeeded",
      "",
    ]);
  });

  it("lets no name break out of its place", () => {
    fc.assert(
      fc.property(anyScope, (definition) => {
        for (const line of renderWorkflowMermaid(definition as StateMachineDefinition)
          .trimEnd()
          .split("\n")
          .slice(1))
          expect(line).toMatch(
            /^ +(state "[^"]*" as s\d+|state s\d+ \{|\}|--|(\[\*\]|s\d+) --> (\[\*\]|s\d+)( : [^:;"{}<>]*(#\d+;[^:;"{}<>]*)*)?)$/,
          );
      }),
    );
  });
});
