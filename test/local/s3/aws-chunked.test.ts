import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAwsChunked } from "../../../src/local/s3/aws-chunked.js";
import { S3Error } from "../../../src/local/s3/s3-error.js";

interface Encoding {
  readonly chunks: readonly Uint8Array[];
  readonly trailers?: Readonly<Record<string, string>>;
  readonly signed?: boolean;
}

function encode({ chunks, trailers = {}, signed = false }: Encoding): Buffer {
  const signature = signed ? `;chunk-signature=${"ab".repeat(32)}` : "";
  const framed = chunks
    .filter((chunk) => chunk.length > 0)
    .flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`), chunk, Buffer.from("\r\n")]);
  const end = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...framed, Buffer.from(`0${signature}\r\n${end.join("")}\r\n`)]);
}

/** Cuts bytes at the given places. */
async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const sorted = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])];
  sorted.sort((a, b) => a - b);
  for (const [index, start] of sorted.slice(0, -1).entries()) yield bytes.subarray(start, sorted[index + 1]);
}

async function decode(source: AsyncIterable<Uint8Array>) {
  const trailers = new Map<string, string>();
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeAwsChunked(source, trailers)) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), trailers };
}

const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 });
const places = fc.array(fc.nat(400), { maxLength: 40 });

describe("decodeAwsChunked", () => {
  it("gives the same bytes and trailers however the body is split", async () => {
    await fc.assert(
      fc.asyncProperty(chunks, places, fc.boolean(), async (parts, cuts, signed) => {
        const trailers = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer-signature": "00ff" };
        const decoded = await decode(cut(encode({ chunks: parts, trailers, signed }), cuts));
        expect(decoded.bytes.equals(Buffer.concat(parts))).toBe(true);
        expect(Object.fromEntries(decoded.trailers)).toEqual(trailers);
      }),
    );
  });

  it("refuses a body that ends early, wherever it ends", async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(), async (parts, place) => {
        const whole = encode({ chunks: parts, trailers: { a: "b" } });
        const short = whole.subarray(0, place % whole.length);
        // There it looks like a body without trailers; whoever announced one is found out by its absence.
        fc.pre(short.length !== whole.length - "a:b\r\n\r\n".length);
        await expect(decode(cut(short, []))).rejects.toBeInstanceOf(S3Error);
      }),
    );
  });

  it("gives an error or the same bytes when one byte of the framing is changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.nat(255),
        async (part, at, byte) => {
          const damaged = encode({ chunks: [part], trailers: { a: "b" } });
          const header = damaged.indexOf("\r\n") + 2;
          const place = at % header;
          damaged[place] = byte;
          const outcome = await decode(cut(damaged, [])).catch((error: unknown) => error);
          if (!(outcome instanceof S3Error)) expect(outcome).toMatchObject({ bytes: Buffer.from(part) });
        },
      ),
    );
  });

  it("never fails other than with an answer for the client", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        const outcome = await decode(cut(noise, [])).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(S3Error);
      }),
    );
  });

  it("takes the end without an empty line that some clients send", async () => {
    const decoded = await decode(cut(Buffer.from("3\r\nabc\r\n0\r\n"), []));
    expect(decoded.bytes.toString()).toBe("abc");
  });

  it.each([
    ["a size that is not one", "x\r\nabc\r\n0\r\n\r\n"],
    ["a chunk longer than it says", "2\r\nabc\r\n0\r\n\r\n"],
    ["bare line feeds", "3\nabc\n0\n\n"],
    ["bytes after the end", "0\r\n\r\nmore"],
    ["a trailer without a name", "0\r\n:value\r\n\r\n"],
    ["an endless line", "1".repeat(5000)],
    ["a chunk of more than a terabyte", "fffffffffff\r\n"],
  ])("refuses %s", async (_what, body) => {
    await expect(decode(cut(Buffer.from(body), []))).rejects.toMatchObject({ status: 400 });
  });
});
