/** Judges a pattern as EventBridge does, as far as these tests need: equality, prefix, suffix, wildcard and numeric. */
export function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((test) => fits(test, event));
  if (typeof pattern !== "object" || pattern === null) throw new Error("a pattern is an object or a list of tests");
  if (typeof event !== "object" || event === null) return false;
  return Object.entries(pattern).every(([key, inner]) => matches(inner, (event as Record<string, unknown>)[key]));
}

function fits(test: unknown, value: unknown): boolean {
  if (typeof test !== "object" || test === null) return test === value;
  const { prefix, suffix, wildcard, numeric, ...unknown } = test as Readonly<Record<string, unknown>>;
  if (Object.keys(unknown).length > 0) throw new Error(`not known here: ${Object.keys(unknown)}`);
  if (numeric !== undefined) return JSON.stringify(numeric) === '[">",0]' && typeof value === "number" && value > 0;
  if (typeof value !== "string") return false;
  if (typeof prefix === "string") return value.startsWith(prefix);
  if (typeof suffix === "string") return value.endsWith(suffix);
  return new RegExp(`^${toExpression(String(wildcard))}$`, "su").test(value);
}

function toExpression(wildcard: string): string {
  return wildcard.replace(/\\[\\*]|\*|[\s\S]/gu, (part) =>
    part === "*"
      ? ".*"
      : (part.length > 1 && part.startsWith("\\") ? (part[1] ?? "") : part).replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"),
  );
}

/** Fills in an input template; text becomes JSON text, as EventBridge has it where no quotes stand around a name. */
export function transform(
  {
    InputPathsMap,
    InputTemplate,
  }: { readonly InputPathsMap: Readonly<Record<string, string>>; readonly InputTemplate: string },
  event: unknown,
): unknown {
  const text = InputTemplate.replace(/<(\w+)>/g, (_whole, name: string) => {
    const path = InputPathsMap[name]?.split(".").slice(1) ?? [];
    return JSON.stringify(path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], event));
  });
  return JSON.parse(text);
}
