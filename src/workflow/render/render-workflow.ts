import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { escapeHtml, plainText, shorten } from "../../core/plain-text.js";
import { findScopes, type JsonObject, type ScopeVisit } from "../checks/visit.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { drawScope } from "./draw-scope.js";
import type { ExecutionTrace } from "./execution-trace.js";
import type { ScopeEdge } from "./scope-edges.js";
import { describeExecution, summarizeStates } from "./state-summary.js";
import { writeSvg } from "./write-svg.js";

/** Options of {@link renderWorkflow}. */
export interface RenderWorkflowOptions {
  /** What happened in an execution, from {@link readExecution}. @defaultValue none */
  readonly execution?: ExecutionTrace;
  /** Heading of the picture. @defaultValue none; with an execution, how it ended */
  readonly title?: string;
}

/** @internal */
export const DefinitionSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), z.unknown()),
});
/** @internal */
export const TraceSchema = z.custom<ExecutionTrace>(
  (value) => typeof value === "object" && value !== null && "runs" in value && Array.isArray(value.runs),
  "must be what readExecution returns",
);
const OptionsSchema = z.strictObject({
  definition: DefinitionSchema,
  execution: TraceSchema.optional(),
  title: z.string().optional(),
});
const MAX_TITLE = 200;

/**
 * Draws a state machine as it looks in the Step Functions console: states from top to bottom, frames for Map and
 * Parallel, labels for choices and caught errors. With an execution it shows the way taken, how each state ended, how
 * long it took, retries, and the error. Only names of errors are shown, never inputs, outputs or causes. Calls nothing.
 *
 * @param definition - The definition; what leads to states that do not exist is left out.
 * @param options - See {@link RenderWorkflowOptions}.
 * @returns An SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when there is nothing to draw, or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { buildInferenceWorkflow, renderWorkflow } from "scones-ml/workflow";
 *
 * const definition = buildInferenceWorkflow({
 *   functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 * });
 * await writeFile("workflow.svg", renderWorkflow(definition));
 * ```
 */
export function renderWorkflow(definition: StateMachineDefinition, options: RenderWorkflowOptions = {}): string {
  const resolved = parseOptions("renderWorkflow", OptionsSchema, { ...options, definition });
  const { execution, title } = resolved;
  const scopes = findScopes(resolved.definition as JsonObject);
  const machine = scopes[0] as ScopeVisit;
  const context = { summaries: execution === undefined ? undefined : summarizeStates(execution), inner: nest(scopes) };
  const drawing = drawScope(machine, context, execution === undefined ? undefined : findTaken(execution));
  const heading = title ?? (execution === undefined ? undefined : describeExecution(execution));
  const comment = resolved.definition["Comment"];
  const name = heading ?? (typeof comment === "string" ? comment : "State machine");
  return writeSvg(drawing, escapeHtml(shorten(plainText(name), MAX_TITLE)), heading);
}

/** Scopes by the state that they are in. @internal */
export function nest(scopes: readonly ScopeVisit[]): ReadonlyMap<string, readonly ScopeVisit[]> {
  const inner = new Map<string, ScopeVisit[]>();
  for (const scope of scopes.slice(1)) {
    const path = scope.path.replace(/\/(Branches\/\d+|ItemProcessor|Iterator)$/, "");
    inner.set(path, [...(inner.get(path) ?? []), scope]);
  }
  return inner;
}

/** Which ways an execution took. */
function findTaken({ runs }: ExecutionTrace): (edge: ScopeEdge) => boolean {
  const key = (from: string, to: string, isCaught: boolean) => JSON.stringify([from, to, isCaught]);
  const taken = new Set(runs.map((run) => key(run.from ?? "", run.name, run.isCaught)));
  const ended = new Set(runs.filter((run) => run.status === "SUCCEEDED").map((run) => run.name));
  return ({ from, to, kind }) => (to === undefined ? ended.has(from) : taken.has(key(from, to, kind === "catch")));
}
