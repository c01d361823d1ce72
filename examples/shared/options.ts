import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../end-to-end/arguments.js";

/** One option of a command line. */
export interface OptionText {
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  /** Its value where it is not given. */
  readonly default?: string;
  /** What it does. */
  readonly help: string;
}

/** Options by their names. */
export type OptionTexts = Readonly<Record<string, OptionText>>;

/** A command line that was understood. */
export interface Arguments {
  /** Value of an option. */
  text(name: string): string | undefined;
  /** Value of an option, as a whole number of at least `least`. */
  whole(name: string, least: number): number;
  /** Value of an option, as a number between two bounds. */
  number(name: string, least: number, most: number): number;
  /** Whether a switch is set. */
  has(name: string): boolean;
  /** Makes the error for what is wrong between options. */
  wrong(reason: string): UsageError;
}

/** Reads a command line, or makes the help text that was asked for. Throws a `UsageError` for what is wrong. */
export function readOptions(
  program: { readonly name: string; readonly summary: string; readonly options: OptionTexts },
  argv: readonly string[],
): Arguments | { readonly help: string } {
  const usage = formatUsage(program);
  const fail = (reason: string, cause?: unknown) => new UsageError(`${reason}\n\n${usage}`, { cause });
  const values = parse(program.options, argv, fail);
  if (values["help"] === true) return { help: usage };
  const text = (name: string) => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  const read = (name: string, isRight: (value: number) => boolean, expected: string) => {
    const given = text(name)?.trim() ?? "";
    const value = given === "" ? Number.NaN : Number(given);
    if (!isRight(value)) throw fail(`--${name} must be ${expected}, not "${given}".`);
    return value;
  };
  return {
    text,
    whole: (name, least) => read(name, (n) => Number.isSafeInteger(n) && n >= least, `a whole number from ${least}`),
    number: (name, least, most) => read(name, (n) => n >= least && n <= most, `a number from ${least} to ${most}`),
    has: (name) => values[name] === true,
    wrong: (reason) => fail(reason),
  };
}

function parse(options: OptionTexts, argv: readonly string[], fail: (reason: string, cause?: unknown) => UsageError) {
  const config: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean" } };
  for (const [name, { value, default: preset }] of Object.entries(options)) {
    if (value === undefined) config[name] = { type: "boolean" };
    else config[name] = { type: "string", ...(preset === undefined ? {} : { default: preset }) };
  }
  try {
    return parseArgs({ args: [...argv], options: config }).values;
  } catch (cause) {
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function formatUsage({ name, summary, options }: Parameters<typeof readOptions>[0]): string {
  const all: OptionTexts = { ...options, help: { help: "prints this" } };
  const lines = Object.entries(all).map(([option, { value, default: preset, help }]) => {
    const left = `--${option}${value === undefined ? "" : ` ${value}`}`;
    return `  ${left.padEnd(20)}${help}${preset === undefined ? "" : ` (${preset})`}`;
  });
  return `${summary}\n\n  node --import tsx examples/${name}.ts [options]\n\n${lines.join("\n")}\n`;
}
