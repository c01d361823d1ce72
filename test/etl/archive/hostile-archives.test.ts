import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { archiveOf, membersOf, tarOf } from "../../helpers/archive.js";
import { countCases } from "../../helpers/hostile-bytes.js";

const CASES = countCases(300);

async function read(source: Uint8Array): Promise<CifarImage[]> {
  const images: CifarImage[] = [];
  for await (const image of new CifarExtractor({ source }).images()) images.push(image);
  return images;
}

/** The header of a member as a hostile program may write it; a test states only what is strange. */
interface Header {
  readonly name?: string;
  /** Text of the size field, or its bytes. */
  readonly size?: string | Buffer;
  readonly type?: string;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
  readonly hasWrongChecksum?: boolean;
}

function memberOf(content: Uint8Array, header: Header = {}): Buffer {
  const { name = "train", type = "0", link = "", prefix = "", magic = "ustar\x0000" } = header;
  const size = header.size ?? content.length.toString(8).padStart(11, "0");
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, "latin1");
  block.write("0000644\x000000000\x000000000\0", 100, "latin1");
  block.set(Buffer.from(size).subarray(0, 12), 124);
  block.write("00000000000", 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write(type, 156, 1, "latin1");
  block.write(link, 157, 100, "latin1");
  block.write(magic, 257, "latin1");
  block.write(prefix, 345, 155, "latin1");
  const sum = block.reduce((total, byte) => total + byte, header.hasWrongChecksum ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([block, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** One record of an extended header. */
function paxOf(key: string, value: string): Buffer {
  const length = (digits: number) => digits + key.length + value.length + 3;
  const digits = String(length(String(length(1)).length)).length;
  return Buffer.from(`${length(digits)} ${key}=${value}\n`);
}

const END = Buffer.alloc(1024);
const { train = END, test = END, meta = END } = membersOf();
const rest = Buffer.concat([memberOf(test, { name: "test" }), memberOf(meta, { name: "meta" }), END]);
const withTrain = (...parts: readonly Buffer[]) => Buffer.concat([...parts, rest]);
const base256 = (first: number) => Buffer.concat([Buffer.of(first), Buffer.alloc(11, first === 0x80 ? 1 : 0)]);

describe("a tar header", () => {
  it.each([
    ["climbs", [memberOf(train, { name: "../../../train" })]],
    ["is absolute", [memberOf(train, { name: "/etc/train" })]],
    ["has a climbing prefix", [memberOf(train, { prefix: "../.." })]],
    [
      "is replaced by an extended header",
      [memberOf(paxOf("path", "../../x/train"), { type: "x" }), memberOf(train, { name: "ignored" })],
    ],
    [
      "is replaced by a long name",
      [memberOf(Buffer.from("/a/train\0"), { type: "L" }), memberOf(train, { name: "a" })],
    ],
  ])("that %s gives the member's last name and no path", async (_, parts) => {
    expect(await read(withTrain(...parts))).toEqual(await read(await archiveOf()));
  });

  it.each([
    ["is a hard link", [memberOf(END.subarray(1024), { type: "1", link: "/etc/passwd" })], /no member "train"/],
    ["is a symbolic link", [memberOf(Buffer.alloc(0), { type: "2", link: "../../test" })], /no member "train"/],
    ["is a device", [memberOf(Buffer.alloc(0), { type: "3" })], /no member "train"/],
    ["is a folder with content", [memberOf(train, { type: "5" })], /damaged|no member|neither/],
    ["has a wrong checksum", [memberOf(train, { hasWrongChecksum: true })], /neither a .tar.gz nor a .tar/],
    ["has a wrong magic", [memberOf(train, { magic: "cpio" })], /neither a .tar.gz nor a .tar/],
    ["has a size in words", [memberOf(train, { size: "many" })], /neither|damaged|no size/],
    ["has a negative size", [memberOf(train, { size: base256(0xff) })], /neither|damaged|no size/],
    ["has a size of an unknown kind", [memberOf(train, { size: base256(0x81) })], /"train" has no size/],
    [
      "is not wanted and has a size of an unknown kind",
      [memberOf(train, { name: "other", size: base256(0xfe) })],
      /"other" has no size/,
    ],
    [
      "has a size that is no number in an extended header",
      [memberOf(paxOf("size", "many"), { type: "x" }), memberOf(train)],
      /neither|damaged|no size/,
    ],
    [
      "has an extended header of gigabytes",
      [memberOf(train, { type: "x", size: "77777777777" })],
      /neither a .tar.gz nor a .tar/,
    ],
  ])("that %s is refused", async (_, parts, message) => {
    await expect(read(withTrain(...parts))).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["eight gigabytes", "77777777777"],
    ["2^88 bytes", base256(0x80)],
  ])("that claims %s costs no memory", async (_, size) => {
    const before = process.memoryUsage().arrayBuffers;
    const failure: unknown = await read(withTrain(memberOf(train, { size }))).catch((error: unknown) => error);
    // What stands behind the pickle is left out, so the archive ends within the member.
    expect(isSconesError(failure, "ARCHIVE_TRUNCATED") || isSconesError(failure, "ARCHIVE_INVALID")).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
  });

  it(`of any content gives images or a coded error (${CASES} cases)`, async () => {
    const octal = fc.nat(20_000).map((size) => size.toString(8).padStart(11, "0"));
    const size = fc.oneof(
      fc.constant(undefined),
      fc.constant(undefined),
      octal,
      fc.constantFrom("77777777777", "", "-1", "many"),
      fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(base256(0x80), base256(0x81), base256(0xff)),
    );
    const header = fc.record({
      name: fc.constantFrom("train", "test", "meta", "../train", "/", "", "a/", "..", "train/", "\xff"),
      type: fc.constantFrom("0", "0", "0", "1", "2", "5", "7", "x", "g", "L", "K", "S", "\0", "?"),
      link: fc.constantFrom("", "/etc/passwd"),
      prefix: fc.constantFrom("", "..", "/"),
      size,
    });
    const content = fc.oneof(
      fc.constantFrom(train, test, meta, Buffer.alloc(0), paxOf("path", "a/../train"), paxOf("size", "-5")),
      fc.constantFrom(paxOf("size", "1e9"), paxOf("__proto__", "x"), Buffer.from("99999 a=b\n"), Buffer.alloc(700, 57)),
    );
    const codes = new Set<string>();
    const property = fc.asyncProperty(
      fc.array(fc.tuple(header, content), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (members, isComplete) => {
        const parts = members.map(([{ size: claimed, ...fields }, bytes]) =>
          memberOf(bytes, { ...fields, ...(claimed === undefined ? {} : { size: claimed }) }),
        );
        const tar = Buffer.concat([...parts, ...(isComplete ? [memberOf(train), rest] : [])]);
        try {
          expect((await read(tar)).length).toBeLessThanOrEqual(4);
          codes.add("none");
        } catch (error) {
          if (!isSconesError(error)) throw error;
          codes.add(error.code);
        }
      },
    );
    await fc.assert(property, { numRuns: CASES, timeout: 5000 });
    expect([...codes]).toEqual(expect.arrayContaining(["none", "ARCHIVE_INVALID", "ARCHIVE_TRUNCATED"]));
  }, 600_000);
});

describe("gzip", () => {
  it("may come in several members, one after the other", async () => {
    const tar = await tarOf(membersOf());
    const expected = await read(tar);
    for (const at of [1, 512, 5000, tar.length - 1]) {
      const source = Buffer.concat([gzipSync(tar.subarray(0, at)), gzipSync(tar.subarray(at))]);
      expect(await read(source), `cut at ${at}`).toEqual(expected);
    }
  });

  it("may be padded with zeros, and is called damaged with anything else behind it", async () => {
    const gz = await archiveOf();
    for (const zeros of [1, 100_000]) {
      expect(await read(Buffer.concat([gz, Buffer.alloc(zeros)]))).toEqual(await read(gz));
    }
    await expect(read(Buffer.concat([gz, Buffer.from("garbage")]))).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/it is damaged/),
    });
  });

  it("is refused with a second archive behind the first", async () => {
    const gz = await archiveOf();
    await expect(read(Buffer.concat([gz, gz]))).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/two members "train"/),
    });
  });

  it("of a gzip is not unpacked twice", async () => {
    const twice = gzipSync(await archiveOf());
    expect(gunzipSync(twice)[0]).toBe(0x1f);
    await expect(read(twice)).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
  });

  it("stops at its limit within the member, however much a bomb would give", async () => {
    const start = memberOf(Buffer.alloc(0), { name: "other", size: "77777777777" });
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
    const bomb = Buffer.concat([gzipSync(start), ...Array.from({ length: 17 }, () => zeros)]);
    const before = process.memoryUsage().arrayBuffers;
    await expect(read(bomb)).rejects.toThrow(/unpacks to more than 1073741824 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000);
  });
});
