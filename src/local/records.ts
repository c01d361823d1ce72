import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { encodeFileName } from "./s3/file-names.js";

/** What a service of the local AWS remembers of one kind, such as its training jobs. @internal */
export interface RecordCollection {
  /** Everything that was saved and not removed, in the order of the first save. */
  load(): readonly unknown[];
  /**
   * Remembers a value under a name, in place of an older one. When it returns, the value outlives the process.
   *
   * @param name - Any text.
   * @param value - Plain JSON.
   */
  save(name: string, value: unknown): void;
  /** Forgets the value of a name. */
  remove(name: string): void;
}

/** Where the services of the local AWS keep what has to outlive the process, apart from objects in S3. @internal */
export type Records = (kind: string) => RecordCollection;

const FileSchema = z.strictObject({ name: z.string(), order: z.number(), value: z.unknown() });

/**
 * Makes records that are kept nowhere: a service's own memory is enough.
 *
 * @returns The records.
 * @internal
 */
export function createMemoryRecords(): Records {
  return () => ({ load: () => [], save: () => {}, remove: () => {} });
}

/**
 * Opens records in a folder, one file each. A file is written under another name first, so that an end at any moment
 * leaves the old value or the new one. Writes are synchronous: they are small, and an answer must not leave before them.
 *
 * @param directory - The folder; made when it is not there. One process at a time may use it.
 * @returns The records.
 * @throws The file system's own errors.
 * @internal
 */
export function createDirectoryRecords(directory: string): Records {
  const root = join(directory, "records");
  const temporary = join(directory, "temporary");
  mkdirSync(temporary, { recursive: true });
  return (kind) => openCollection(join(root, encodeFileName(kind)), temporary);
}

function openCollection(folder: string, temporary: string): RecordCollection {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder).map((file) => readRecord(join(folder, file)));
  files.sort((one, other) => one.order - other.order);
  const orders = new Map(files.map(({ name, order }) => [name, order]));
  let next = (files.at(-1)?.order ?? 0) + 1;
  const pathOf = (name: string) => join(folder, encodeFileName(name));
  return {
    load: () => files.splice(0).map(({ value }) => value),
    save(name, value) {
      const order = orders.get(name) ?? next++;
      orders.set(name, order);
      const unfinished = join(temporary, randomUUID());
      writeFileSync(unfinished, JSON.stringify({ name, order, value }));
      renameSync(unfinished, pathOf(name));
    },
    remove(name) {
      if (orders.delete(name)) rmSync(pathOf(name), { force: true });
    },
  };
}

function readRecord(path: string): z.output<typeof FileSchema> {
  try {
    return FileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Error(`${path} is not a record of the local AWS; move it away, or use another directory.`, { cause });
  }
}
