const GENERATION = 10_000;

/** Remembers at least the last 10,000 ids that it was given, and never more than twice as many. @internal */
export class RecentIds {
  #young = new Set<string>();
  #old: ReadonlySet<string> = new Set();

  /**
   * Adds an id.
   *
   * @param id - The id.
   * @returns Whether it was new.
   */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
    return true;
  }
}
