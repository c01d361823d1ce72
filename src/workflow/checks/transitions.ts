import { error, type ValidationIssue } from "./issue.js";
import { listNames } from "./structure.js";
import { isObject, pointer, type ScopeVisit, type StateVisit } from "./visit.js";

const TERMINAL_TYPES: readonly unknown[] = ["Succeed", "Fail"];
const MOVING_TYPES: readonly unknown[] = ["Task", "Pass", "Wait", "Parallel", "Map"];

interface Target {
  readonly name: unknown;
  readonly path: string;
}

/** Checks Next and End of one state. @internal */
export function checkTransition({ name, path, state }: StateVisit): readonly ValidationIssue[] {
  if (!MOVING_TYPES.includes(state["Type"])) return [];
  const { Next: next, End: end } = state;
  if (end !== undefined && typeof end !== "boolean") {
    return [error(pointer(path, "End"), "FIELD_INVALID", `End of "${name}" is not a boolean.`, "Set it to true.")];
  }
  if (next !== undefined && end === true) {
    const message = `State "${name}" has both Next and End.`;
    return [error(path, "NEXT_AND_END", message, "Keep Next to go on, or End: true to stop.")];
  }
  if (next === undefined && end !== true) {
    const message = `State "${name}" says neither what comes next nor that it is the end.`;
    return [error(path, "NEXT_MISSING", message, "Add Next with a state's name, or End: true.")];
  }
  return [];
}

/** Checks that every target exists, every state is reached, and the scope can come to an end. @internal */
export function checkReachability(scope: ScopeVisit): readonly ValidationIssue[] {
  const { states, definition } = scope;
  const issues: ValidationIssue[] = [];
  for (const visit of states.values()) {
    for (const { name, path } of findTargets(visit)) {
      if (typeof name === "string" && states.has(name)) continue;
      const message =
        typeof name === "string" ? `"${name}" is no state of the same level.` : "The target is not a state's name.";
      issues.push(error(path, "TARGET_UNKNOWN", message, `Name one of ${listNames(states.keys())}.`));
    }
  }
  const startAt = definition["StartAt"];
  if (typeof startAt !== "string" || !states.has(startAt)) return issues;

  const reached = new Set([startAt]);
  for (const name of reached) {
    const visit = states.get(name);
    for (const target of visit === undefined ? [] : findTargets(visit)) {
      if (typeof target.name === "string" && states.has(target.name)) reached.add(target.name);
    }
  }
  for (const { name, path } of states.values()) {
    if (reached.has(name)) continue;
    const message = `State "${name}" is never reached.`;
    issues.push(error(path, "STATE_UNREACHABLE", message, "Lead another state to it, or remove it."));
  }
  if (![...reached].some((name) => isTerminal(states.get(name)))) {
    const message = "No state that is reached ends the workflow.";
    const remedy = "Give a state End: true, or add a Succeed or Fail state.";
    issues.push(error(pointer(scope.path, "States"), "TERMINAL_STATE_MISSING", message, remedy));
  }
  return issues;
}

function isTerminal(visit: StateVisit | undefined): boolean {
  return visit !== undefined && (visit.state["End"] === true || TERMINAL_TYPES.includes(visit.state["Type"]));
}

function findTargets({ state, path }: StateVisit): readonly Target[] {
  const nextOf = (field: string) =>
    (Array.isArray(state[field]) ? (state[field] as readonly unknown[]) : []).flatMap((entry, index) =>
      isObject(entry) && entry["Next"] !== undefined
        ? { name: entry["Next"], path: pointer(path, field, index, "Next") }
        : [],
    );
  const ofField = (field: string) =>
    state[field] === undefined ? [] : { name: state[field], path: pointer(path, field) };
  if (state["Type"] === "Choice") return [...nextOf("Choices"), ofField("Default")].flat();
  if (!MOVING_TYPES.includes(state["Type"])) return [];
  return [ofField("Next"), ...nextOf("Catch")].flat();
}
