import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { PNG } from "pngjs";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pickleMeta } from "../../../examples/end-to-end/pickle-writer.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { parseLst } from "../../../src/etl/dataset/lst.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { archiveOf, MOTORCYCLE, membersOf, tarOf } from "../../helpers/archive.js";
import { sharedData } from "../../helpers/shared-data.js";

async function collect(images: AsyncIterable<CifarImage>): Promise<CifarImage[]> {
  const all: CifarImage[] = [];
  for await (const image of images) all.push(image);
  return all;
}

const openFiles = () => process.getActiveResourcesInfo().filter((name) => name === "FSReqCallback").length;

describe("CifarExtractor", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "scones-etl-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("takes bicycles and motorcycles out, labelled by row and not by name", async () => {
    const extractor = new CifarExtractor({ source: await archiveOf() });
    expect(extractor.labels).toEqual(["bicycle", "motorcycle"]);
    const images = await collect(extractor.images());
    expect(images.map(({ split, row, label, labelId, filename }) => [split, row, label, labelId, filename])).toEqual([
      ["train", 1, "bicycle", 0, "bike_s_000001.png"],
      ["train", 2, "motorcycle", 1, "motorbike_s_000001.png"],
      ["test", 1, "bicycle", 0, "bike_s_000001.png"],
      ["test", 2, "motorcycle", 1, "motorbike_s_000001.png"],
    ]);
    expect(images[1]).toMatchObject({ width: 32, height: 32, rgb: new Uint8Array(3072).fill(3) });
  });

  it("labels any classes in the order given, and reads one split alone", async () => {
    const extractor = new CifarExtractor({ source: await archiveOf(), classes: ["motorcycle", "apple", "bicycle"] });
    const images = await collect(extractor.images({ split: "test" }));
    expect(images.map(({ split, label, labelId }) => [split, label, labelId])).toEqual([
      ["test", "apple", 1],
      ["test", "bicycle", 2],
      ["test", "motorcycle", 0],
    ]);
    const [first] = images;
    const label: "motorcycle" | "apple" | "bicycle" | undefined = first?.label as (typeof extractor.labels)[number];
    expect(label).toBe("apple");
  });

  it("reads a path, a URL, a stream and a plain tar alike", async () => {
    const path = join(folder, "archive.tar.gz");
    await writeFile(path, await archiveOf());
    const expected = await collect(new CifarExtractor({ source: path }).images());
    const tar = await tarOf(membersOf());
    for (const source of [pathToFileURL(path), pathToFileURL(path).href, createReadStream(path), tar]) {
      expect(await collect(new CifarExtractor({ source }).images())).toEqual(expected);
    }
    const bare = gzipSync(await tarOf(membersOf(), ""));
    expect(await collect(new CifarExtractor({ source: bare }).images())).toEqual(expected);
  });

  it("closes the archive when the reader stops early, throws or aborts", async () => {
    const path = join(folder, "archive.tar.gz");
    await writeFile(path, await archiveOf());
    const before = openFiles();
    const extractor = new CifarExtractor({ source: path });
    for await (const _ of extractor.images()) break;
    const failure = new Error("reader");
    const read = async () => {
      for await (const _ of extractor.images()) throw failure;
    };
    await expect(read()).rejects.toBe(failure);
    const controller = new AbortController();
    const aborted = async () => {
      for await (const _ of extractor.images({ signal: controller.signal })) controller.abort(failure);
    };
    await expect(aborted()).rejects.toBe(failure);
    await expect(collect(extractor.images({ signal: controller.signal }))).rejects.toBe(failure);
    await new Promise((resolve) => setImmediate(resolve));
    expect(openFiles()).toBe(before);
  });

  it("says which class is unknown, and what it may have meant", () => {
    expect(() => new CifarExtractor({ classes: ["bicycle", "motorcyle"] })).toThrow(
      expect.objectContaining({
        code: "CLASS_UNKNOWN",
        details: { className: "motorcyle", suggestions: expect.arrayContaining(["motorcycle"]) },
      }),
    );
    expect(() => new CifarExtractor({ classes: [] })).toThrow(/at least one class/);
    expect(() => new CifarExtractor({ classes: ["bicycle", "bicycle"] })).toThrow(/must not repeat/);
  });

  it.each([
    ["a file that is not there", "/nowhere/cifar.tar.gz", "ARCHIVE_INVALID", /cannot be read \(ENOENT\)/],
    ["a folder", tmpdir(), "ARCHIVE_INVALID", /cannot be read \(EISDIR\)/],
    ["nothing", Buffer.alloc(0), "ARCHIVE_INVALID", /it is empty/],
    ["text", Buffer.from("not an archive"), "ARCHIVE_INVALID", /neither a .tar.gz nor a .tar/],
    ["zeros", Buffer.alloc(3000), "ARCHIVE_INVALID", /neither a .tar.gz|no member/],
    ["a gzip of something else", gzipSync("x".repeat(5000)), "ARCHIVE_INVALID", /neither a .tar.gz nor a .tar/],
  ])("refuses %s", async (_, source, code, message) => {
    const reading = collect(new CifarExtractor({ source }).images());
    await expect(reading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("notices an archive that was cut, wherever", async () => {
    const whole = await archiveOf();
    for (let length = 20; length < whole.length - 8; length += 97) {
      const reading = collect(new CifarExtractor({ source: whole.subarray(0, length) }).images());
      await expect(reading, `${length} bytes`).rejects.toMatchObject({ code: "ARCHIVE_TRUNCATED" });
    }
  });

  it("refuses an archive without a member, and one whose classes are others", async () => {
    const reading = async (source: Buffer) => collect(new CifarExtractor({ source }).images());
    await expect(reading(await archiveOf({ test: undefined }))).rejects.toThrow(/it holds no member "test"/);
    const meta = pickleMeta(Array.from({ length: 100 }, (_, index) => `class ${index}`));
    await expect(reading(await archiveOf({ meta }))).rejects.toThrow(
      /class names in "meta" are not those of the data set/,
    );
  });

  const real = sharedData("data/cifar-100-python-subset.tar.gz");
  it.skipIf(real === undefined)("takes all 1,200 real vehicles out as they are (needs the shared data)", async () => {
    const expected = new Map<string, string>();
    const manifests: Record<string, string> = {};
    const pngs = extract();
    createReadStream(sharedData("data/scones-pngs.tar") ?? "").pipe(pngs);
    for await (const entry of pngs) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const name = entry.header.name.replace(/^\.\//, "");
      if (name.endsWith(".lst")) manifests[name] = bytes.toString();
      if (!name.endsWith(".png")) continue;
      const { data } = PNG.sync.read(bytes);
      expected.set(name, hash(Buffer.from(data.filter((_, index) => index % 4 !== 3))));
    }
    const rows = JSON.parse(readFileSync(sharedData("data/cifar-100-python-subset.rows.json") ?? "", "utf8"));

    const images = await collect(new CifarExtractor({ source: real ?? "" }).images());
    expect(images.filter(({ split }) => split === "train")).toHaveLength(1000);
    expect(images.filter(({ split }) => split === "test")).toHaveLength(200);
    expect(images.filter(({ labelId }) => labelId === 0)).toHaveLength(600);
    for (const { split, filename, rgb } of images) {
      expect(hash(rgb), filename).toBe(expected.get(`${split}/${filename}`));
    }
    for (const split of ["train", "test"]) {
      const ours = images
        .filter((image) => image.split === split)
        .map(({ row, labelId, filename }) => ({ row: rows[split][row], labelId, filename }));
      expect(ours).toEqual(parseLst(manifests[`${split}.lst`] ?? ""));
    }
  });

  it("downloads once, keeps the file, and reads it from the cache after", async () => {
    const bytes = await archiveOf();
    let calls = 0;
    const progress: number[] = [];
    const options = {
      source: "https://example.com/data/small.tar.gz",
      cacheDirectory: folder,
      fetch: async () => {
        calls++;
        return new Response(new Uint8Array(bytes), { headers: { "content-length": String(bytes.length) } });
      },
    };
    const onProgress = (event: { type: string; receivedBytes?: number }) => {
      if (event.receivedBytes !== undefined) progress.push(event.receivedBytes);
    };
    expect(await collect(new CifarExtractor(options).images({ onProgress }))).toHaveLength(4);
    expect(await collect(new CifarExtractor(options).images())).toHaveLength(4);
    expect(calls).toBe(1);
    expect(progress.at(-1)).toBe(bytes.length);
    // Another address with the same file name must not be answered with this file.
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{16}-small\.tar\.gz$/)]);
  });

  it.each([
    ["a refusal", async () => new Response("gone", { status: 404 }), "DOWNLOAD_FAILED", /the server says 404/],
    [
      "a connection that breaks",
      async () => {
        throw new TypeError("fetch failed");
      },
      "DOWNLOAD_FAILED",
      /the connection broke/,
    ],
    [
      "another size than the published one",
      async () => new Response("abc", { headers: { "content-length": "5" } }),
      "DOWNLOAD_FAILED",
      /a file of 5 bytes, but one of 169001437 bytes is published/,
    ],
    ["other bytes than the published ones", async () => new Response("abc"), "CHECKSUM_MISMATCH", /900150983cd24fb0/],
  ])("keeps nothing of a download after %s", async (_, fetch, code, message) => {
    const reading = collect(new CifarExtractor({ cacheDirectory: folder, fetch }).images());
    await expect(reading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps the place of a class name in the archive's own list", async () => {
    const [first] = await collect(
      new CifarExtractor({ source: await archiveOf(), classes: ["motorcycle", "wolf"] }).images(),
    );
    expect([first?.label, first?.labelId, MOTORCYCLE]).toEqual(["motorcycle", 0, 48]);
  });
});

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
