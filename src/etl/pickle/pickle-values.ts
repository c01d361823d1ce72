/** A Python object of which only the name is known: it is never looked up or run. @internal */
export interface PickleGlobal {
  readonly kind: "global";
  readonly name: string;
}

/** What `REDUCE` made of a known Python object, with the state that `BUILD` gave it. @internal */
export interface PickleObject {
  readonly kind: "object";
  readonly callable: string;
  readonly args: readonly PickleValue[];
  state: PickleValue;
}

/** A tuple; lists are arrays. @internal */
export interface PickleTuple {
  readonly kind: "tuple";
  readonly items: readonly PickleValue[];
}

/** A value that a pickle of plain data holds. Byte strings are read as latin-1 text. @internal */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<string, PickleValue>
  | PickleGlobal
  | PickleObject
  | PickleTuple
  | undefined;

/**
 * Tells the kinds of values apart.
 *
 * @param value - A value.
 * @param kind - The kind to look for.
 * @returns Whether it is of that kind.
 * @internal
 */
export function isKind<Kind extends "global" | "object" | "tuple">(
  value: PickleValue,
  kind: Kind,
): value is Extract<PickleValue, { readonly kind: Kind }> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}
