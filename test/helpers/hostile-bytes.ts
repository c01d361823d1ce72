import * as fc from "fast-check";

/** How many cases a property test runs; the environment variable `SCONES_CASES` raises it. */
export function countCases(usual: number): number {
  return Number(process.env["SCONES_CASES"] ?? usual);
}

/** One way to spoil a file; places are shares of its length, so that a counterexample reads the same for any file. */
export type Damage =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "leave out"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number }
  | { readonly kind: "splice"; readonly at: number; readonly other: number; readonly from: number }
  | { readonly kind: "append"; readonly bytes: Uint8Array };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.oneof(fc.nat(8), fc.constantFrom(512, 1024, 3072, 3073, 4000));
/** Bytes that mean something in one format or the other are likelier than by chance. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    Uint8Array.of(0),
    Uint8Array.of(255, 255, 255, 255),
    Uint8Array.of(0x2e),
    Buffer.from("../../x"),
    Buffer.from("0777777777777"),
    Uint8Array.of(0x1f, 0x8b, 8, 0),
    new Uint8Array(1024),
  ),
);

/** Any way to spoil a file, also with a piece of another one. */
export const damageOf: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: share }),
  fc.record({ kind: fc.constant("write" as const), at: share, bytes }),
  fc.record({ kind: fc.constant("insert" as const), at: share, bytes }),
  fc.record({ kind: fc.constant("leave out" as const), at: share, length }),
  fc.record({ kind: fc.constant("repeat" as const), at: share, length }),
  fc.record({ kind: fc.constant("splice" as const), at: share, other: fc.nat(), from: share }),
  fc.record({ kind: fc.constant("append" as const), bytes }),
);

/**
 * Spoils a file.
 *
 * @param file - Its bytes, which stay as they are.
 * @param damages - What happens to it, in this order.
 * @param others - Files whose ends are spliced on.
 * @returns The spoilt bytes.
 */
export function spoil(file: Uint8Array, damages: readonly Damage[], others: readonly Uint8Array[]): Buffer {
  return damages.reduce<Buffer>((whole, damage) => spoilOnce(whole, damage, others), Buffer.from(file));
}

function spoilOnce(whole: Buffer, damage: Damage, others: readonly Uint8Array[]): Buffer {
  if (damage.kind === "append") return Buffer.concat([whole, damage.bytes]);
  const at = Math.floor(damage.at * whole.length);
  const [head, tail] = [whole.subarray(0, at), whole.subarray(at)];
  switch (damage.kind) {
    case "cut":
      return Buffer.from(head);
    case "write":
      return Buffer.concat([head, damage.bytes, tail.subarray(damage.bytes.length)]);
    case "insert":
      return Buffer.concat([head, damage.bytes, tail]);
    case "leave out":
      return Buffer.concat([head, tail.subarray(damage.length)]);
    case "repeat":
      return Buffer.concat([head, tail.subarray(0, damage.length), tail]);
    case "splice": {
      const other = others[damage.other % others.length] ?? whole;
      return Buffer.concat([head, other.subarray(Math.floor(damage.from * other.length))]);
    }
  }
}
