/**
 * Reads a pattern of StringMatches: `*` stands for any characters, a backslash protects `*` and itself.
 *
 * @param pattern - The pattern.
 * @returns A function that tells whether a text matches.
 * @throws Error when a backslash protects nothing.
 * @internal
 */
export function parseStringPattern(pattern: string): (text: string) => boolean {
  const pieces: string[] = [""];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "*") {
      pieces.push("");
      continue;
    }
    if (character === "\\") {
      index++;
      const next = pattern.charAt(index);
      if (next !== "*" && next !== "\\") throw new Error("a backslash must be followed by * or another backslash");
    }
    pieces[pieces.length - 1] += pattern.charAt(index);
  }
  return (text) => matchesPieces(pieces, text);
}

/** The first and the last piece are fixed; those between are found from left to right, so that it takes no longer. */
function matchesPieces(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text === first;
  const last = pieces[pieces.length - 1] ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let position = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= end;
}
