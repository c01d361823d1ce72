import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { damagedFile } from "../local-directory-error.js";
import { encodeFileName } from "../s3/file-names.js";
import type { Collection, Records } from "./records.js";

/** Where records lie. @internal */
export interface RecordDirectoryOptions {
  /** The folder; made when it is not there. One process at a time may use it. */
  readonly directory: string;
  /** Folder for files that are being written, on the same file system. */
  readonly temporary: string;
}

/**
 * Opens records in a folder, one file each. A file is written under another name first, so that an end at any moment
 * leaves the old value or the new one. Writes are synchronous: they are small, and an answer must not leave before them.
 *
 * @param options - See {@link RecordDirectoryOptions}.
 * @returns The records; opening a collection throws {@link LocalDirectoryError} when a file is none of its own.
 * @throws The file system's own errors.
 * @internal
 */
export function createDirectoryRecords({ directory, temporary }: RecordDirectoryOptions): Records {
  mkdirSync(temporary, { recursive: true });
  return (kind, schema) => new RecordFolder(join(directory, kind), temporary, schema);
}

interface StoredRecord<Value> {
  readonly name: string;
  readonly order: number;
  readonly value: Value;
}

/** The values of one kind. They are all in memory, too, so that reading costs nothing. */
class RecordFolder<Value> implements Collection<Value> {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #schema: z.ZodType<StoredRecord<Value>>;
  readonly #values = new Map<string, Value>();
  readonly #orders = new Map<string, number>();
  #next = 0;

  constructor(folder: string, temporary: string, schema: z.ZodType<Value>) {
    this.#folder = folder;
    this.#temporary = temporary;
    this.#schema = z.strictObject({ name: z.string(), order: z.int().nonnegative(), value: schema });
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder).filter((file) => /^[hk]=/.test(file));
    const records = names.map((file) => this.#read(file)).sort((one, other) => one.order - other.order);
    for (const { name, order, value } of records) {
      this.#values.set(name, value);
      this.#orders.set(name, order);
      this.#next = order + 1;
    }
  }

  get size(): number {
    return this.#values.size;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: Value): void {
    const order = this.#orders.get(name) ?? this.#next;
    const text = JSON.stringify(z.encode(this.#schema, { name, order, value }));
    const unfinished = join(this.#temporary, randomUUID());
    try {
      writeFileSync(unfinished, text);
      renameSync(unfinished, this.#pathOf(name));
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
    this.#values.set(name, value);
    this.#orders.set(name, order);
    this.#next = Math.max(this.#next, order + 1);
  }

  delete(name: string): void {
    if (!this.#values.has(name)) return;
    rmSync(this.#pathOf(name), { force: true });
    this.#values.delete(name);
    this.#orders.delete(name);
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }

  [Symbol.iterator](): Iterator<[string, Value]> {
    return this.#values[Symbol.iterator]();
  }

  #pathOf(name: string): string {
    return join(this.#folder, encodeFileName(name));
  }

  #read(file: string): StoredRecord<Value> {
    const path = join(this.#folder, file);
    try {
      const record = this.#schema.parse(JSON.parse(readFileSync(path, "utf8")));
      if (encodeFileName(record.name) !== file) throw new Error(`It is the record of "${record.name}".`);
      return record;
    } catch (cause) {
      throw damagedFile(path, "a record", cause);
    }
  }
}
