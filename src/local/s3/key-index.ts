import type { ListOptions } from "./object-store.js";

/** One page of names. @internal */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  readonly next?: string;
}

/** The keys of one bucket in UTF-8 byte order; sorting waits until somebody lists. @internal */
export class KeyIndex {
  #sorted: string[] = [];
  #pending = new Set<string>();

  /** Adds a key that is not in the index yet. */
  add(key: string): void {
    this.#pending.add(key);
  }

  /** Removes a key that is in the index. */
  delete(key: string): void {
    if (this.#pending.delete(key)) return;
    const position = this.#firstWhere((other) => compareUtf8(other, key) >= 0);
    if (this.#sorted[position] === key) this.#sorted.splice(position, 1);
  }

  /** Lists a page as S3 does, keys and common prefixes counted together. */
  list({ prefix = "", delimiter = "", startAfter = "", limit = 1000 }: ListOptions): KeyPage {
    this.#sortPending();
    const keys: string[] = [];
    const commonPrefixes: string[] = [];
    let position = this.#firstWhere((key) => compareUtf8(key, prefix) >= 0);
    if (startAfter !== "") position = Math.max(position, this.#positionAfter(startAfter, prefix, delimiter));
    let last: string | undefined;
    for (let count = 0; ; count++) {
      const key = this.#sorted[position];
      if (key === undefined || !key.startsWith(prefix)) return { keys, commonPrefixes };
      if (count >= limit) return last === undefined ? { keys, commonPrefixes } : { keys, commonPrefixes, next: last };
      const common = commonPrefixOf(key, prefix, delimiter);
      last = common ?? key;
      if (common === undefined) {
        keys.push(key);
        position++;
      } else {
        commonPrefixes.push(common);
        position = this.#positionBehind(common);
      }
    }
  }

  #positionAfter(startAfter: string, prefix: string, delimiter: string): number {
    if (startAfter.startsWith(prefix) && commonPrefixOf(startAfter, prefix, delimiter) === startAfter) {
      return this.#positionBehind(startAfter);
    }
    return this.#firstWhere((key) => compareUtf8(key, startAfter) > 0);
  }

  #positionBehind(prefix: string): number {
    return this.#firstWhere((key) => compareUtf8(key, prefix) > 0 && !key.startsWith(prefix));
  }

  /** Binary search: the condition is false up to some position and true from there on. */
  #firstWhere(condition: (key: string) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (condition(this.#sorted[middle] ?? "")) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #sortPending(): void {
    if (this.#pending.size === 0) return;
    if (this.#pending.size > 64) {
      this.#sorted = [...this.#sorted, ...this.#pending].sort(compareUtf8);
    } else {
      for (const key of this.#pending) {
        this.#sorted.splice(
          this.#firstWhere((other) => compareUtf8(other, key) > 0),
          0,
          key,
        );
      }
    }
    this.#pending.clear();
  }
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/**
 * Compares text by its UTF-8 bytes, which differs from JavaScript's own order beside surrogates.
 *
 * @param a - One text.
 * @param b - The other.
 * @returns Negative, zero or positive, as `Array.prototype.sort` wants it.
 * @internal
 */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Puts surrogates, which stand for code points above U+FFFF, behind every other code unit. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
