import type { QueryLanguage } from "../definition/asl-types.js";

/** A JSON object of which nothing is known yet. @internal */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A set of states with a start: the whole machine, a branch, or what a map does with an item. @internal */
export interface ScopeVisit {
  readonly kind: "machine" | "branch" | "processor";
  readonly path: string;
  readonly definition: JsonObject;
  readonly queryLanguage: QueryLanguage;
  /** The states that are objects. */
  readonly states: ReadonlyMap<string, StateVisit>;
}

/** One state where it stands. @internal */
export interface StateVisit {
  readonly name: string;
  readonly path: string;
  readonly state: JsonObject;
  readonly queryLanguage: QueryLanguage;
}

/** Whether a value is a JSON object. @internal */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Appends to a JSON pointer.
 *
 * @param path - The pointer.
 * @param parts - Names and indexes, which are escaped here.
 * @returns The longer pointer.
 * @internal
 */
export function pointer(path: string, ...parts: readonly (string | number)[]): string {
  return parts.reduce<string>((all, part) => `${all}/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`, path);
}

/**
 * Finds every scope of a definition, the nested ones too. It keeps a list instead of calling itself, so that no
 * nesting is too deep for it.
 *
 * @param definition - The definition.
 * @returns The scopes, the machine itself first.
 * @internal
 */
export function findScopes(definition: JsonObject): readonly ScopeVisit[] {
  const scopes: ScopeVisit[] = [visitScope("machine", "", definition, languageOf(definition, "JSONPath"))];
  // The list grows while it is walked.
  for (const scope of scopes) {
    for (const { state, path, queryLanguage } of scope.states.values()) {
      if (state["Type"] === "Parallel" && Array.isArray(state["Branches"])) {
        for (const [index, branch] of state["Branches"].entries()) {
          if (isObject(branch))
            scopes.push(visitScope("branch", pointer(path, "Branches", index), branch, queryLanguage));
        }
      }
      for (const field of state["Type"] === "Map" ? ["ItemProcessor", "Iterator"] : []) {
        const processor = state[field];
        if (isObject(processor)) scopes.push(visitScope("processor", pointer(path, field), processor, queryLanguage));
      }
    }
  }
  return scopes;
}

function visitScope(
  kind: ScopeVisit["kind"],
  path: string,
  definition: JsonObject,
  queryLanguage: QueryLanguage,
): ScopeVisit {
  const states = new Map<string, StateVisit>();
  for (const [name, state] of Object.entries(isObject(definition["States"]) ? definition["States"] : {})) {
    if (!isObject(state)) continue;
    const language = languageOf(state, queryLanguage);
    states.set(name, { name, path: pointer(path, "States", name), state, queryLanguage: language });
  }
  return { kind, path, definition, queryLanguage, states };
}

function languageOf(value: JsonObject, inherited: QueryLanguage): QueryLanguage {
  const own = value["QueryLanguage"];
  return own === "JSONPath" || own === "JSONata" ? own : inherited;
}
