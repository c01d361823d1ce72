const GENERATION = 10_000;
/** Places of a table: a power of two, of which a full generation takes a third. */
const PLACES = 1 << 15;

/** Ids by their hash. A set of strings does the same, at four times the cost for each id that is seen only once. */
class IdTable {
  /** Number of an id in the list, from 1; 0 where there is none. */
  readonly #places = new Int16Array(PLACES);
  readonly #ids: string[] = [];

  get size(): number {
    return this.#ids.length;
  }

  has(id: string, hash: number): boolean {
    return this.#places[this.#find(id, hash)] !== 0;
  }

  add(id: string, hash: number): void {
    this.#ids.push(id);
    this.#places[this.#find(id, hash)] = this.#ids.length;
  }

  clear(): void {
    this.#places.fill(0);
    this.#ids.length = 0;
  }

  /** The place of an id, or the free one where it would be. */
  #find(id: string, hash: number): number {
    let at = hash & (PLACES - 1);
    for (;;) {
      const number = this.#places[at] ?? 0;
      if (number === 0 || this.#ids[number - 1] === id) return at;
      at = (at + 1) & (PLACES - 1);
    }
  }
}

/** Remembers at least the last 10,000 ids that it was given, and never more than twice as many. @internal */
export class RecentIds {
  /** Another one each time, so that nobody can choose ids that meet in one place. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #young = new IdTable();
  #old = new IdTable();

  /**
   * Adds an id.
   *
   * @param id - The id.
   * @returns Whether it was new.
   */
  add(id: string): boolean {
    const hash = this.#hash(id);
    if (this.#young.has(id, hash) || this.#old.has(id, hash)) return false;
    if (this.#young.size >= GENERATION) {
      [this.#young, this.#old] = [this.#old, this.#young];
      this.#young.clear();
    }
    this.#young.add(id, hash);
    return true;
  }

  /** FNV-1a with a seed, its high bits mixed into the low ones, which choose the place. */
  #hash(id: string): number {
    let hash = 0x811c9dc5 ^ this.#seed;
    for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
    return hash ^ (hash >>> 15);
  }
}
