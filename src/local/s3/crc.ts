/** A running cyclic redundancy check. @internal */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** Big-endian bytes of the value so far. */
  digest(): Buffer;
}

/** Castagnoli polynomial (RFC 3720), bits reversed. @internal */
export const CRC32C_POLYNOMIAL = 0x82f63b78;
/** The polynomial of NVM Express, bits reversed. @internal */
export const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const LANES = 8;

/**
 * Makes a CRC32C.
 *
 * @returns A check over nothing yet.
 * @internal
 */
export function createCrc32c(): Crc {
  const table = crc32cTable();
  let crc = -1;
  return {
    update(bytes) {
      const end = bytes.length - (bytes.length % LANES);
      let i = 0;
      for (; i < end; i += LANES) {
        crc ^= at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
        crc =
          at(table, 1792 + (crc & 255)) ^
          at(table, 1536 + ((crc >>> 8) & 255)) ^
          at(table, 1280 + ((crc >>> 16) & 255)) ^
          at(table, 1024 + (crc >>> 24)) ^
          at(table, 768 + at(bytes, i + 4)) ^
          at(table, 512 + at(bytes, i + 5)) ^
          at(table, 256 + at(bytes, i + 6)) ^
          at(table, at(bytes, i + 7));
      }
      for (; i < bytes.length; i++) crc = at(table, (crc ^ at(bytes, i)) & 255) ^ (crc >>> 8);
    },
    digest() {
      const value = Buffer.alloc(4);
      value.writeUInt32BE(~crc >>> 0);
      return value;
    },
  };
}

/**
 * Makes a CRC64NVME. The 64 bits are held as two halves, because BigInt is a hundred times slower.
 *
 * @returns A check over nothing yet.
 * @internal
 */
export function createCrc64Nvme(): Crc {
  const { low, high } = crc64Tables();
  let lo = -1;
  let hi = -1;
  return {
    update(bytes) {
      const end = bytes.length - (bytes.length % LANES);
      let i = 0;
      for (; i < end; i += LANES) {
        const a = lo ^ (at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24));
        const b =
          hi ^ (at(bytes, i + 4) | (at(bytes, i + 5) << 8) | (at(bytes, i + 6) << 16) | (at(bytes, i + 7) << 24));
        const i7 = 1792 + (a & 255);
        const i6 = 1536 + ((a >>> 8) & 255);
        const i5 = 1280 + ((a >>> 16) & 255);
        const i4 = 1024 + (a >>> 24);
        const i3 = 768 + (b & 255);
        const i2 = 512 + ((b >>> 8) & 255);
        const i1 = 256 + ((b >>> 16) & 255);
        const i0 = b >>> 24;
        lo =
          at(low, i7) ^ at(low, i6) ^ at(low, i5) ^ at(low, i4) ^ at(low, i3) ^ at(low, i2) ^ at(low, i1) ^ at(low, i0);
        hi =
          at(high, i7) ^
          at(high, i6) ^
          at(high, i5) ^
          at(high, i4) ^
          at(high, i3) ^
          at(high, i2) ^
          at(high, i1) ^
          at(high, i0);
      }
      for (; i < bytes.length; i++) {
        const index = (lo ^ at(bytes, i)) & 255;
        lo = ((lo >>> 8) | (hi << 24)) ^ at(low, index);
        hi = (hi >>> 8) ^ at(high, index);
      }
    },
    digest() {
      const value = Buffer.alloc(8);
      value.writeUInt32BE(~hi >>> 0, 0);
      value.writeUInt32BE(~lo >>> 0, 4);
      return value;
    },
  };
}

/**
 * Computes the check of two pieces joined from the checks of the pieces, without their bytes: the first check is moved on by
 * multiplying it with x to the power of the second piece's bits, modulo the polynomial.
 *
 * @param polynomial - The polynomial, bits reversed.
 * @param width - Its number of bits.
 * @param first - Check of the first piece.
 * @param second - Check of the second piece.
 * @param secondLength - Bytes of the second piece.
 * @returns Check of the whole.
 * @internal
 */
export function combineCrc(
  polynomial: bigint,
  width: bigint,
  first: bigint,
  second: bigint,
  secondLength: number,
): bigint {
  const one = 1n << (width - 1n);
  const multiply = (a: bigint, b: bigint): bigint => {
    let product = 0n;
    let shifted = b;
    for (let bit = one; bit > 0n; bit >>= 1n) {
      if ((a & bit) !== 0n) product ^= shifted;
      shifted = (shifted & 1n) === 0n ? shifted >> 1n : (shifted >> 1n) ^ polynomial;
    }
    return product;
  };
  let power = one;
  let square = one >> 1n;
  for (let bits = BigInt(secondLength) * 8n; bits > 0n; bits >>= 1n) {
    if ((bits & 1n) === 1n) power = multiply(power, square);
    square = multiply(square, square);
  }
  return multiply(first, power) ^ second;
}

/** Typed arrays are read within their bounds only; this says so to the compiler without a cost at run time. */
function at(array: Uint8Array | Int32Array, index: number): number {
  return array[index] as number;
}

let castagnoli: Int32Array | undefined;

function crc32cTable(): Int32Array {
  if (castagnoli !== undefined) return castagnoli;
  const table = new Int32Array(256 * LANES);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
    table[i] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const previous = at(table, i - 256);
    table[i] = (previous >>> 8) ^ at(table, previous & 255);
  }
  castagnoli = table;
  return table;
}

let nvme: { readonly low: Int32Array; readonly high: Int32Array } | undefined;

function crc64Tables(): { readonly low: Int32Array; readonly high: Int32Array } {
  if (nvme !== undefined) return nvme;
  const low = new Int32Array(256 * LANES);
  const high = new Int32Array(256 * LANES);
  for (let i = 0; i < 256; i++) {
    let crc = BigInt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ CRC64NVME_POLYNOMIAL : crc >> 1n;
    low[i] = Number(BigInt.asIntN(32, crc));
    high[i] = Number(BigInt.asIntN(32, crc >> 32n));
  }
  for (let i = 256; i < low.length; i++) {
    const lo = at(low, i - 256);
    const hi = at(high, i - 256);
    low[i] = ((lo >>> 8) | (hi << 24)) ^ at(low, lo & 255);
    high[i] = (hi >>> 8) ^ at(high, lo & 255);
  }
  nvme = { low, high };
  return nvme;
}
