/** Most entries, and most UTF-16 units of them, that are kept. */
const MAX_ENTRIES = 10_000;
const MAX_LENGTH = 67_108_864;

/** Keeps what was published, in place of subscribers. @internal */
export class Inbox<Entry extends { readonly message: string } | { readonly detail: string }> {
  readonly #entries: Entry[] = [];
  #length = 0;

  /** Keeps an entry; the oldest ones make room for it. */
  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#length += lengthOf(entry);
    while (this.#entries.length > MAX_ENTRIES || (this.#length > MAX_LENGTH && this.#entries.length > 1)) {
      const oldest = this.#entries.shift();
      this.#length -= oldest === undefined ? 0 : lengthOf(oldest);
    }
  }

  /** The entries, oldest first. */
  list(filter: (entry: Entry) => boolean = () => true): readonly Entry[] {
    return this.#entries.filter(filter);
  }
}

function lengthOf(entry: { readonly message: string } | { readonly detail: string }): number {
  return "message" in entry ? entry.message.length : entry.detail.length;
}
