/** A problem of a definition. @internal */
export interface DefinitionFinding {
  /** Code as ValidateStateMachineDefinition gives it. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** Where, such as `/States/Classify/Next`. */
  readonly location: string;
}

/** Collects the problems of a definition while it is read. @internal */
export class Findings {
  /** What was found so far. */
  readonly list: DefinitionFinding[] = [];

  /**
   * Notes a problem.
   *
   * @param location - Where.
   * @param message - What is wrong.
   * @param code - Code of the diagnostic.
   */
  add(location: string, message: string, code = "SCHEMA_VALIDATION_FAILED"): void {
    this.list.push({ code, message, location });
  }

  /**
   * Runs a parser and turns what it throws into a problem.
   *
   * @param location - Where.
   * @param parse - The parser.
   * @param describe - Writes the message, given the parser's.
   * @returns What the parser returned, or `undefined`.
   */
  attempt<Result>(location: string, parse: () => Result, describe: (reason: string) => string): Result | undefined {
    try {
      return parse();
    } catch (error) {
      this.add(location, describe(error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  }
}

/** Deepest nesting of values in a definition. @internal */
export const MAX_TEMPLATE_DEPTH = 100;
