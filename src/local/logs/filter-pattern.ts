import { ServiceError } from "../service-error.js";

/**
 * Reads a filter pattern for plain lines: words and `"phrases"` that must all be there, `-word` that must not, and `?word`
 * of which one must. Upper and lower case differ.
 *
 * @param pattern - The pattern; an empty one lets everything through.
 * @returns Whether a line matches.
 * @throws ServiceError `InvalidParameterException` for patterns of JSON, of columns and of regular expressions, which are
 * not there.
 * @internal
 */
export function parseFilterPattern(pattern: string): (line: string) => boolean {
  const trimmed = pattern.trim();
  if (/^[{[%]/.test(trimmed)) {
    throw new ServiceError(
      400,
      "InvalidParameterException",
      `The local AWS filters by words and phrases only; it has no JSON, column or regular expression patterns such as ${trimmed}`,
    );
  }
  const terms = [...trimmed.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = "", phrase, word = ""]) => ({ sign, term: phrase?.replace(/\\(.)/g, "$1") ?? word }),
  );
  const withSign = (wanted: string) => terms.filter(({ sign }) => sign === wanted).map(({ term }) => term);
  const [all, none, any] = [withSign(""), withSign("-"), withSign("?")];
  return (line) =>
    all.every((term) => line.includes(term)) &&
    !none.some((term) => line.includes(term)) &&
    (any.length === 0 || any.some((term) => line.includes(term)));
}
