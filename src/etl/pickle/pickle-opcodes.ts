/** The opcodes that a pickle of plain data and numpy arrays needs. Source: CPython, Lib/pickletools.py. @internal */
export const OP = {
  mark: 0x28,
  stop: 0x2e,
  binbytes: 0x42,
  shortBinbytes: 0x43,
  binint: 0x4a,
  binint1: 0x4b,
  binint2: 0x4d,
  none: 0x4e,
  reduce: 0x52,
  binstring: 0x54,
  shortBinstring: 0x55,
  binunicode: 0x58,
  emptyList: 0x5d,
  append: 0x61,
  build: 0x62,
  global: 0x63,
  appends: 0x65,
  binget: 0x68,
  longBinget: 0x6a,
  binput: 0x71,
  longBinput: 0x72,
  setitem: 0x73,
  tuple: 0x74,
  setitems: 0x75,
  emptyDict: 0x7d,
  emptyTuple: 0x29,
  proto: 0x80,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newtrue: 0x88,
  newfalse: 0x89,
  long1: 0x8a,
  shortBinunicode: 0x8c,
  binbytes8: 0x8e,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const;

/** Bytes of the fixed operand of each allowed opcode; an opcode without an entry is refused. @internal */
export const OPERAND_SIZES: Readonly<Record<number, number>> = {
  ...Object.fromEntries(Object.values(OP).map((opcode) => [opcode, 0])),
  [OP.binbytes]: 4,
  [OP.shortBinbytes]: 1,
  [OP.binint]: 4,
  [OP.binint1]: 1,
  [OP.binint2]: 2,
  [OP.binstring]: 4,
  [OP.shortBinstring]: 1,
  [OP.binunicode]: 4,
  [OP.binget]: 1,
  [OP.longBinget]: 4,
  [OP.binput]: 1,
  [OP.longBinput]: 4,
  [OP.proto]: 1,
  [OP.long1]: 1,
  [OP.shortBinunicode]: 1,
  [OP.binbytes8]: 8,
  [OP.frame]: 8,
};

/**
 * Length of the text or byte string that follows an opcode.
 *
 * @param opcode - The opcode.
 * @param operand - Its operand.
 * @returns Bytes that follow, or `undefined` when the opcode has none. Negative when the operand is damaged.
 * @internal
 */
export function textLength(opcode: number, operand: number): number | undefined {
  switch (opcode) {
    case OP.shortBinstring:
    case OP.shortBinbytes:
    case OP.shortBinunicode:
    case OP.long1:
    case OP.binbytes:
    case OP.binunicode:
    case OP.binbytes8:
      return operand;
    case OP.binstring:
      return toSigned(operand);
    default:
      return undefined;
  }
}

/**
 * Reads an operand of four bytes as a signed number.
 *
 * @param operand - The operand.
 * @returns The number.
 * @internal
 */
export function toSigned(operand: number): number {
  return operand | 0;
}

/**
 * Names an opcode for a message.
 *
 * @param opcode - The opcode.
 * @returns Its code, and its letter where it has one.
 * @internal
 */
export function describeOpcode(opcode: number): string {
  const letter = opcode > 0x20 && opcode < 0x7f ? ` ("${String.fromCharCode(opcode)}")` : "";
  return `the pickle opcode 0x${opcode.toString(16).padStart(2, "0")}${letter}`;
}
