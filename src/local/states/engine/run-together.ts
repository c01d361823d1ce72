import { setMaxListeners } from "node:events";
import { StateFailure } from "../state-failure.js";
import type { Branch } from "./branch.js";

/** Ends lines of states that run beside one that failed. */
class SiblingFailed extends Error {
  override get name(): string {
    return "SiblingFailed";
  }
}

/**
 * Runs several lines of states beside each other. The first that fails ends the others, and the state with them.
 *
 * @param branch - The line that waits for them.
 * @param options - `name`: type of the state; `count`: how many lines; `limit`: how many at once; `abortOthers`: notes
 * that one failed, before the others end.
 * @param runLine - Runs one line, by its number; the signal ends it.
 * @throws What the first line failed with, or the signal's reason of the waiting line.
 * @internal
 */
export async function runTogether(
  branch: Branch,
  options: {
    readonly name: "Map" | "Parallel";
    readonly count: number;
    readonly limit: number;
    readonly abortOthers?: () => void;
  },
  runLine: (index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  // Every line listens to it, which is no leak: Node.js would warn of more than ten.
  setMaxListeners(0, controller.signal);
  const stop = () => controller.abort(branch.signal.reason);
  branch.signal.addEventListener("abort", stop, { once: true });
  let next = 0;
  const work = async () => {
    while (next < options.count && !controller.signal.aborted) await runLine(next++, controller.signal);
  };
  const workers = Array.from({ length: Math.min(options.limit, options.count) }, async () => {
    try {
      await work();
    } catch (error) {
      // Before anything else runs, so that no sibling adds an event to the history any more.
      if (!controller.signal.aborted) {
        try {
          if (error instanceof StateFailure && !error.isTerminal) options.abortOthers?.();
        } finally {
          controller.abort(new SiblingFailed());
        }
      }
      throw error;
    }
  });
  try {
    await firstFailure(workers);
  } catch (error) {
    if (error instanceof StateFailure && !branch.signal.aborted) branch.failState(options.name, error);
    throw branch.signal.aborted ? branch.signal.reason : error;
  } finally {
    branch.signal.removeEventListener("abort", stop);
  }
}

/** Waits for all to end, and rejects with the error that came first, not with that of a sibling which it ended. */
async function firstFailure(workers: readonly Promise<void>[]): Promise<void> {
  let failed = false;
  let first: unknown;
  await Promise.all(
    workers.map((worker) =>
      worker.catch((error: unknown) => {
        if (failed) return;
        failed = true;
        first = error;
      }),
    ),
  );
  if (failed) throw first;
}
