import type { PickleValue } from "./pickle-values.js";

const MAX_DEPTH = 64;
const MAX_MEMO = 1_000_000;

/** The stack and the memo of a pickle that is being read, both of bounded size. @internal */
export class PickleStack {
  readonly #fail: (reason: string) => Error;
  readonly #frames: PickleValue[][] = [[]];
  /** The last of the frames. */
  #frame: PickleValue[] = this.#frames[0] ?? [];
  readonly #memo: PickleValue[] = [];

  /** @param fail - Makes the error for a pickle that does not hold together. */
  constructor(fail: (reason: string) => Error) {
    this.#fail = fail;
  }

  /** What stands on the stack, cut at the marks, outermost first. */
  get frames(): readonly (readonly PickleValue[])[] {
    return this.#frames;
  }

  /** Sets a mark. */
  pushFrame(): void {
    if (this.#frames.length >= MAX_DEPTH) throw this.#fail(`more than ${MAX_DEPTH} levels`);
    this.#frame = [];
    this.#frames.push(this.#frame);
  }

  /** Puts a value on top. */
  push(value: PickleValue): void {
    this.#frame.push(value);
  }

  /** Takes the top value off. */
  pop(): PickleValue {
    if (this.#frame.length === 0) throw this.#fail("an empty stack");
    return this.#frame.pop();
  }

  /** The top value, which stays. */
  top(): PickleValue {
    if (this.#frame.length === 0) throw this.#fail("an empty stack");
    return this.#frame[this.#frame.length - 1];
  }

  /** Takes off what stands above the last mark, and the mark. */
  popFrame(): PickleValue[] {
    const [frame, below] = [this.#frame, this.#frames.at(-2)];
    if (below === undefined) throw this.#fail("an opcode without its MARK");
    this.#frames.pop();
    this.#frame = below;
    return frame;
  }

  /** Adds items to the list on top. */
  extend(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.#fail("an APPEND without a list");
    for (const item of items) list.push(item);
  }

  /** Adds pairs to the dictionary on top. */
  setItems(items: readonly PickleValue[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw this.#fail("a SETITEM without a dictionary");
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      if (typeof key !== "string") throw this.#fail("a dictionary key that is not text");
      map.set(key, items[index + 1]);
    }
  }

  /** Remembers the top value, under the next free number where none is given. */
  memorise(index = this.#memo.length): void {
    if (index >= MAX_MEMO) throw this.#fail(`a memo of more than ${MAX_MEMO} entries`);
    this.#memo[index] = this.top();
  }

  /** A remembered value. */
  recall(index: number): PickleValue {
    if (!(index in this.#memo)) throw this.#fail(`a memo entry ${index} that was never stored`);
    return this.#memo[index];
  }
}
