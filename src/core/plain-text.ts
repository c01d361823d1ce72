/**
 * Takes out of a text what neither XML nor a line of a picture can hold: control characters and lone surrogates.
 *
 * @param text - Any text.
 * @returns The text on one line; a question mark when nothing is left.
 * @internal
 */
export function plainText(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF\u2028\u2029]+/gu, " ").trim();
  return plain === "" ? "?" : plain;
}

/**
 * Shortens a text to a number of characters.
 *
 * @param text - The text.
 * @param length - How many characters, the ellipsis included.
 * @returns The text, or its begin with an ellipsis.
 * @internal
 */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes a text for HTML, inside elements and inside attributes.
 *
 * @param text - Any text.
 * @returns The text as HTML.
 * @internal
 */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
