import { namedError } from "./states-error.js";

const DEFAULT_PAGE = 100;

/** One page of a list. @internal */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * Takes one page of a list.
 *
 * @param all - The list.
 * @param request - `maxResults`, where 0 stands for 100, and the token of the page before.
 * @param list - Names the list; a token of another one is refused.
 * @returns The page, with a token when more follow.
 * @internal
 */
export function takePage<Item>(
  all: readonly Item[],
  request: { readonly maxResults?: number; readonly nextToken?: string },
  list: string,
): Page<Item> {
  const start = request.nextToken === undefined ? 0 : readToken(request.nextToken, list);
  const size = request.maxResults || DEFAULT_PAGE;
  const items = all.slice(start, start + size);
  if (start + size >= all.length) return { items };
  return { items, nextToken: Buffer.from(JSON.stringify([list, start + size])).toString("base64") };
}

function readToken(token: string, list: string): number {
  try {
    const [from, start] = JSON.parse(Buffer.from(token, "base64").toString()) as readonly unknown[];
    if (from === list && typeof start === "number" && Number.isInteger(start) && start >= 0) return start;
  } catch {
    // Falls through to the refusal.
  }
  throw namedError("InvalidToken", "Invalid token");
}
