/** Most entries, and most UTF-16 units of them, that are kept. */
const MAX_ENTRIES = 10_000;
const MAX_LENGTH = 67_108_864;

/** Keeps what was published, in place of subscribers. @internal */
export class Inbox<Entry> {
  readonly #entries: Entry[] = [];
  readonly #sizeOf: (entry: Entry) => number;
  #length = 0;

  /** @param sizeOf - Length of an entry's text. */
  constructor(sizeOf: (entry: Entry) => number) {
    this.#sizeOf = sizeOf;
  }

  /** Keeps an entry; the oldest ones make room for it. */
  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#length += this.#sizeOf(entry);
    while (this.#entries.length > MAX_ENTRIES || (this.#length > MAX_LENGTH && this.#entries.length > 1)) {
      const oldest = this.#entries.shift();
      this.#length -= oldest === undefined ? 0 : this.#sizeOf(oldest);
    }
  }

  /** The entries, oldest first. */
  list(filter: (entry: Entry) => boolean = () => true): readonly Entry[] {
    return this.#entries.filter(filter);
  }
}
