import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import type { CifarExtractorOptions } from "../../../src/etl/cifar/cifar-options.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { archiveOf, batchOf, membersOf, ROWS, type RowSpec, tarOf } from "../../helpers/archive.js";

async function collect(images: AsyncIterable<CifarImage>): Promise<CifarImage[]> {
  const all: CifarImage[] = [];
  for await (const image of images) all.push(image);
  return all;
}

const read = (source: Exclude<CifarExtractorOptions["source"], undefined>) =>
  collect(new CifarExtractor({ source }).images());

describe("an archive that comes as a stream", () => {
  it("is read whatever the size of its chunks", async () => {
    const expected = await read(await archiveOf());
    for (const source of [await archiveOf(), await tarOf(membersOf())]) {
      for (const size of [1, 511, 70_000]) {
        const chunks = (function* () {
          for (let start = 0; start < source.length; start += size) yield source.subarray(start, start + size);
        })();
        expect(await read(Readable.from(chunks)), `chunks of ${size}`).toEqual(expected);
      }
    }
    expect(await read(new Blob([new Uint8Array(await archiveOf())]).stream())).toEqual(expected);
  });

  it("can be given up at once while its next chunk is being waited for", async () => {
    for (const whole of [await archiveOf(), await tarOf(membersOf())]) {
      for (const given of [0, 1, 700, 3000]) {
        const controller = new AbortController();
        const reason = new Error("enough");
        const stalled = (async function* () {
          if (given > 0) yield whole.subarray(0, given);
          setImmediate(() => controller.abort(reason));
          await new Promise(() => undefined);
        })();
        const reading = collect(new CifarExtractor({ source: stalled }).images({ signal: controller.signal }));
        await expect(reading, `after ${given} bytes`).rejects.toBe(reason);
      }
    }
  });

  it("does not hold up a reader that stops before its end", async () => {
    const whole = await tarOf(membersOf());
    const source = (async function* () {
      yield whole.subarray(0, 9000);
      await new Promise(() => undefined);
    })();
    for await (const image of new CifarExtractor({ source }).images()) {
      expect(image.row).toBe(1);
      break;
    }
  });

  it("is refused with its reason when it was read before", async () => {
    const source = Readable.from([await archiveOf()], { objectMode: false });
    expect(await read(source)).toHaveLength(4);
    await expect(read(source)).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/its stream was read or closed before; a stream can be read once/),
    });
    const failure = new Error("broken from the start");
    const broken = Readable.from([Buffer.alloc(1)], { objectMode: false });
    broken.on("error", () => undefined).destroy(failure);
    await expect(read(broken)).rejects.toBe(failure);
  });

  it("is closed when its reader stops", async () => {
    const source = Readable.from([await archiveOf()]);
    const closed = once(source, "close");
    for await (const _ of new CifarExtractor({ source }).images()) break;
    await closed;
    expect(source.destroyed).toBe(true);
  });

  it("fails with its own error, unchanged", async () => {
    const failure = new Error("the wire broke");
    const whole = await archiveOf();
    for (const given of [0, 1, 500]) {
      const source = (async function* () {
        if (given > 0) yield whole.subarray(0, given);
        throw failure;
      })();
      await expect(read(source)).rejects.toBe(failure);
    }
  });

  it("is refused when it gives something other than bytes", async () => {
    await expect(read(Readable.from(["text", "text"]))).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/gives a string instead of bytes/),
    });
  });
});

describe("an archive", () => {
  it("may hold its members in any folder and order, and other things", async () => {
    const { train, test, meta } = membersOf();
    const source = await tarOf(
      { "../meta": meta, "other.txt": Buffer.from("x"), "a/b/test": test, train } as Record<string, Buffer>,
      "",
    );
    const images = await read(source);
    expect(images.map(({ split, row }) => `${split} ${row}`)).toEqual(["test 1", "test 2", "train 1", "train 2"]);
  });

  it("is refused when it has a member twice", async () => {
    const source = await tarOf({ ...membersOf(), "copy/train": batchOf(ROWS) }, "");
    await expect(read(source)).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/two members "train"/),
    });
  });

  it("may hold bytes behind a pickle's end", async () => {
    const train = Buffer.concat([batchOf(ROWS), Buffer.alloc(300_000)]);
    expect(await read(await archiveOf({ train }))).toHaveLength(4);
  });

  it("stops at a limit when it is made to unpack without end", async () => {
    const part = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
    const bomb = Buffer.concat(Array.from({ length: 17 }, () => part));
    await expect(read(bomb)).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
      message: expect.stringMatching(/unpacks to more than 1073741824 bytes/),
    });
  });

  it("is never held: memory does not grow with the rows that are left out", async () => {
    const rows: RowSpec[] = Array.from({ length: 20_000 }, (_, index) => ({
      filename: `apple_s_${index}.png`,
      fineLabel: index % 500 === 0 ? 8 : 0,
      value: index & 255,
    }));
    const train = batchOf(rows);
    expect(train.length).toBeGreaterThan(60_000_000);
    const source = gzipSync(await tarOf(membersOf({ train })), { level: 1 });
    v8.setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const held = () => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = held();
    let [count, most] = [0, 0];
    for await (const _ of new CifarExtractor({ source }).images({ split: "train" })) {
      most = Math.max(most, held() - before);
      count++;
    }
    expect(count).toBe(40);
    // Eight chunks of 1 MiB that are unpacked ahead, and those in work.
    expect(most).toBeLessThan(14_000_000);
  });
});

describe("a pickle", () => {
  const latin = (text: string) => Buffer.from(text, "latin1");
  const readTrain = async (train: Buffer) => read(await archiveOf({ train }));

  it.each([
    ["an opcode that data never needs", latin("\x80\x02N0."), "PICKLE_UNSAFE", /opcode 0x30/],
    ["endless small values", latin(`\x80\x02${"N".repeat(4_000_001)}`), "PICKLE_INVALID", /more than 4000000 opcodes/],
    [
      "endless texts",
      Buffer.concat([latin("\x80\x02"), ...Array<Buffer>(11_000).fill(latin(`X\xf0\x0b\0\0${"a".repeat(0xbf0)}`))]),
      "PICKLE_INVALID",
      /more than 32000000 bytes of text/,
    ],
    [
      "Python 3's bytes in protocol 2",
      latin("\x80\x02c_codecs\nencode\n."),
      "PICKLE_UNSAFE",
      /_codecs\.encode.*protocol 4/,
    ],
    [
      "a number of hundreds of digits",
      latin(`\x80\x02\x8a\xff${"a".repeat(255)}.`),
      "PICKLE_INVALID",
      /whole number of 255/,
    ],
    ["a global whose name is no text", latin("\x80\x04NN\x93."), "PICKLE_INVALID", /a name that is not text/],
  ])("is refused with %s", async (_, train, code, message) => {
    await expect(readTrain(train)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe("the address of an archive", () => {
  it("is checked before anything is opened", () => {
    for (const source of [new URL("ftp://example.com/a.tar.gz"), "http://", new URL("file://host/a.tar.gz")]) {
      expect(() => new CifarExtractor({ source })).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    }
  });

  it("loses its password and its query before it gets into an error", async () => {
    const source = "https://user:secret@example.com/a.tar.gz?X-Amz-Signature=secret";
    const fetch = async () => new Response("no", { status: 403 });
    const cacheDirectory = await mkdtemp(join(tmpdir(), "scones-cache-"));
    const images = new CifarExtractor({ source, fetch, cacheDirectory }).images();
    const failure = await collect(images).catch((error: unknown) => error);
    await rm(cacheDirectory, { recursive: true });
    expect(failure).toMatchObject({ code: "DOWNLOAD_FAILED", details: { source: "https://example.com/a.tar.gz" } });
    expect(String(failure)).not.toContain("secret");
  });
});
