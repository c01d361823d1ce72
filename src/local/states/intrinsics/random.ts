/**
 * A number that depends on a seed alone (one round of SplitMix32).
 *
 * @param seed - The seed.
 * @returns From 0 (included) to 1 (excluded).
 * @internal
 */
export function seededRandom(seed: number): number {
  let bits = (Math.trunc(seed) + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return ((bits ^ (bits >>> 15)) >>> 0) / 4_294_967_296;
}
