import { createContext, Script } from "node:vm";

/** Longest time of one search; an expression makes as many as it has matches, which JSONata's own limit counts. */
const TIMEOUT_MS = 500;
/** In so short a text no pattern takes long, and it is faster without a limit. */
const SHORT = 16;

/**
 * A regular expression whose search ends after some time: a pattern such as `(a+)+$` would else hold the process for
 * hours, because nothing else can stop it.
 * @internal
 */
export class BoundedRegExp {
  /** Where the next search begins. */
  lastIndex = 0;
  readonly #expression: RegExp;

  /** @param expression - The expression. */
  constructor(expression: RegExp) {
    this.#expression = expression;
  }

  /**
   * Searches a text.
   *
   * @param text - The text.
   * @returns The match, or `null`.
   * @throws Error when the search takes too long.
   */
  exec(text: string): RegExpExecArray | null {
    this.#expression.lastIndex = this.lastIndex;
    const match = text.length <= SHORT ? this.#expression.exec(text) : search(this.#expression, text);
    this.lastIndex = this.#expression.lastIndex;
    return match;
  }
}

/** Made at the first search, because making one takes a millisecond. */
let sandbox: { readonly script: Script; readonly data: { expression: RegExp | undefined; text: string } } | undefined;

function openSandbox() {
  const data: { expression: RegExp | undefined; text: string } = { expression: undefined, text: "" };
  createContext(data);
  return { script: new Script("expression.exec(text)"), data };
}

/** The only thing that stops a search is V8's limit for scripts, so that a script of one line makes it. */
function search(expression: RegExp, text: string): RegExpExecArray | null {
  sandbox ??= openSandbox();
  const { script, data } = sandbox;
  Object.assign(data, { expression, text });
  try {
    return script.runInContext(data, { timeout: TIMEOUT_MS }) as RegExpExecArray | null;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new Error(`The regular expression took more than ${TIMEOUT_MS} milliseconds.`);
  }
}
