const MAX_IDS = 100_000;

/** Remembers the last ids that it was given, and never more than a fixed number. @internal */
export class RecentIds {
  readonly #ids = new Set<string>();

  /**
   * Adds an id.
   *
   * @param id - The id.
   * @returns Whether it was new.
   */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > MAX_IDS) {
      // A set keeps the order of insertion: the first one is the oldest.
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    return true;
  }
}
