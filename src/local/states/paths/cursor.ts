/** A place in a text that is being parsed. @internal */
export class Cursor {
  /** The text. */
  readonly text: string;
  /** Where it stands. */
  position = 0;

  /** @param text - The text. */
  constructor(text: string) {
    this.text = text;
  }

  /** The character it stands on, or "" at the end. */
  peek(): string {
    return this.text.charAt(this.position);
  }

  /** Whether the text goes on with these characters. */
  startsWith(characters: string): boolean {
    return this.text.startsWith(characters, this.position);
  }

  /** Moves behind these characters, if they are next. */
  take(characters: string): boolean {
    if (!this.startsWith(characters)) return false;
    this.position += characters.length;
    return true;
  }

  /** Moves behind what a sticky expression matches. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.position;
    const found = expression.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** Moves behind white space. */
  skipSpaces(): void {
    this.match(/\s*/y);
  }

  /** Moves behind these characters. */
  expect(characters: string): void {
    if (!this.take(characters)) throw new PathSyntaxError(this, `'${characters}' is expected`);
  }

  /** Whether the text is at its end. */
  get atEnd(): boolean {
    return this.position >= this.text.length;
  }
}

/** A path or an intrinsic invocation cannot be read. @internal */
export class PathSyntaxError extends Error {
  /**
   * Makes the error.
   *
   * @param cursor - Where.
   * @param reason - What is wrong.
   */
  constructor(cursor: Cursor, reason: string) {
    super(`${reason} at position ${cursor.position + 1}`);
  }

  /** Literal name of the error. */
  override get name(): string {
    return "PathSyntaxError";
  }
}

/**
 * Reads a name or a text in single or double quotes, in which a backslash protects the next character.
 *
 * @param cursor - On the opening quote.
 * @returns The text without quotes and backslashes.
 * @internal
 */
export function parseQuoted(cursor: Cursor): string {
  const quote = cursor.peek();
  if (quote !== "'" && quote !== '"') throw new PathSyntaxError(cursor, "a quoted name is expected");
  cursor.expect(quote);
  let name = "";
  while (!cursor.atEnd && cursor.peek() !== quote) {
    if (cursor.peek() === "\\") cursor.position++;
    name += cursor.peek();
    cursor.position++;
  }
  cursor.expect(quote);
  return name;
}
