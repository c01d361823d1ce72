/**
 * Hands values from many producers to one consumer, none of them ahead of it: a producer waits until its value is taken.
 *
 * @internal
 */
export class Handover<T> implements AsyncIterable<T> {
  readonly #offers: { readonly value: T; readonly taken: () => void }[] = [];
  #wake: () => void = () => {};
  #end: { readonly error?: unknown } | undefined;

  /** Offers a value, and waits until it is taken or nobody takes any more. */
  async offer(value: T): Promise<void> {
    if (this.#end !== undefined) return;
    await new Promise<void>((taken) => {
      this.#offers.push({ value, taken });
      this.#wake();
    });
  }

  /** Ends it: what was offered before is still taken. */
  end(failure: { readonly error?: unknown } = {}): void {
    this.#end ??= failure;
    this.#wake();
  }

  /** Ends it and drops what was offered. */
  drop(): void {
    this.end();
    for (const { taken } of this.#offers.splice(0)) taken();
  }

  /** The values in the order in which they were offered; then the failure it was ended with, if there is one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const offer = this.#offers.shift();
      if (offer !== undefined) {
        offer.taken();
        yield offer.value;
      } else if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }
}
