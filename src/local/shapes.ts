/** A value's shape in a service model, with the constraints that AWS checks. @internal */
export type Shape =
  | { readonly kind: "string"; readonly min?: number; readonly max?: number; readonly pattern?: RegExp }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "number"; readonly integer: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "list"; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape; readonly max?: number }
  | {
      readonly kind: "structure";
      readonly members: Readonly<Record<string, Shape>>;
      readonly required: readonly string[];
    };

/**
 * Checks a value against its shape as AWS does before it looks at anything else. Members that the shape does not
 * know are left alone.
 *
 * @param shape - The shape.
 * @param value - What was sent.
 * @param path - Where it stands, in AWS's notation.
 * @returns One finding per constraint that is not met, in AWS's wording.
 * @internal
 */
export function checkShape(shape: Shape, value: unknown, path = ""): readonly string[] {
  switch (shape.kind) {
    case "string":
      if (typeof value !== "string") return [wrongType(path, "a string")];
      return [...checkSize(shape, value.length, value, path, "length"), ...checkPattern(shape.pattern, value, path)];
    case "enum":
      if (typeof value === "string" && shape.values.includes(value)) return [];
      return [violation(value, path, `Member must satisfy enum value set: [${shape.values.join(", ")}]`)];
    case "number":
      if (typeof value !== "number" || (shape.integer && !Number.isInteger(value))) {
        return [wrongType(path, shape.integer ? "an integer" : "a number")];
      }
      return checkSize(shape, value, value, path, "value");
    case "boolean":
      return typeof value === "boolean" ? [] : [wrongType(path, "a boolean")];
    case "list":
      if (!Array.isArray(value)) return [wrongType(path, "a list")];
      return [
        ...checkSize(shape, value.length, value, path, "length"),
        ...value.flatMap((item: unknown, index) => checkShape(shape.of, item, `${path}.${index + 1}.member`)),
      ];
    case "map":
      if (!isRecord(value)) return [wrongType(path, "a map")];
      return [
        ...checkSize(shape, Object.keys(value).length, value, path, "length"),
        ...Object.entries(value).flatMap(([key, item]) => [
          ...checkShape(shape.key, key, `${path}.key`),
          ...checkShape(shape.value, item, `${path}.${key}.member`),
        ]),
      ];
    case "structure":
      if (!isRecord(value)) return [wrongType(path, "a structure")];
      return [
        ...shape.required
          .filter((name) => value[name] === undefined || value[name] === null)
          .map((name) => violation(null, join(path, name), "Member must not be null")),
        ...Object.entries(shape.members).flatMap(([name, member]) =>
          value[name] === undefined || value[name] === null ? [] : checkShape(member, value[name], join(path, name)),
        ),
      ];
  }
}

/**
 * Whether a parsed JSON value is an object.
 *
 * @param value - The value.
 * @returns `true` for an object that is not an array.
 * @internal
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkSize(
  bounds: { readonly min?: number; readonly max?: number },
  size: number,
  value: unknown,
  path: string,
  what: "length" | "value",
): readonly string[] {
  const { min, max } = bounds;
  return [
    ...(min !== undefined && size < min
      ? [violation(value, path, `Member must have ${what} greater than or equal to ${min}`)]
      : []),
    ...(max !== undefined && size > max
      ? [violation(value, path, `Member must have ${what} less than or equal to ${max}`)]
      : []),
  ];
}

function checkPattern(pattern: RegExp | undefined, value: string, path: string): readonly string[] {
  if (pattern === undefined || anchored(pattern).test(value)) return [];
  return [violation(value, path, `Member must satisfy regular expression pattern: ${pattern.source}`)];
}

const anchoredPatterns = new Map<RegExp, RegExp>();

/** A pattern of a service model is held against the whole value, line breaks and all. */
function anchored(pattern: RegExp): RegExp {
  const known = anchoredPatterns.get(pattern);
  if (known !== undefined) return known;
  const whole = new RegExp(`^(?:${pattern.source})$`, "s");
  anchoredPatterns.set(pattern, whole);
  return whole;
}

function violation(value: unknown, path: string, constraint: string): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return `Value ${value === null ? "null" : `'${shown}'`} at '${path}' failed to satisfy constraint: ${constraint}`;
}

function wrongType(path: string, expected: string): string {
  return `Value at '${path}' failed to satisfy constraint: Member must be ${expected}`;
}

function join(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path === "" ? member : `${path}.${member}`;
}
