/** Takes bytes off a stream of chunks without joining them. @internal */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #current: Buffer = Buffer.alloc(0);
  #position = 0;
  #consumed = 0;

  /** @param chunks - The stream; it is closed by whoever opened it. */
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#consumed + this.#position;
  }

  /** Bytes that are at hand without waiting. */
  get atHand(): number {
    return this.#current.length - this.#position;
  }

  /**
   * The next bytes, where they are at hand; a view that is valid until the next call.
   *
   * @param length - How many bytes.
   * @returns The bytes, or `undefined` when {@link ByteReader.fill} is needed first.
   */
  tryTake(length: number): Buffer | undefined {
    const end = this.#position + length;
    if (end > this.#current.length) return undefined;
    const view = this.#current.subarray(this.#position, end);
    this.#position = end;
    return view;
  }

  /** The next byte, or -1 when {@link ByteReader.fill} is needed first. */
  tryTakeByte(): number {
    if (this.#position >= this.#current.length) return -1;
    return this.#current[this.#position++] ?? -1;
  }

  /**
   * The next bytes as a whole number, the lowest byte first, or -1 when {@link ByteReader.fill} is needed first. Makes no
   * view, which would take longer than all else for the small operands that a pickle is made of.
   *
   * @param length - How many bytes.
   */
  tryTakeNumber(length: number): number {
    if (this.#position + length > this.#current.length) return -1;
    let value = 0;
    for (let index = length - 1; index >= 0; index--)
      value = value * 256 + (this.#current[this.#position + index] ?? 0);
    this.#position += length;
    return value;
  }

  /**
   * The next bytes as text, or `undefined` when {@link ByteReader.fill} is needed first.
   *
   * @param length - How many bytes.
   * @param encoding - How they are written.
   */
  tryTakeText(length: number, encoding: "latin1" | "utf8"): string | undefined {
    const end = this.#position + length;
    if (end > this.#current.length) return undefined;
    const text = this.#current.toString(encoding, this.#position, end);
    this.#position = end;
    return text;
  }

  /**
   * Brings more bytes to hand.
   *
   * @param length - How many are needed.
   * @returns Whether there are that many.
   */
  async fill(length: number): Promise<boolean> {
    const parts = [this.#current.subarray(this.#position)];
    let available = parts[0]?.length ?? 0;
    while (available < length) {
      const next = await this.#chunks.next();
      if (next.done) break;
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      available += next.value.byteLength;
    }
    this.#consumed += this.#position;
    this.#position = 0;
    this.#current = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    return available >= length;
  }

  /**
   * The next bytes.
   *
   * @param length - How many bytes.
   * @returns The bytes, valid until the next call, or `undefined` when the stream ends before.
   */
  async take(length: number): Promise<Buffer | undefined> {
    return this.tryTake(length) ?? ((await this.fill(length)) ? this.tryTake(length) : undefined);
  }

  /**
   * The next bytes, copied into memory of their own of just that size.
   *
   * @param length - How many bytes.
   * @returns The bytes, or `undefined` when the stream ends before.
   */
  async takeCopy(length: number): Promise<Buffer | undefined> {
    // Pages that nothing is written to are never used, so a false length costs nothing.
    const copy = Buffer.allocUnsafeSlow(length);
    for (let filled = 0; filled < length; ) {
      const step = Math.min(length - filled, Math.max(1, this.#current.length - this.#position));
      const bytes = await this.take(step);
      if (bytes === undefined) return undefined;
      filled += bytes.copy(copy, filled);
    }
    return copy;
  }

  /**
   * Leaves bytes out without keeping them.
   *
   * @param length - How many bytes.
   * @returns Whether there were that many.
   */
  async skip(length: number): Promise<boolean> {
    let left = length;
    for (;;) {
      const step = Math.min(left, this.#current.length - this.#position);
      this.#position += step;
      left -= step;
      if (left === 0) return true;
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#consumed += this.#current.length;
      this.#position = 0;
      this.#current = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  }
}
