import { isObject, type JsonObject, type ScopeVisit, type StateVisit } from "../checks/visit.js";

/** A way from one state to another. @internal */
export interface ScopeEdge {
  readonly from: string;
  /** Absent where it leads out of the scope. */
  readonly to?: string;
  readonly kind: "next" | "choice" | "catch" | "end";
  readonly label?: string;
}

/**
 * Lists the ways between the states of a scope; those to states that do not exist are left out.
 *
 * @param scope - The scope.
 * @returns The ways, in the order of the definition.
 * @internal
 */
export function listEdges(scope: ScopeVisit): readonly ScopeEdge[] {
  return [...scope.states.values()]
    .flatMap(listStateEdges)
    .filter(({ to }) => to === undefined || scope.states.has(to));
}

function listStateEdges({ name, state }: StateVisit): readonly ScopeEdge[] {
  const edges: ScopeEdge[] = [];
  const add = (kind: ScopeEdge["kind"], to: unknown, label?: string) => {
    if (typeof to === "string") edges.push({ from: name, to, kind, ...(label === undefined ? {} : { label }) });
  };
  if (state["Type"] === "Choice") {
    for (const rule of listObjects(state["Choices"])) add("choice", rule["Next"], describeRule(rule));
    add("choice", state["Default"], "otherwise");
  } else add("next", state["Next"]);
  // Catchers that lead to the same state are one way.
  const caught = new Map<unknown, string[]>();
  for (const { Next, ErrorEquals } of listObjects(state["Catch"]))
    caught.set(Next, [...(caught.get(Next) ?? []), ...(Array.isArray(ErrorEquals) ? ErrorEquals.map(String) : [])]);
  for (const [next, errors] of caught) {
    add("catch", next, `on ${describeErrors(errors)}`);
  }
  const isEnd = state["End"] === true || state["Type"] === "Succeed" || state["Type"] === "Fail";
  if (isEnd) edges.push({ from: name, kind: "end" });
  return edges;
}

/** Beside States.ALL the names of the language only say that it really is any error. */
function describeErrors(errors: readonly string[]): string {
  if (errors.length > 0 && !errors.includes("States.ALL")) return errors.join(", ");
  const others = errors.filter((error) => !error.startsWith("States."));
  return others.length === 0 ? "any error" : `${others.join(", ")}, any other error`;
}

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/GreaterThanEquals(Path)?$/, ">="],
  [/LessThanEquals(Path)?$/, "<="],
  [/GreaterThan(Path)?$/, ">"],
  [/LessThan(Path)?$/, "<"],
  [/Equals(Path)?$/, "="],
  [/Matches$/, "matches"],
];

/**
 * Says in words when a rule of a choice holds.
 *
 * @param rule - The rule.
 * @returns Such as `$.confidence < 0.7`; the rule's own remark where it has one.
 */
function describeRule(rule: JsonObject): string {
  if (typeof rule["Comment"] === "string" && rule["Comment"].trim() !== "") return rule["Comment"];
  if (rule["Condition"] !== undefined) return String(rule["Condition"]).replace(/^\{%\s*|\s*%\}$/g, "");
  if (isObject(rule["Not"])) return `not (${describeRule(rule["Not"])})`;
  for (const [field, word] of [
    ["And", " and "],
    ["Or", " or "],
  ] as const) {
    const parts = listObjects(rule[field]).map((part) => describeRule(part));
    if (parts.length > 0) return parts.map((part) => (parts.length > 1 ? `(${part})` : part)).join(word);
  }
  const [operator, value] =
    Object.entries(rule).find(([key]) => !["Variable", "Next", "Comment", "Assign", "Output"].includes(key)) ?? [];
  const variable = String(rule["Variable"] ?? "?");
  if (operator === undefined) return variable;
  if (/^Is[A-Z]/.test(operator)) {
    const kind = operator.slice(2).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${variable} is${value === false ? " not" : ""}${kind}`;
  }
  const sign = SIGNS.find(([pattern]) => pattern.test(operator))?.[1] ?? operator;
  return `${variable} ${sign} ${operator.endsWith("Path") ? String(value) : JSON.stringify(value)}`;
}

function listObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
