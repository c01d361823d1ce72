import { checkChoice } from "./choice-rules.js";
import { checkCatch, checkRetry } from "./error-handling.js";
import { findExpressLimits } from "./express.js";
import { checkExpressions } from "./expressions.js";
import { checkScopeFields, checkStateFields } from "./fields.js";
import { error, type ValidationIssue } from "./issue.js";
import { checkLambdaPayload } from "./payload-traps.js";
import { checkServiceParameters } from "./service-parameters.js";
import { checkMachineTimeout, checkStateValues } from "./state-values.js";
import { checkDuplicateNames, checkNames, checkScope } from "./structure.js";
import { checkReachability, checkTransition } from "./transitions.js";
import { findScopes, isObject, type ScopeVisit, type StateVisit } from "./visit.js";

/** Source: "State machine limits", Step Functions developer guide. */
const MAX_DEFINITION_BYTES = 1_048_576;

/** Far beyond what anybody writes; it keeps the cost of hostile nesting low. */
const MAX_DEPTH = 200;

/** Options of {@link checkDefinition}. */
export interface CheckDefinitionOptions {
  /** Type of the machine that is made of it, which a definition does not tell. @defaultValue `"STANDARD"` */
  readonly type?: "STANDARD" | "EXPRESS";
}

const SCOPE_RULES: readonly ((scope: ScopeVisit) => readonly ValidationIssue[])[] = [
  checkScope,
  checkScopeFields,
  checkReachability,
];

const STATE_RULES: readonly ((visit: StateVisit, scope: ScopeVisit) => readonly ValidationIssue[])[] = [
  checkNames,
  checkStateFields,
  checkTransition,
  checkStateValues,
  checkChoice,
  checkRetry,
  checkCatch,
  checkExpressions,
  checkLambdaPayload,
  checkServiceParameters,
];

/**
 * Finds what is wrong with a state machine's definition before AWS does: structure, reachability, names, fields of the
 * wrong state type or query language, error handling, choices, the outer form of paths and expressions, parameters of
 * service integrations, size, traps of the payload, and what an Express machine cannot have. It does not evaluate paths or expressions. It never throws, changes nothing, and calls nothing.
 *
 * @param definition - The definition as an object or as JSON text; anything else is a finding.
 * @param options - See {@link CheckDefinitionOptions}.
 * @returns The findings, outermost first; empty for a definition that is in order.
 *
 * @example
 * ```ts
 * import { checkDefinition } from "scones-ml/workflow";
 *
 * for (const issue of checkDefinition({ StartAt: "Gone", States: { Done: { Type: "Succeed" } } })) {
 *   console.log(`${issue.severity} ${issue.code} at ${issue.path}: ${issue.message} ${issue.remedy}`);
 * }
 * ```
 *
 * @see https://states-language.net/
 */
export function checkDefinition(definition: unknown, options: CheckDefinitionOptions = {}): readonly ValidationIssue[] {
  const { text, value } = toPlainJson(definition);
  if (text === undefined || !isObject(value)) {
    const message = "The definition is not a JSON object.";
    return [error("", "DEFINITION_INVALID", message, "Pass an object with StartAt and States, or its JSON text.")];
  }
  if (isDeeperThan(text, MAX_DEPTH)) {
    const message = `The definition is nested more than ${MAX_DEPTH} levels deep.`;
    return [error("", "DEFINITION_INVALID", message, "Move parts into state machines of their own.")];
  }
  const bytes = Buffer.byteLength(text);
  const size =
    bytes > MAX_DEFINITION_BYTES
      ? [
          error(
            "",
            "DEFINITION_TOO_LARGE",
            `The definition has ${bytes} bytes as JSON; the limit is ${MAX_DEFINITION_BYTES}.`,
            "Move parts into state machines of their own.",
          ),
        ]
      : [];
  const scopes = findScopes(value);
  return [
    ...size,
    ...(scopes[0] === undefined ? [] : checkMachineTimeout(scopes[0])),
    ...checkDuplicateNames(scopes),
    ...(options?.type === "EXPRESS" ? findExpressLimits(scopes) : []),
    ...scopes.flatMap((scope) => [
      ...SCOPE_RULES.flatMap((rule) => rule(scope)),
      ...[...scope.states.values()].flatMap((visit) => STATE_RULES.flatMap((rule) => rule(visit, scope))),
    ]),
  ];
}

/** Goes through JSON text, as the definition does on its way to AWS: what the rules see is a plain copy. */
function toPlainJson(definition: unknown): { readonly text?: string; readonly value?: unknown } {
  try {
    const text = typeof definition === "string" ? definition : JSON.stringify(definition);
    return text === undefined ? {} : { text, value: JSON.parse(text) };
  } catch {
    return {};
  }
}

function isDeeperThan(json: string, limit: number): boolean {
  let depth = 0;
  let inText = false;
  for (let position = 0; position < json.length; position++) {
    const character = json.charAt(position);
    if (inText) {
      if (character === "\\") position++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "{" || character === "[") {
      if (++depth > limit) return true;
    } else if (character === "}" || character === "]") depth--;
  }
  return false;
}
