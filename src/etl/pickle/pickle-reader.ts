import { setImmediate } from "node:timers/promises";
import type { ByteReader } from "../archive/byte-reader.js";
import { PickleError } from "../etl-errors.js";
import { describeOpcode, OP, OPERAND_SIZES, textLength, toSigned } from "./pickle-opcodes.js";
import { PickleStack } from "./pickle-stack.js";
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
/** The genuine train batch takes 350,000. */
const MAX_OPCODES = 4_000_000;
/** After so many opcodes the event loop gets its turn; without it nothing is unpacked while the labels are read. */
const PAUSE_OPCODES = 4096;
/** The names of the genuine train batch take 1.4 MB. */
const MAX_TEXT_BYTES = 32_000_000;

/** The only Python objects that a CIFAR pickle names; old and new numpy name the first one differently. */
const ALLOWED_GLOBALS = new Map([
  ["numpy.core.multiarray _reconstruct", "reconstruct"],
  ["numpy._core.multiarray _reconstruct", "reconstruct"],
  ["numpy ndarray", "ndarray"],
  ["numpy dtype", "dtype"],
]);

/** What to do about pickles that are harmless and yet refused. */
const RESAVE = "If it is your own, save it again with pickle protocol 4.";

/**
 * Reads a pickle of protocol 2 to 4 that holds plain data and numpy arrays. It knows an allow-list of opcodes and of
 * three numpy objects and refuses everything else; nothing is ever looked up or executed. That includes
 * `_codecs.encode`, with which Python 3 writes bytes in protocol 2: the pixels would come as UTF-8 text, half as long
 * again, and protocols 3 and 4 hold the same data as plain bytes.
 * @internal
 */
export class PickleReader {
  readonly #reader: ByteReader;
  readonly #where: { readonly source: string; readonly member: string };
  readonly #stack = new PickleStack((reason) => this.invalid(reason));
  #opcodes = 0;
  #textBytes = 0;

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
      if (++this.#opcodes > MAX_OPCODES) throw this.invalid(`more than ${MAX_OPCODES} opcodes`);
      if (this.#opcodes % PAUSE_OPCODES === 0) await setImmediate();
      let opcode = this.#reader.tryTakeByte();
      if (opcode < 0) opcode = await this.#takeNumber(1);
      const operandSize = OPERAND_SIZES[opcode];
      if (operandSize === undefined) throw this.#unsafe(describeOpcode(opcode));
      let operand = operandSize === 0 ? 0 : this.#reader.tryTakeNumber(operandSize);
      if (operand < 0) operand = await this.#takeNumber(operandSize);
      if (opcode === OP.stop) return { type: "end", value: this.#stack.pop() };
      if (opcode === OP.global) {
        this.#stack.push(this.#findGlobal(`${await this.#takeLine()} ${await this.#takeLine()}`));
        continue;
      }
      const length = textLength(opcode, operand);
      if (length === undefined) {
        this.#execute(opcode, operand);
        continue;
      }
      const isText = opcode === OP.binunicode || opcode === OP.shortBinunicode;
      if (length >= LONG_BYTES && !isText) return { type: "bytes", length, frames: this.#stack.frames };
      if (length < 0 || length >= LONG_BYTES) throw this.invalid(`a text of ${length} bytes`);
      this.#textBytes += length;
      if (this.#textBytes > MAX_TEXT_BYTES) throw this.invalid(`more than ${MAX_TEXT_BYTES} bytes of text`);
      if (opcode === OP.long1) {
        if (length > 6) throw this.invalid(`a whole number of ${length} bytes`);
        this.#stack.push(length === 0 ? 0 : (await this.#take(length)).readIntLE(0, length));
        continue;
      }
      const encoding = isText ? "utf8" : "latin1";
      this.#stack.push(this.#reader.tryTakeText(length, encoding) ?? (await this.#take(length)).toString(encoding));
    }
  }

  /** Puts what stands for a long byte string on the stack, after its bytes were taken. */
  resume(): void {
    this.#stack.push(undefined);
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

  #unsafe(what: string, remedy = "Do not use this archive."): PickleError {
    const { source, member } = this.#where;
    const offset = this.#reader.offset;
    return new PickleError({
      code: "PICKLE_UNSAFE",
      message: `"${member}" of ${source} asks for ${what} near byte ${offset}, which CIFAR data never needs. Nothing was executed. ${remedy}`,
      details: { source, member, offset, what },
    });
  }

  #execute(opcode: number, operand: number): void {
    switch (opcode) {
      case OP.proto: {
        if (operand < 2 || operand > 4) throw this.#unsafe(`the pickle protocol ${operand}`, RESAVE);
        return;
      }
      case OP.frame:
        return;
      case OP.mark:
        this.#stack.pushFrame();
        return;
      case OP.none:
        this.#stack.push(null);
        return;
      case OP.newtrue:
        this.#stack.push(true);
        return;
      case OP.newfalse:
        this.#stack.push(false);
        return;
      case OP.binint:
        this.#stack.push(toSigned(operand));
        return;
      case OP.binint1:
      case OP.binint2:
        this.#stack.push(operand);
        return;
      case OP.emptyList:
        this.#stack.push([]);
        return;
      case OP.emptyDict:
        this.#stack.push(new Map());
        return;
      case OP.emptyTuple:
        this.#stack.push({ kind: "tuple", items: [] });
        return;
      case OP.tuple:
        this.#stack.push({ kind: "tuple", items: this.#stack.popFrame() });
        return;
      case OP.tuple1:
      case OP.tuple2:
      case OP.tuple3: {
        const size = opcode - OP.tuple1 + 1;
        const items = Array.from({ length: size }, () => this.#stack.pop()).reverse();
        this.#stack.push({ kind: "tuple", items });
        return;
      }
      case OP.append: {
        const item = this.#stack.pop();
        this.#stack.extend([item]);
        return;
      }
      case OP.appends:
        this.#stack.extend(this.#stack.popFrame());
        return;
      case OP.setitem: {
        const value = this.#stack.pop();
        this.#stack.setItems([this.#stack.pop(), value]);
        return;
      }
      case OP.setitems:
        this.#stack.setItems(this.#stack.popFrame());
        return;
      case OP.binput:
      case OP.longBinput:
        this.#stack.memorise(operand);
        return;
      case OP.memoize:
        this.#stack.memorise();
        return;
      case OP.binget:
      case OP.longBinget:
        this.#stack.push(this.#stack.recall(operand));
        return;
      case OP.stackGlobal: {
        const name = this.#stack.pop();
        const module = this.#stack.pop();
        if (typeof name !== "string" || typeof module !== "string") throw this.invalid("a name that is not text");
        this.#stack.push(this.#findGlobal(`${module} ${name}`));
        return;
      }
      case OP.reduce:
        this.#reduce();
        return;
      case OP.build: {
        const state = this.#stack.pop();
        const target = this.#stack.top();
        if (!isKind(target, "object")) throw this.invalid("a BUILD without an object");
        target.state = state;
        return;
      }
      default:
        throw this.#unsafe(describeOpcode(opcode));
    }
  }

  #reduce(): void {
    const args = this.#stack.pop();
    const callable = this.#stack.pop();
    if (!isKind(callable, "global") || !isKind(args, "tuple")) throw this.invalid("a REDUCE without a callable");
    if (callable.name === "ndarray") throw this.#unsafe("a call of numpy.ndarray");
    this.#stack.push({ kind: "object", callable: callable.name, args: args.items, state: undefined });
  }

  #findGlobal(name: string): PickleGlobal {
    const known = ALLOWED_GLOBALS.get(name);
    if (known === undefined) {
      const what = `the Python object "${name.slice(0, 200).replace(" ", ".")}"`;
      throw name === "_codecs encode" ? this.#unsafe(what, RESAVE) : this.#unsafe(what);
    }
    return { kind: "global", name: known };
  }

  async #take(length: number): Promise<Buffer> {
    const bytes = await this.#reader.take(length);
    if (bytes === undefined) throw this.invalid("it ends early");
    return bytes;
  }

  async #takeNumber(length: number): Promise<number> {
    if (!(await this.#reader.fill(length))) throw this.invalid("it ends early");
    return this.#reader.tryTakeNumber(length);
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
