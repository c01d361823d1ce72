const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Characters after which a slash begins a regular expression; after anything else it divides. */
const BEFORE_OPERAND = "([{,:;?=<>!~&|+-*%";

/**
 * Whether quotes and brackets of a path or an expression match; what stands in quotes, comments and regular
 * expressions does not count. One pass, so that hostile text costs no more than its length.
 *
 * @param text - A path, or the inside of an expression.
 * @returns Whether they match.
 * @internal
 */
export function isBalanced(text: string): boolean {
  const open: string[] = [];
  let previous = "(";
  let position = 0;
  while (position < text.length) {
    const character = text.charAt(position);
    if (text.startsWith("/*", position)) {
      const end = text.indexOf("*/", position + 2);
      if (end < 0) return false;
      position = end + 2;
      continue;
    }
    const isRegularExpression = character === "/" && BEFORE_OPERAND.includes(previous);
    if (isRegularExpression || "\"'`".includes(character)) {
      position = findClosing(text, position);
      if (position < 0) return false;
    } else if ("([{".includes(character)) open.push(character);
    else if (CLOSES[character] !== undefined && open.pop() !== CLOSES[character]) return false;
    if (character.trim() !== "") previous = character;
    position++;
  }
  return open.length === 0;
}

/** Position of the quote that closes the one at `start`, or -1. */
function findClosing(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let position = start + 1; position < text.length; position++) {
    const character = text.charAt(position);
    if (character === quote) return position;
    if (character === "\\" && quote !== "`") position++;
  }
  return -1;
}
