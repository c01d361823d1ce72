import { closeSync, createReadStream, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type * as z from "zod";
import { damagedFile } from "../local-directory-error.js";

/** What takes lines that are to outlive the process. @internal */
export interface LineSink<Line> {
  /** Adds a line. When it returns, the line is kept; when it throws, nothing of it is there. */
  append(line: Line): void;
}

const READ_BYTES = 1024 * 1024;

/**
 * A file of JSON lines that only ever grows, for what is written often: a line costs one write. A line that an end of the
 * process cut off was never acknowledged, and goes when the file is opened again.
 *
 * @internal
 */
export class Journal<Line> implements LineSink<Line> {
  readonly #descriptor: number;
  #size: number;

  private constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.#size = size;
  }

  /**
   * Opens a journal and reads what is there.
   *
   * @param path - The file; made when it is not there. One process at a time may use it.
   * @param schema - What a line has to be.
   * @param onLine - Receives every line, in order.
   * @returns The journal.
   * @throws {@link LocalDirectoryError} `LOCAL_DIRECTORY_DAMAGED` when a line is none of its own.
   */
  static async open<Line>(path: string, schema: z.ZodType<Line>, onLine: (line: Line) => void): Promise<Journal<Line>> {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "a+");
    try {
      const size = await readLines(path, (text, number) => {
        try {
          onLine(schema.parse(JSON.parse(text)));
        } catch (cause) {
          throw damagedFile(path, `a journal (line ${number} cannot be read)`, cause);
        }
      });
      ftruncateSync(descriptor, size);
      return new Journal<Line>(descriptor, size);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  append(line: Line): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Reads whole lines, and tells how many bytes they are. */
async function readLines(path: string, onLine: (text: string, number: number) => void): Promise<number> {
  let size = 0;
  let number = 0;
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...begun, chunk.subarray(start, end)]);
      begun = [];
      start = end + 1;
      size += line.length + 1;
      onLine(line.toString(), ++number);
    }
    begun.push(chunk.subarray(start));
  }
  return size;
}
