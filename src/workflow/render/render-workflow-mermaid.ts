import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import { findScopes, type JsonObject, type ScopeVisit } from "../checks/visit.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { DefinitionSchema, nest, type RenderWorkflowOptions, TraceSchema } from "./render-workflow.js";
import { listEdges } from "./scope-edges.js";
import { type StateSummary, summarizeStates } from "./state-summary.js";

const OptionsSchema = z.strictObject({ definition: DefinitionSchema, execution: TraceSchema.optional() });
const MAX_LABEL = 110;

const CLASSES: readonly string[] = [
  "classDef succeeded fill:#e6f4e1,stroke:#1d8102,color:#16191f",
  "classDef failed fill:#fdecea,stroke:#d13212,color:#16191f",
  "classDef caught fill:#fff3e0,stroke:#c2570c,color:#16191f",
  "classDef running fill:#e1f0fb,stroke:#0073bb,color:#16191f",
  "classDef aborted fill:#f1f1f1,stroke:#545b64,color:#16191f",
];

/** What the text of a diagram is made with. */
interface MermaidContext {
  readonly ids: ReadonlyMap<string, string>;
  readonly inner: ReadonlyMap<string, readonly ScopeVisit[]>;
  readonly summaries: ReadonlyMap<string, StateSummary>;
}

/**
 * Writes a state machine as a Mermaid state diagram, for Markdown pages and pull requests. Calls nothing.
 *
 * @param definition - The definition; what leads to states that do not exist is left out.
 * @param options - An execution, from `readExecution`.
 * @returns The text, without a fence.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when there is nothing to write, or an option is wrong.
 *
 * @example
 * ```ts
 * import { renderWorkflowMermaid } from "scones-ml/workflow";
 *
 * console.log(renderWorkflowMermaid({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }));
 * ```
 *
 * @see https://mermaid.js.org/syntax/stateDiagram.html
 */
export function renderWorkflowMermaid(
  definition: StateMachineDefinition,
  options: Pick<RenderWorkflowOptions, "execution"> = {},
): string {
  const resolved = parseOptions("renderWorkflowMermaid", OptionsSchema, { ...options, definition });
  const scopes = findScopes(resolved.definition as JsonObject);
  const visits = scopes.flatMap(({ states }) => [...states.values()]);
  const ids = new Map(visits.map(({ path }, index) => [path, `s${index}`]));
  const summaries = resolved.execution === undefined ? new Map() : summarizeStates(resolved.execution);
  const context = { ids, inner: nest(scopes), summaries };
  // Mermaid takes no classes for states with others inside.
  const classes = visits.flatMap(({ name, path }) => {
    const status = context.inner.has(path) ? undefined : summaries.get(name)?.status;
    return status === undefined
      ? []
      : [`class ${ids.get(path)} ${status === "TIMED_OUT" ? "failed" : status.toLowerCase()}`];
  });
  const lines = [
    ...(scopes[0] === undefined ? [] : writeScope(scopes[0], context)),
    ...(classes.length === 0 ? [] : [...CLASSES, ...classes]),
  ];
  return `stateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function writeScope(scope: ScopeVisit, context: MermaidContext): readonly string[] {
  const id = (name: string) => context.ids.get(scope.states.get(name)?.path ?? "") ?? "";
  const startAt = String(scope.definition["StartAt"]);
  const states = [...scope.states.values()].flatMap(({ name, path }) => {
    const summary = context.summaries.get(name);
    const text = [name, summary?.text, summary?.error].filter((part) => part !== undefined).map(encode);
    const inner = context.inner.get(path) ?? [];
    const parts = inner.map((each) => writeScope(each, context).map((line) => `  ${line}`));
    const body = parts.flatMap((part, index) => (index === 0 ? part : ["  --", ...part]));
    return [
      `state "${text.join("<br/>")}" as ${id(name)}`,
      ...(inner.length === 0 ? [] : [`state ${id(name)} {`, ...body, "}"]),
    ];
  });
  const edges = listEdges(scope).map(({ from, to, label }) => {
    const text = label === undefined ? "" : ` : ${encode(shorten(plainText(label), MAX_LABEL))}`;
    return `${id(from)} --> ${to === undefined ? "[*]" : id(to)}${text}`;
  });
  return [...states, ...(scope.states.has(startAt) ? [`[*] --> ${id(startAt)}`] : []), ...edges];
}

/** Mermaid's own form of entities: what could mean something to it is written as a number. */
function encode(text: string): string {
  return plainText(text).replace(/["#;:<>{}[\]()`\\&%|*_~-]/g, (character) => `#${character.charCodeAt(0)};`);
}
