const MAX_NAMED = 5;
const MAX_NAME = 60;

/**
 * Writes a name from a data set so that it fits into a line: without control characters, and shortened.
 *
 * @param name - A class or file name.
 * @returns What can be printed.
 * @internal
 */
export function printName(name: string): string {
  const plain = name.slice(0, MAX_NAME + 1).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return plain.length > MAX_NAME ? `${plain.slice(0, MAX_NAME - 3)}...` : plain;
}

/**
 * Names the first few of many.
 *
 * @param names - All names.
 * @returns At most five of them, and how many more there are.
 * @internal
 */
export function nameSome(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMED).map((name) => printName(name));
  const more = names.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * Writes a number with its noun.
 *
 * @param count - How many.
 * @param one - The noun for one.
 * @param many - The noun for any other number.
 * @returns Such as `1 image` or `2 images`.
 * @internal
 */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * Writes a share in per cent.
 *
 * @param part - Part of the whole.
 * @param whole - The whole, above 0.
 * @returns Such as `3 %` or `0.5 %`.
 * @internal
 */
export function percentOf(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(1))} %`;
}
