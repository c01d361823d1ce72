import type { ByteReader } from "./byte-reader.js";
import { PickleError } from "./etl-errors.js";
import { describeOpcode, OP, OPERAND_SIZES, textLength } from "./pickle-opcodes.js";
import { isKind, type PickleGlobal, type PickleValue } from "./pickle-values.js";

/** What {@link PickleReader.next} comes upon. @internal */
export type PickleStep =
  | {
      /** A long byte string begins: the caller takes its bytes off the reader before it goes on. */
      readonly type: "bytes";
      /** Its length. */
      readonly length: number;
      /** What stands on the stack so far, outermost frame first. */
      readonly frames: readonly (readonly PickleValue[])[];
    }
  | {
      /** The pickle is over. */
      readonly type: "end";
      /** The value that it holds. */
      readonly value: PickleValue;
    };

/** Byte strings from this length on are handed to the caller instead of being kept. */
const LONG_BYTES = 3072;
const MAX_NAME_BYTES = 256;
const EMPTY = Buffer.alloc(0);
const MAX_MEMO = 1_000_000;
const MAX_DEPTH = 64;
const MAX_ITEMS = 2_000_000;

/** The only Python objects that a CIFAR pickle names; old and new numpy name the first one differently. */
const ALLOWED_GLOBALS = new Map([
  ["numpy.core.multiarray _reconstruct", "reconstruct"],
  ["numpy._core.multiarray _reconstruct", "reconstruct"],
  ["numpy ndarray", "ndarray"],
  ["numpy dtype", "dtype"],
]);

/**
 * Reads a pickle of protocol 2 to 4 that holds plain data and numpy arrays. It knows an allow-list of opcodes and of
 * three numpy objects and refuses everything else; nothing is ever looked up or executed.
 * @internal
 */
export class PickleReader {
  readonly #reader: ByteReader;
  readonly #where: { readonly source: string; readonly member: string };
  readonly #frames: PickleValue[][] = [[]];
  readonly #memo: PickleValue[] = [];
  #items = 0;

  /**
   * @param reader - Where the bytes come from.
   * @param where - What to call them in messages.
   */
  constructor(reader: ByteReader, where: { readonly source: string; readonly member: string }) {
    this.#reader = reader;
    this.#where = where;
  }

  /** Reads on until a long byte string begins or the pickle ends. */
  async next(): Promise<PickleStep> {
    for (;;) {
      let opcode = this.#reader.tryTakeByte();
      if (opcode < 0) opcode = (await this.#take(1)).readUInt8(0);
      const operandSize = OPERAND_SIZES[opcode];
      if (operandSize === undefined) throw this.#unsafe(describeOpcode(opcode));
      const operand =
        operandSize === 0 ? EMPTY : (this.#reader.tryTake(operandSize) ?? (await this.#take(operandSize)));
      if (opcode === OP.stop) return { type: "end", value: this.#pop() };
      if (opcode === OP.global) {
        this.#push(this.#findGlobal(`${await this.#takeLine()} ${await this.#takeLine()}`));
        continue;
      }
      const length = textLength(opcode, operand);
      if (length === undefined) {
        this.#execute(opcode, operand);
        continue;
      }
      const isText = opcode === OP.binunicode || opcode === OP.shortBinunicode;
      if (length >= LONG_BYTES && !isText) return { type: "bytes", length, frames: this.#frames };
      if (length < 0 || length >= LONG_BYTES) throw this.invalid(`a text of ${length} bytes`);
      const bytes = this.#reader.tryTake(length) ?? (await this.#take(length));
      this.#push(isText ? bytes.toString("utf8") : bytes.toString("latin1"));
    }
  }

  /** Puts what stands for a long byte string on the stack, after its bytes were taken. */
  resume(): void {
    this.#push(undefined);
  }

  /** Makes the error for content that does not fit, at the present place. */
  invalid(reason: string): PickleError {
    const { source, member } = this.#where;
    const offset = this.#reader.offset;
    return new PickleError({
      code: "PICKLE_INVALID",
      message: `"${member}" of ${source} is not a CIFAR pickle: ${reason} near byte ${offset}. Use the genuine cifar-100-python.tar.gz.`,
      details: { source, member, offset, reason },
    });
  }

  #unsafe(what: string): PickleError {
    const { source, member } = this.#where;
    const offset = this.#reader.offset;
    return new PickleError({
      code: "PICKLE_UNSAFE",
      message: `"${member}" of ${source} asks for ${what} near byte ${offset}, which CIFAR data never needs. Nothing was executed; do not use this archive.`,
      details: { source, member, offset, what },
    });
  }

  #execute(opcode: number, operand: Buffer): void {
    switch (opcode) {
      case OP.proto: {
        const version = operand.readUInt8(0);
        if (version < 2 || version > 4) throw this.#unsafe(`pickle protocol ${version}`);
        return;
      }
      case OP.frame:
        return;
      case OP.mark:
        if (this.#frames.length >= MAX_DEPTH) throw this.invalid(`more than ${MAX_DEPTH} levels`);
        this.#frames.push([]);
        return;
      case OP.none:
        this.#push(null);
        return;
      case OP.newtrue:
        this.#push(true);
        return;
      case OP.newfalse:
        this.#push(false);
        return;
      case OP.binint:
        this.#push(operand.readInt32LE(0));
        return;
      case OP.binint1:
        this.#push(operand.readUInt8(0));
        return;
      case OP.binint2:
        this.#push(operand.readUInt16LE(0));
        return;
      case OP.emptyList:
        this.#push([]);
        return;
      case OP.emptyDict:
        this.#push(new Map());
        return;
      case OP.emptyTuple:
        this.#push({ kind: "tuple", items: [] });
        return;
      case OP.tuple:
        this.#push({ kind: "tuple", items: this.#popFrame() });
        return;
      case OP.tuple1:
      case OP.tuple2:
      case OP.tuple3: {
        const size = opcode - OP.tuple1 + 1;
        const items = Array.from({ length: size }, () => this.#pop()).reverse();
        this.#push({ kind: "tuple", items });
        return;
      }
      case OP.append: {
        const item = this.#pop();
        this.#extend([item]);
        return;
      }
      case OP.appends:
        this.#extend(this.#popFrame());
        return;
      case OP.setitem: {
        const value = this.#pop();
        this.#setItems([this.#pop(), value]);
        return;
      }
      case OP.setitems:
        this.#setItems(this.#popFrame());
        return;
      case OP.binput:
        this.#memorise(operand.readUInt8(0));
        return;
      case OP.longBinput:
        this.#memorise(operand.readUInt32LE(0));
        return;
      case OP.memoize:
        this.#memorise(this.#memo.length);
        return;
      case OP.binget:
        this.#push(this.#recall(operand.readUInt8(0)));
        return;
      case OP.longBinget:
        this.#push(this.#recall(operand.readUInt32LE(0)));
        return;
      case OP.stackGlobal: {
        const name = this.#pop();
        this.#push(this.#findGlobal(`${this.#pop()} ${name}`));
        return;
      }
      case OP.reduce:
        this.#reduce();
        return;
      case OP.build: {
        const state = this.#pop();
        const target = this.#top();
        if (!isKind(target, "object")) throw this.invalid("a BUILD without an object");
        target.state = state;
        return;
      }
      default:
        throw this.#unsafe(describeOpcode(opcode));
    }
  }

  #reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!isKind(callable, "global") || !isKind(args, "tuple")) throw this.invalid("a REDUCE without a callable");
    if (callable.name === "ndarray") throw this.#unsafe("a call of numpy.ndarray");
    this.#push({ kind: "object", callable: callable.name, args: args.items, state: undefined });
  }

  #findGlobal(name: string): PickleGlobal {
    const known = ALLOWED_GLOBALS.get(name);
    if (known === undefined) throw this.#unsafe(`the Python object "${name.slice(0, 200).replace(" ", ".")}"`);
    return { kind: "global", name: known };
  }

  #push(value: PickleValue): void {
    if (++this.#items > MAX_ITEMS) throw this.invalid(`more than ${MAX_ITEMS} values`);
    this.#frames.at(-1)?.push(value);
  }

  #pop(): PickleValue {
    const frame = this.#frames.at(-1);
    if (frame === undefined || frame.length === 0) throw this.invalid("an empty stack");
    return frame.pop();
  }

  #top(): PickleValue {
    const frame = this.#frames.at(-1);
    if (frame === undefined || frame.length === 0) throw this.invalid("an empty stack");
    return frame.at(-1);
  }

  #popFrame(): PickleValue[] {
    const frame = this.#frames.length > 1 ? this.#frames.pop() : undefined;
    if (frame === undefined) throw this.invalid("an opcode without its MARK");
    return frame;
  }

  #extend(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw this.invalid("an APPEND without a list");
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly PickleValue[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw this.invalid("a SETITEM without a dictionary");
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      if (typeof key !== "string") throw this.invalid("a dictionary key that is not text");
      map.set(key, items[index + 1]);
    }
  }

  #memorise(index: number): void {
    if (index >= MAX_MEMO) throw this.invalid(`a memo of more than ${MAX_MEMO} entries`);
    this.#memo[index] = this.#top();
  }

  #recall(index: number): PickleValue {
    if (!(index in this.#memo)) throw this.invalid(`a memo entry ${index} that was never stored`);
    return this.#memo[index];
  }

  async #take(length: number): Promise<Buffer> {
    const bytes = await this.#reader.take(length);
    if (bytes === undefined) throw this.invalid("it ends early");
    return bytes;
  }

  async #takeLine(): Promise<string> {
    let line = "";
    while (line.length <= MAX_NAME_BYTES) {
      const letter = (await this.#take(1)).toString("latin1");
      if (letter === "\n") return line;
      line += letter;
    }
    throw this.invalid("a name without an end");
  }
}
