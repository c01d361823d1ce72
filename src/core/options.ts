import * as z from "zod";
import { SconesError } from "./errors.js";

/** An argument of a public function is missing, unknown, of the wrong kind or out of range. */
export class InvalidOptionsError extends SconesError<"INVALID_OPTIONS"> {
  /** Literal name of the error. */
  override get name(): string {
    return "InvalidOptionsError";
  }
}

/**
 * Parses the options of a public function with its strict schema, which also applies the defaults.
 *
 * @param functionName - The public function, for the message.
 * @param schema - A strict zod schema.
 * @param options - What the caller passed.
 * @returns The options with every default filled in.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the schema refuses them.
 * @internal
 */
export function parseOptions<Schema extends z.ZodType>(
  functionName: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({ path: formatPath(issue.path), message: describeIssue(issue) }));
  const listed = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `${functionName} cannot work with these options: ${listed}. Correct them and call again.`,
    details: { functionName, issues },
    cause: result.error,
  });
}

/** A union or a key says no more than that it does not fit; what was expected is what helps. */
function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key" && issue.issues[0] !== undefined) return describeIssue(issue.issues[0]);
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue.message;
  const reasons = issue.errors.flatMap(([first]) => (first === undefined ? [] : [describeIssue(first)]));
  return [...new Set(reasons)].join(", or ");
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

/** An `AbortSignal`, passed through untouched. @internal */
export const signalSchema = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "must be an AbortSignal");

/**
 * A callback, passed through untouched.
 *
 * @returns A schema that accepts any function.
 * @internal
 */
export function callbackSchema<Callback extends (...args: never[]) => unknown>(): z.ZodType<Callback, Callback> {
  return z.custom<Callback>((value) => typeof value === "function", "must be a function");
}

/**
 * An object that the caller owns (a client, an iterable), passed through untouched.
 *
 * @param what - What it must be, for the message.
 * @param methods - The methods that it must have.
 * @returns A schema that accepts an object with those methods.
 * @internal
 */
export function instanceSchema<Instance extends object>(
  what: string,
  methods: readonly PropertyKey[],
): z.ZodType<Instance, Instance> {
  return z.custom<Instance>(
    (value) =>
      ((typeof value === "object" && value !== null) || typeof value === "function") &&
      methods.every((method) => typeof Reflect.get(value, method) === "function"),
    `must be ${what}`,
  );
}

/**
 * An AWS SDK v3 client, passed through untouched. The `clients` of a function ignore what it does not use, so that the
 * clients of a local AWS can be passed as they are.
 *
 * @param name - The client's class name, for the message.
 * @returns A schema that accepts an object with `send`.
 * @internal
 */
export function clientSchema<Client extends object>(name: string): z.ZodType<Client, Client> {
  return instanceSchema<Client>(`an AWS SDK v3 ${name}`, ["send"]);
}

/**
 * Something to iterate over, at once or while waiting, passed through untouched.
 *
 * @param message - What it must be, for the message.
 * @returns A schema that accepts anything iterable but a text.
 * @internal
 */
export function iterableSchema<Item>(
  message: string,
): z.ZodType<AsyncIterable<Item> | Iterable<Item>, AsyncIterable<Item> | Iterable<Item>> {
  return z.custom<AsyncIterable<Item> | Iterable<Item>>(
    (value) =>
      typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
    message,
  );
}
