import { sleep } from "../../core/abort.js";
import { isTransientError } from "./transient-error.js";

/** How {@link tolerateErrors} bears errors. @internal */
export interface TolerateOptions {
  /** Milliseconds after the first error; they double with each further one. */
  readonly backoffMs: number;
  /** Ends the pause. */
  readonly signal: AbortSignal;
  /** Is told each error that is borne. */
  readonly onError: (error: Error, attempt: number) => void;
}

/** So many errors in a row are no passing fault any more. @internal */
const MAX_ERRORS_IN_A_ROW = 8;
const MAX_BACKOFF_MS = 30_000;

/**
 * Makes a question that bears passing errors: such a one counts as no answer yet, with a growing pause after it. The
 * ninth in a row, and every error that will not pass, is thrown as it is.
 *
 * @param ask - The question.
 * @param options - See {@link TolerateOptions}.
 * @returns The question, which answers `undefined` after an error that was borne.
 * @internal
 */
export function tolerateErrors<T>(ask: () => Promise<T>, options: TolerateOptions): () => Promise<T | undefined> {
  let errors = 0;
  return async () => {
    try {
      const answer = await ask();
      errors = 0;
      return answer;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isTransientError(error) || errors >= MAX_ERRORS_IN_A_ROW) throw error;
      errors++;
      options.onError(error as Error, errors);
      await sleep(Math.min(MAX_BACKOFF_MS, options.backoffMs * 2 ** (errors - 1)), options.signal);
      return undefined;
    }
  };
}
