import { InvalidOptionsError } from "../../../core/options.js";
import type { QueryLanguage } from "../asl-types.js";
import { isReference, type Reference } from "./reference.js";
import { quote, toJsonata, toJsonPath } from "./write-reference.js";

/**
 * JSON in which references may stand for values: the parameters of a task, the output of a state. `Input` is what the
 * state must get for all of them to lead somewhere.
 */
export type Template<Input> =
  | string
  | number
  | boolean
  | null
  | Reference<Input>
  | readonly Template<Input>[]
  | TemplateObject<Input>;

/** An object in which references may stand for values. */
export interface TemplateObject<Input> {
  /** Fields by name. */
  readonly [name: string]: Template<Input> | undefined;
}

/** A type's values, any of which may be a reference instead. */
export type Templated<Value, Input> =
  | Reference<Input>
  | (Value extends string | number | boolean | null | undefined
      ? Value
      : Value extends readonly (infer Entry)[]
        ? readonly Templated<Entry, Input>[]
        : { readonly [Name in keyof Value]: Templated<Value[Name], Input> });

/** The needs of a template's references, as a union of functions that take them. */
export type NeedsInside<Value> =
  Value extends Reference<infer Input>
    ? (input: Input) => void
    : Value extends readonly (infer Entry)[]
      ? NeedsInside<Entry>
      : Value extends object
        ? string extends keyof Value
          ? never
          : { readonly [Name in keyof Value]: NeedsInside<Value[Name]> }[keyof Value]
        : never;

/** What a state must get for all references of a template to lead somewhere. */
export type TemplateNeeds<Value> = [NeedsInside<Value>] extends [never]
  ? unknown
  : NeedsInside<Value> extends (input: infer Input) => void
    ? Input
    : unknown;

/** Any template, once its needs were checked by the compiler. @internal */
export type AnyTemplate = Template<never>;
/** Any object template, once its needs were checked by the compiler. @internal */
export type AnyTemplateObject = TemplateObject<never>;

/**
 * Writes a template as a state of a query language holds it.
 *
 * @param template - An object.
 * @param queryLanguage - The language.
 * @returns In JSONPath keys that end in `.$`; in JSONata values between `{%` and `%}`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when JSONPath has no form for it.
 * @internal
 */
export function writeTemplate(
  template: AnyTemplateObject,
  queryLanguage: QueryLanguage,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    entriesOf(template).map(([name, value]): [string, unknown] => {
      if (name.endsWith(".$")) throw refuse(name, 'a name must not end in ".$"', "Give the value as a reference.");
      if (queryLanguage === "JSONata") return [name, writeValue(value)];
      const isDynamic = isReference(value) || (Array.isArray(value) && value.some(isReference));
      return isDynamic ? [`${name}.$`, writeDynamic(name, value)] : [name, writePathValue(name, value)];
    }),
  );
}

/**
 * Writes a template as the source of a JSONata expression.
 *
 * @param template - Any template.
 * @returns The expression, without its delimiters.
 * @internal
 */
export function toExpression(template: AnyTemplate): string {
  if (isReference(template)) return toJsonata(template);
  if (Array.isArray(template)) return `[${template.map((entry: AnyTemplate) => toExpression(entry)).join(", ")}]`;
  if (typeof template === "object" && template !== null) {
    const members = entriesOf(template as AnyTemplateObject).map(
      ([name, value]) => `${quote(name)}: ${toExpression(value)}`,
    );
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return JSON.stringify(template);
}

function writeValue(value: AnyTemplate): unknown {
  if (isReference(value)) return `{% ${toJsonata(value)} %}`;
  if (Array.isArray(value)) return value.map(writeValue);
  if (typeof value === "object" && value !== null) return writeTemplate(value as AnyTemplateObject, "JSONata");
  // Literal text that looks like an expression is written as one that gives it.
  return typeof value === "string" && value.startsWith("{%") ? `{% ${quote(value)} %}` : value;
}

/** JSONPath knows references as values of fields only; a list with some is made by an intrinsic function. */
function writeDynamic(name: string, value: AnyTemplate): string {
  if (isReference(value)) return toJsonPath(value);
  const entries = (value as readonly AnyTemplate[]).map((entry) => {
    if (isReference(entry)) return toJsonPath(entry);
    if (typeof entry === "string") return `'${entry.replace(/[\\'{}]/g, "\\$&")}'`;
    if (typeof entry !== "object" || entry === null) return JSON.stringify(entry);
    throw refuse(name, "JSONPath has no list of references and objects", "Refer to values inside the objects only.");
  });
  return `States.Array(${entries.join(", ")})`;
}

function writePathValue(name: string, value: AnyTemplate): unknown {
  if (Array.isArray(value)) {
    return value.map((entry: AnyTemplate) => {
      const isNested = Array.isArray(entry) && entry.some(isReference);
      if (isNested) throw refuse(name, "JSONPath has no list of lists of references", "Refer to the whole list.");
      return writePathValue(name, entry);
    });
  }
  const isObject = typeof value === "object" && value !== null;
  return isObject ? writeTemplate(value as AnyTemplateObject, "JSONPath") : value;
}

function entriesOf(template: AnyTemplateObject): readonly (readonly [string, AnyTemplate])[] {
  return Object.entries(template).filter((entry): entry is [string, AnyTemplate] => entry[1] !== undefined);
}

function refuse(path: string, message: string, remedy: string): InvalidOptionsError {
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `buildStateMachine cannot work with these options: ${path}: ${message}. ${remedy}`,
    details: { functionName: "buildStateMachine", issues: [{ path, message }] },
  });
}
