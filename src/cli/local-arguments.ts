import { parseArgs } from "node:util";

/** What `scones-ml local` was asked for. @internal */
export interface LocalArguments {
  readonly port: number;
  readonly directory?: string;
  readonly region?: string;
  readonly seed?: number;
  /** Bundles by the names of their functions. */
  readonly functions: readonly { readonly name: string; readonly bundle: string }[];
}

/** A command line that cannot be understood; the message is for the user. @internal */
export class UsageError extends Error {
  /** Literal name of the error. */
  override get name(): string {
    return "UsageError";
  }
}

const DEFAULT_PORT = 4566;

/**
 * Reads the options of `scones-ml local`.
 *
 * @param words - What follows the command's name.
 * @returns The options, with the default port.
 * @throws {@link UsageError} for an unknown option or a value out of range.
 * @internal
 */
export function parseLocalArguments(words: readonly string[]): LocalArguments {
  const { directory, region, port, seed, function: functions = [] } = parseWords(words);
  return {
    port: port === undefined ? DEFAULT_PORT : parseNumber("--port", port, 0, 65_535),
    ...(directory === undefined ? {} : { directory }),
    ...(region === undefined ? {} : { region }),
    ...(seed === undefined ? {} : { seed: parseNumber("--seed", seed, 0, Number.MAX_SAFE_INTEGER) }),
    functions: functions.map(parseFunction),
  };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        directory: { type: "string" },
        port: { type: "string" },
        region: { type: "string" },
        seed: { type: "string" },
        function: { type: "string", multiple: true },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`${option} must be an integer from ${min} to ${max}, not "${text}".`);
}

function parseFunction(text: string): { readonly name: string; readonly bundle: string } {
  const at = text.indexOf("=");
  if (at > 0 && at < text.length - 1) return { name: text.slice(0, at), bundle: text.slice(at + 1) };
  throw new UsageError(`--function must be NAME=PATH, such as classify=dist/index.mjs, not "${text}".`);
}
