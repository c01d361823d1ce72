/** Size of a text in pixels, and its lines. @internal */
export interface TextBlock {
  readonly lines: readonly string[];
  readonly width: number;
}

/**
 * Estimates the width of a text in a sans-serif font. It is on the safe side: no common font is wider.
 *
 * @param text - One line.
 * @param size - Font size in pixels.
 * @returns Pixels.
 * @internal
 */
export function estimateWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    if (/[iljtfrI.,:;'|!()[\]{} ]/.test(character)) width += 0.42;
    else if (/[mwMW@%]/.test(character)) width += 1.02;
    else if (/[A-Z&$#<>=+~_0-9-]/.test(character)) width += 0.8;
    else if (/[\u0020-\u024f]/.test(character)) width += 0.64;
    else width += 1.1;
  }
  return Math.ceil(width * size);
}

/** Blanks, but for those that hold a number and its unit together. */
const BLANKS = /[^\S\u00a0\u2009\u202f]+/;

/**
 * Breaks a text into lines: at blanks where that is possible, then within names such as `aB` or `a.b`, else anywhere.
 *
 * @param text - The text.
 * @param size - Font size in pixels.
 * @param maxWidth - Width of a line in pixels.
 * @returns The lines, and how wide the widest one is.
 * @internal
 */
export function wrapText(text: string, size: number, maxWidth: number): TextBlock {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(BLANKS).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (estimateWidth(longer, size) <= maxWidth) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const part of splitWord(word, size, maxWidth)) {
      if (line !== "" && estimateWidth(line + part, size) > maxWidth) {
        lines.push(line);
        line = "";
      }
      line += part;
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return { lines, width: Math.max(...lines.map((each) => estimateWidth(each, size))) };
}

function splitWord(word: string, size: number, maxWidth: number): readonly string[] {
  return word
    .split(/(?<=[.:/_-])|(?<=[a-z0-9])(?=[A-Z])/)
    .flatMap((part) => (estimateWidth(part, size) <= maxWidth ? [part] : [...part]));
}

/**
 * Shortens a text to a width.
 *
 * @param text - One line.
 * @param size - Font size in pixels.
 * @param maxWidth - How wide it may be, in pixels.
 * @returns The text, or as much of its begin as fits, with an ellipsis.
 * @internal
 */
export function fitText(text: string, size: number, maxWidth: number): string {
  if (estimateWidth(text, size) <= maxWidth) return text;
  let fitting = "";
  for (const character of text) {
    if (estimateWidth(`${fitting}${character}…`, size) > maxWidth) break;
    fitting += character;
  }
  return `${fitting.trimEnd()}…`;
}
