import type * as z from "zod";

/**
 * Things by name, such as the training jobs. Where the local AWS has a directory they outlive the process: when `set` or
 * `delete` returns, the change is kept, and when it throws, nothing has changed. What a value holds inside may change
 * without being kept; `set` it again.
 *
 * @internal
 */
export interface Collection<Value> extends Iterable<[string, Value]> {
  /** How many there are. */
  readonly size: number;
  /** The value of a name. */
  get(name: string): Value | undefined;
  /** Whether there is a value of this name. */
  has(name: string): boolean;
  /** Gives a name a value, in place of an older one. */
  set(name: string, value: Value): unknown;
  /** Forgets the value of a name. */
  delete(name: string): unknown;
  /** The names, in the order in which they were first set. */
  keys(): Iterable<string>;
  /** The values, in the same order. */
  values(): Iterable<Value>;
}

/**
 * Opens the collection of a kind, such as `training-jobs`; once for each kind. The schema reads a value from JSON and
 * writes it: members that it does not name are not kept.
 *
 * @internal
 */
export type Records = <Value>(kind: string, schema: z.ZodType<Value>) => Collection<Value>;

/**
 * Makes collections that live in memory alone.
 *
 * @returns The records.
 * @internal
 */
export function createMemoryRecords(): Records {
  return <Value>() => new Map<string, Value>();
}
