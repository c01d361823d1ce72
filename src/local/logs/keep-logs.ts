import * as z from "zod";
import type { Kept } from "../kept/kept.js";
import type { LocalLogEvent } from "../sagemaker/environment.js";
import type { LogStore } from "./log-store.js";

const LogLineSchema = z.object({ group: z.string(), stream: z.string(), time: z.number(), message: z.string() });

/** What jobs and endpoints write is kept. What functions print may be without end. */
const KEPT_GROUPS = "/aws/sagemaker/";

/**
 * Reads the log that an earlier process kept, and keeps what is written from now on.
 *
 * @param kept - What outlives the process.
 * @param store - Receives every line.
 * @returns Writes a line.
 * @throws {@link LocalDirectoryError} `LOCAL_DIRECTORY_DAMAGED` when the log is damaged.
 * @internal
 */
export async function keepLogs(
  kept: Pick<Kept, "openJournal">,
  store: LogStore,
): Promise<(event: LocalLogEvent) => void> {
  const journal = await kept.openJournal("logs", LogLineSchema, ({ group, stream, time, message }) => {
    store.append({ logGroup: group, logStream: stream, timestamp: new Date(time), message });
  });
  return (event) => {
    store.append(event);
    const { logGroup: group, logStream: stream, timestamp, message } = event;
    if (journal === undefined || !group.startsWith(KEPT_GROUPS)) return;
    try {
      journal.append({ group, stream, time: timestamp.getTime(), message });
    } catch {
      // A job must not fail because a line of its log is lost: where the disk is full, its results will tell.
    }
  };
}
