import type { Clock } from "./clock.js";
import type { Json, JsonObject } from "./json.js";
import { jsonText } from "./json-text.js";
import type { JsonPath } from "./paths/path-parser.js";
import { readPath } from "./paths/read-path.js";
import { StateFailure } from "./state-failure.js";

/** What a field of a state can refer to while it is evaluated. @internal */
export interface EvaluationScope {
  /** What `$` means in a path, and `$states.input` in an expression. */
  readonly data: Json;
  /** `$states.result`. */
  readonly result?: Json;
  /** `$states.errorOutput`. */
  readonly errorOutput?: Json;
  /** Variables by name. */
  readonly variables: ReadonlyMap<string, Json>;
  /** Makes the context object; most states never ask for it. */
  readonly context: () => JsonObject;
  /** Time and chance. */
  readonly clock: Clock;
}

/** A field of a state after parsing: gives its value in a scope. @internal */
export interface Evaluator {
  /** The path, where the field holds nothing else. */
  readonly path?: string;
  /**
   * Evaluates the field.
   *
   * @throws {@link StateFailure} when it cannot be evaluated.
   */
  evaluate(scope: EvaluationScope): Json | Promise<Json>;
}

/**
 * Goes on with a value: at once where it is there, which spares most states all promises.
 *
 * @param value - The value, or its promise.
 * @param next - What to do with it.
 * @returns What `next` returns, or its promise.
 * @internal
 */
export function whenKnown<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Follows a path from the root that it names.
 *
 * @param path - The path.
 * @param scope - Data, context object and variables.
 * @returns The value, or `undefined` where it leads nowhere.
 * @internal
 */
export function readScopedPath(path: JsonPath, scope: EvaluationScope): Json | undefined {
  const start = rootOf(path, scope);
  if (start === undefined) return undefined;
  try {
    return readPath(path.segments, start);
  } catch (error) {
    if (error instanceof RangeError) throw new StateFailure("States.Runtime", `Path '${path.text}': ${error.message}`);
    throw error;
  }
}

function rootOf({ root }: JsonPath, scope: EvaluationScope): Json | undefined {
  if (root.kind === "data") return scope.data;
  return root.kind === "context" ? scope.context() : scope.variables.get(root.name);
}

/**
 * Follows a path of a payload template or an intrinsic function, where one that may yield several values yields none
 * of what is missing.
 *
 * @param path - The path.
 * @param scope - Data, context object and variables.
 * @returns The value, or `undefined` where a path to one value leads nowhere, or a variable is missing.
 * @internal
 */
export function readTemplatePath(path: JsonPath, scope: EvaluationScope): Json | undefined {
  const value = readScopedPath(path, scope);
  return value === undefined && !path.definite && rootOf(path, scope) !== undefined ? [] : value;
}

/**
 * Makes the field of a state that holds a path.
 *
 * @param path - The path.
 * @param field - Name of the field, for the cause.
 * @returns The field; its evaluation fails with `States.Runtime` when the path leads nowhere.
 * @internal
 */
export function pathField(path: JsonPath, field: string): Evaluator {
  return {
    path: path.text,
    evaluate(scope) {
      const value = readScopedPath(path, scope);
      if (value !== undefined) return value;
      const isAssigned = path.root.kind !== "variable" || scope.variables.has(path.root.name);
      throw new StateFailure(
        "States.Runtime",
        isAssigned
          ? `Invalid path '${path.text}' : ${describeGap(path, scope)}`
          : describeMissingPath(path, field, scope),
      );
    },
  };
}

/** AWS tells a missing last step from one before it. */
function describeGap(path: JsonPath, scope: EvaluationScope): string {
  const start = rootOf(path, scope) ?? null;
  for (let length = 1; length < path.segments.length; length++) {
    if (readPath(path.segments.slice(0, length), start) === undefined) {
      return `Missing property in path ${showPath(path.segments.slice(0, length))}`;
    }
  }
  return `No results for path: ${showPath(path.segments)}`;
}

function showPath(segments: JsonPath["segments"]): string {
  return segments.reduce((shown, segment) => {
    if (segment.kind === "member") return `${shown}['${segment.name}']`;
    return segment.kind === "index" ? `${shown}[${segment.index}]` : `${shown}[*]`;
  }, "$");
}

/**
 * Words for a path that leads nowhere, as AWS writes them.
 *
 * @param path - The path.
 * @param field - Name of the field that holds it.
 * @param scope - What it was applied to.
 * @returns The sentence.
 * @internal
 */
export function describeMissingPath(path: JsonPath, field: string, scope: EvaluationScope): string {
  if (path.root.kind === "variable" && !scope.variables.has(path.root.name)) {
    return `The variable '$${path.root.name}' specified for the field '${field}' has not been assigned.`;
  }
  const data = path.root.kind === "data" ? scope.data : path.root.kind === "context" ? scope.context() : {};
  return `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${jsonText(data)}'`;
}
