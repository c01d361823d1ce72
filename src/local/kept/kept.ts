import { join } from "node:path";
import type * as z from "zod";
import { Journal, type LineSink } from "./journal.js";
import { createDirectoryRecords } from "./record-directory.js";
import { createMemoryRecords, type Records } from "./records.js";

/** What outlives the process, apart from the objects of S3. @internal */
export interface Kept {
  /** Things by name. */
  readonly records: Records;
  /**
   * Opens a journal; once for each name.
   *
   * @param name - Its name.
   * @param schema - What a line has to be.
   * @param onLine - Receives every line that is there.
   * @returns The journal; `undefined` where nothing is kept, so that nobody makes lines for nothing.
   */
  openJournal<Line>(
    name: string,
    schema: z.ZodType<Line>,
    onLine: (line: Line) => void,
  ): Promise<LineSink<Line> | undefined>;
  /** Closes the files. */
  close(): void;
}

/** Where things are kept. @internal */
export interface KeptOptions {
  /** The folder of the local AWS; without one nothing is kept. */
  readonly directory: string | undefined;
  /** Resources belong to a region ... */
  readonly region: string;
  /** ... of an account. */
  readonly accountId: string;
}

/**
 * Opens what outlives the process.
 *
 * @param options - See {@link KeptOptions}.
 * @returns It.
 * @throws The file system's own errors.
 * @internal
 */
export function openKept({ directory, region, accountId }: KeptOptions): Kept {
  if (directory === undefined) {
    return { records: createMemoryRecords(), openJournal: async () => undefined, close() {} };
  }
  const folder = join(directory, "resources", accountId, region);
  const journals: { close(): void }[] = [];
  return {
    records: createDirectoryRecords({ directory: folder, temporary: join(directory, "temporary") }),
    async openJournal(name, schema, onLine) {
      const journal = await Journal.open(join(folder, `${name}.jsonl`), schema, onLine);
      journals.push(journal);
      return journal;
    },
    close() {
      for (const journal of journals.splice(0)) journal.close();
    },
  };
}
