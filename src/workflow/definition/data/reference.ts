/** Names and indexes that lead to a place, from the outside inwards. */
export type DataPath = readonly (string | number)[];

/** What has a value at the end of a path: `Containing<["inferences", 0], number>` is `{ inferences: number[] }`. */
export type Containing<Path extends DataPath, Value> = Path extends readonly [
  infer First,
  ...infer Rest extends DataPath,
]
  ? First extends number
    ? readonly Containing<Rest, Value>[]
    : First extends string
      ? { readonly [Name in First]: Containing<Rest, Value> }
      : unknown
  : Value;

/** What has, or may have, a value at the end of a path. */
export type Allowing<Path extends DataPath> = Path extends readonly [infer First, ...infer Rest extends DataPath]
  ? First extends number
    ? readonly Allowing<Rest>[]
    : First extends string
      ? Rest extends readonly []
        ? { readonly [Name in First]?: unknown }
        : { readonly [Name in First]: Allowing<Rest> }
      : unknown
  : unknown;

/** A reference that begins in a variable. */
export interface VariableRoot {
  /** Name of the variable. */
  readonly variable: string;
}

/** Where a reference begins. */
export type ReferenceRoot = "input" | "context" | "item" | "result" | VariableRoot;

/** What a reference stands for: a place, a text made of parts, or a number and one more. */
export type ReferenceContent =
  | {
      /** A place in the data. */
      readonly kind: "place";
      /** Where it begins. */
      readonly root: ReferenceRoot;
      /** How it goes on. */
      readonly path: DataPath;
    }
  | {
      /** Text with values in it. */
      readonly kind: "text";
      /** Literal text and the values between. */
      readonly parts: readonly (string | Reference<never>)[];
    }
  | {
      /** A number that is counted on. */
      readonly kind: "next";
      /** The number. */
      readonly of: Reference<never>;
    };

/**
 * A value that is known only when the workflow runs, described apart from any query language: JSONPath and JSONata are
 * both written from it. `Input` is what a state must get for the reference to lead somewhere.
 */
export interface Reference<in Input> {
  /** What it stands for. */
  readonly reference: ReferenceContent;
  /** Only there for the compiler. Never called. */
  readonly needs?: (input: Input) => void;
}

/** A reference into a state's input, which remembers its path for the compiler. */
export interface InputReference<Path extends DataPath> extends Reference<Containing<Path, unknown>> {
  /** Only there for the compiler: how it goes on from the input. */
  readonly path: Path;
}

/** A reference into the result of a task. It has a meaning only where a task says what it hands on. */
export interface ResultReference {
  /** What of the result is meant. */
  readonly resultPath: DataPath;
}

/** Turns a union of needs into the one that meets all of them. */
export type AllOf<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never;

/** What the references of a list need together. */
type NeedsOf<References> = AllOf<
  References extends readonly (infer One)[] ? (One extends Reference<infer Input> ? Input : unknown) : unknown
>;

/**
 * Refers to a value in a state's input.
 *
 * @param path - Names of fields and indexes of lists, from the outside inwards; none for the input itself.
 * @returns The reference. A step that uses it takes only inputs in which it leads somewhere.
 *
 * @example
 * ```ts
 * import { from, when } from "scones-ml/workflow";
 *
 * const isSure = when(from("inferences", 0), ">=", 0.93);
 * ```
 */
export function from<const Path extends DataPath>(...path: Path): InputReference<Path> {
  return { path, reference: { kind: "place", root: "input", path } };
}

/**
 * Refers to a value in the context object of the execution, such as `fromContext("Execution", "Id")`.
 *
 * @param path - Names of fields, from the outside inwards.
 * @returns The reference.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export function fromContext(...path: DataPath): Reference<unknown> {
  return { reference: { kind: "place", root: "context", path } };
}

/**
 * Refers to a value in the item of a map, where the map says what the work on one item gets.
 *
 * @param path - Names of fields, from the outside inwards; none for the item itself.
 * @returns The reference.
 */
export function fromItem(...path: DataPath): Reference<unknown> {
  return { reference: { kind: "place", root: "item", path } };
}

/**
 * Refers to a value in the result of a task, where the task says what it hands on. For `lambdaTask` the result is the
 * `body` that the function returns.
 *
 * @param path - Names of fields, from the outside inwards; none for the result itself.
 * @returns The reference.
 */
export function fromResult(...path: DataPath): ResultReference {
  return { resultPath: path };
}

/**
 * Makes text with values in it, as a template: `` textOf`Endpoint ${from("endpointName")} failed.` ``
 *
 * @param literals - The literal parts.
 * @param values - The values between; text and numbers are taken as they are.
 * @returns A reference to the text.
 */
export function textOf<const Values extends readonly (Reference<never> | string | number)[]>(
  literals: TemplateStringsArray,
  ...values: Values
): Reference<NeedsOf<Values>> {
  const parts = literals.flatMap((literal, index) => {
    const value = values[index];
    const shown = isReference(value) ? [value] : value === undefined ? [] : [String(value)];
    return [literal, ...shown].filter((part) => part !== "");
  });
  return { reference: { kind: "text", parts } };
}

/** Refers to a variable. @internal */
export function variable(name: string): Reference<unknown> {
  return { reference: { kind: "place", root: { variable: name }, path: [] } };
}

/** A number and one more. @internal */
export function oneMore(of: Reference<never>): Reference<unknown> {
  return { reference: { kind: "next", of } };
}

/** Refers to the raw result of a task. @internal */
export function rawResult(...path: DataPath): Reference<unknown> {
  return { reference: { kind: "place", root: "result", path } };
}

/** Whether a value is a reference. @internal */
export function isReference(value: unknown): value is Reference<never> {
  return typeof value === "object" && value !== null && "reference" in value && isContent(value.reference);
}

function isContent(value: unknown): value is ReferenceContent {
  return typeof value === "object" && value !== null && "kind" in value;
}
