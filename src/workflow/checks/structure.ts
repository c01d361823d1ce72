import { error, type ValidationIssue } from "./issue.js";
import { isObject, pointer, type ScopeVisit, type StateVisit } from "./visit.js";

const MAX_NAME_LENGTH = 80;

/** Checks StartAt, States and the top fields of one scope. @internal */
export function checkScope(scope: ScopeVisit): readonly ValidationIssue[] {
  const { path, definition, states } = scope;
  const issues: ValidationIssue[] = [];
  const { StartAt: startAt, States: all, QueryLanguage: language, Version: version } = definition;
  if (!isObject(all) || Object.keys(all).length === 0) {
    issues.push(
      error(pointer(path, "States"), "STATES_MISSING", "There is no state.", "Add States with at least one state."),
    );
  } else {
    for (const [name, state] of Object.entries(all)) {
      if (isObject(state)) continue;
      const message = `State "${name}" is not an object.`;
      issues.push(error(pointer(path, "States", name), "FIELD_INVALID", message, "Write it as { Type: ... }."));
    }
    if (typeof startAt !== "string" || !states.has(startAt)) {
      const message =
        typeof startAt === "string" ? `StartAt names "${startAt}", which is no state here.` : "StartAt is not given.";
      const remedy = `Set StartAt to one of ${listNames(states.keys())}.`;
      issues.push(error(pointer(path, "StartAt"), "START_AT_INVALID", message, remedy));
    }
  }
  if (language !== undefined && language !== "JSONPath" && language !== "JSONata") {
    issues.push(queryLanguageInvalid(path));
  }
  if (scope.kind === "machine" && version !== undefined && version !== "1.0") {
    const message = "Version is not one that exists.";
    issues.push(error(pointer(path, "Version"), "FIELD_INVALID", message, 'Set it to "1.0" or leave it out.'));
  }
  return issues;
}

/** Checks a state's name and query language. @internal */
export function checkNames(visit: StateVisit, scope: ScopeVisit): readonly ValidationIssue[] {
  const { name, path, state } = visit;
  const issues: ValidationIssue[] = [];
  const language = state["QueryLanguage"];
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    const message = `A state's name has ${name.length} characters.`;
    issues.push(error(path, "STATE_NAME_INVALID", message, `Use 1 to ${MAX_NAME_LENGTH} characters.`));
  }
  if (language !== undefined && language !== "JSONPath" && language !== "JSONata") {
    issues.push(queryLanguageInvalid(path));
  } else if (language === "JSONPath" && scope.queryLanguage === "JSONata") {
    const message = `State "${name}" is written in JSONPath inside a workflow in JSONata.`;
    const remedy = "A JSONPath workflow may hold JSONata states, not the reverse: rewrite the state in JSONata.";
    issues.push(error(pointer(path, "QueryLanguage"), "QUERY_LANGUAGE_INVALID", message, remedy));
  }
  return issues;
}

/** Checks that no two states share a name, wherever they are nested. @internal */
export function checkDuplicateNames(scopes: readonly ScopeVisit[]): readonly ValidationIssue[] {
  const seen = new Map<string, string>();
  return scopes.flatMap(({ states }) =>
    [...states.values()].flatMap(({ name, path }) => {
      const first = seen.get(name);
      if (first === undefined) {
        seen.set(name, path);
        return [];
      }
      const message = `The name "${name}" is taken by the state at ${first}.`;
      return error(
        path,
        "STATE_NAME_DUPLICATE",
        message,
        "Names must be unique in the whole state machine: rename one.",
      );
    }),
  );
}

function queryLanguageInvalid(path: string): ValidationIssue {
  const message = "QueryLanguage is neither JSONPath nor JSONata.";
  return error(pointer(path, "QueryLanguage"), "QUERY_LANGUAGE_INVALID", message, 'Set it to "JSONPath" or "JSONata".');
}

/** Names for a message, not more than eight. @internal */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 8).map((name) => `"${name.slice(0, MAX_NAME_LENGTH)}"`);
  return all.length > shown.length ? `${shown.join(", ")} and ${all.length - shown.length} more` : shown.join(", ");
}
