/**
 * Makes what calls a caller's callback: one that throws ends the wait with its error, wherever it was called from.
 *
 * @param onProgress - The callback.
 * @param abort - Ends the wait.
 * @returns Tells an event.
 * @internal
 */
export function createEmitter<Event>(
  onProgress: ((event: Event) => void) | undefined,
  abort: (reason: unknown) => void,
): (event: Event) => void {
  return (event) => {
    try {
      onProgress?.(event);
    } catch (error) {
      abort(error);
      throw error;
    }
  };
}
