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
  const findings: string[] = [];
  check(shape, value, () => path, findings);
  return findings;
}

/** Where a value stands, asked for only when something is wrong with it. */
type Path = () => string;

function check(shape: Shape, value: unknown, path: Path, findings: string[]): void {
  switch (shape.kind) {
    case "string":
      checkString(shape, value, path, findings);
      break;
    case "enum":
      if (typeof value === "string" && shape.values.includes(value)) break;
      findings.push(violation(value, path(), `Member must satisfy enum value set: [${shape.values.join(", ")}]`));
      break;
    case "number":
      checkNumber(shape, value, path, findings);
      break;
    case "boolean":
      if (typeof value !== "boolean") findings.push(wrongType(path, "a boolean"));
      break;
    case "list":
      checkList(shape, value, path, findings);
      break;
    case "map":
      checkMap(shape, value, path, findings);
      break;
    case "structure":
      checkStructure(shape, value, path, findings);
      break;
  }
}

type ShapeOf<Kind extends Shape["kind"]> = Extract<Shape, { readonly kind: Kind }>;

function checkString(shape: ShapeOf<"string">, value: unknown, path: Path, findings: string[]): void {
  if (typeof value !== "string") return void findings.push(wrongType(path, "a string"));
  checkSize(shape, value.length, value, path, "length", findings);
  if (shape.pattern === undefined || anchored(shape.pattern).test(value)) return;
  findings.push(violation(value, path(), `Member must satisfy regular expression pattern: ${shape.pattern.source}`));
}

function checkNumber(shape: ShapeOf<"number">, value: unknown, path: Path, findings: string[]): void {
  if (typeof value === "number" && (!shape.integer || Number.isInteger(value))) {
    checkSize(shape, value, value, path, "value", findings);
  } else {
    findings.push(wrongType(path, shape.integer ? "an integer" : "a number"));
  }
}

function checkList(shape: ShapeOf<"list">, value: unknown, path: Path, findings: string[]): void {
  if (!Array.isArray(value)) return void findings.push(wrongType(path, "a list"));
  checkSize(shape, value.length, value, path, "length", findings);
  for (const [index, item] of value.entries()) {
    check(shape.of, item, () => `${path()}.${index + 1}.member`, findings);
  }
}

function checkMap(shape: ShapeOf<"map">, value: unknown, path: Path, findings: string[]): void {
  if (!isRecord(value)) return void findings.push(wrongType(path, "a map"));
  const entries = Object.entries(value);
  checkSize(shape, entries.length, value, path, "length", findings);
  for (const [key, item] of entries) {
    check(shape.key, key, () => `${path()}.key`, findings);
    check(shape.value, item, () => `${path()}.${key}.member`, findings);
  }
}

function checkStructure(shape: ShapeOf<"structure">, value: unknown, path: Path, findings: string[]): void {
  if (!isRecord(value)) return void findings.push(wrongType(path, "a structure"));
  for (const name of shape.required) {
    if (!isMissing(value[name])) continue;
    findings.push(violation(null, join(path(), name), "Member must not be null"));
  }
  for (const name of Object.keys(shape.members)) {
    const member = shape.members[name];
    if (member === undefined || isMissing(value[name])) continue;
    check(member, value[name], () => join(path(), name), findings);
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
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
  { min, max }: { readonly min?: number; readonly max?: number },
  size: number,
  value: unknown,
  path: Path,
  what: "length" | "value",
  findings: string[],
): void {
  if (min !== undefined && size < min) {
    findings.push(violation(value, path(), `Member must have ${what} greater than or equal to ${min}`));
  }
  if (max !== undefined && size > max) {
    findings.push(violation(value, path(), `Member must have ${what} less than or equal to ${max}`));
  }
}

const anchoredPatterns = new Map<RegExp, RegExp>();

/** A pattern of a service model is held against the whole value, line breaks and all. */
function anchored(pattern: RegExp): RegExp {
  const known = anchoredPatterns.get(pattern);
  if (known !== undefined) return known;
  const whole = new RegExp(`^(?:${pattern.source})$`, `${pattern.flags}s`);
  anchoredPatterns.set(pattern, whole);
  return whole;
}

function violation(value: unknown, path: string, constraint: string): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return `Value ${value === null ? "null" : `'${shown}'`} at '${path}' failed to satisfy constraint: ${constraint}`;
}

function wrongType(path: Path, expected: string): string {
  return `Value at '${path()}' failed to satisfy constraint: Member must be ${expected}`;
}

function join(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path === "" ? member : `${path}.${member}`;
}
