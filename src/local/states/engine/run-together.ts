import { onStop, type StopSignal, WorkStop } from "../../stop-signal.js";
import { StateFailure } from "../state-failure.js";
import type { Branch } from "./branch.js";

/** Ends lines of states that run beside one that failed. */
class SiblingFailed extends Error {
  override get name(): string {
    return "SiblingFailed";
  }
}

/** Several lines of states that run beside each other. @internal */
export interface Lines {
  readonly count: number;
  /** How many run at once. */
  readonly limit: number;
  /** Makes a line, by its number; the stop ends it. */
  readonly fork: (index: number, stop: StopSignal) => Branch;
  /** Runs a line to its end and returns the id of its last event. */
  readonly run: (line: Branch, index: number) => Promise<number>;
  /** Notes in the history that a line failed or was given up, after the event with which one of them failed. */
  readonly note?: (what: "Failed" | "Aborted", index: number, cause: number) => void;
}

/**
 * Runs several lines of states beside each other. The first that fails ends the others, and the state with them.
 *
 * @param branch - The line that waits for them; it goes on after the last event of theirs, or after the failure.
 * @param lines - See {@link Lines}.
 * @throws What the first line failed with, or the reason why the waiting line was stopped.
 * @internal
 */
export async function runTogether(branch: Branch, lines: Lines): Promise<void> {
  const stop = new WorkStop();
  const stopListening = onStop(branch.stop, (reason) => stop.abort(reason));
  const running = new Map<number, Branch>();
  const startedId = branch.lastEventId;
  let next = 0;
  let cause: number | undefined;
  const work = async () => {
    let lastId = startedId;
    while (next < lines.count && !stop.aborted) {
      const index = next++;
      const line = lines.fork(index, stop);
      // A line that waited for another one follows it.
      line.lastEventId = lastId;
      running.set(index, line);
      try {
        branch.lastEventId = Math.max(branch.lastEventId, await lines.run(line, index));
      } catch (error) {
        if (stop.aborted) throw error;
        // Before anything else runs, so that no sibling adds an event to the history any more.
        cause = line.lastEventId;
        try {
          if (error instanceof StateFailure && !error.isTerminal) noteEnds(lines, running, index);
        } finally {
          stop.abort(new SiblingFailed());
        }
        throw error;
      }
      running.delete(index);
      lastId = line.lastEventId;
    }
  };
  try {
    await firstFailure(Array.from({ length: Math.min(lines.limit, lines.count) }, work));
  } catch (error) {
    if (cause !== undefined) branch.lastEventId = cause;
    throw branch.stop.aborted ? branch.stop.reason : error;
  } finally {
    stopListening();
  }
}

/** Notes the line that failed, then those that end with it; all of it follows the failure. */
function noteEnds(lines: Lines, running: ReadonlyMap<number, Branch>, failed: number): void {
  const cause = running.get(failed)?.lastEventId ?? 0;
  lines.note?.("Failed", failed, cause);
  running.get(failed)?.abortState(cause);
  for (const [index, line] of running) {
    if (index === failed) continue;
    lines.note?.("Aborted", index, cause);
    line.abortState(cause);
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
