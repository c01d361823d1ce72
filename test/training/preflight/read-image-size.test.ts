import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { readImageSize } from "../../../src/training/preflight/read-image-size.js";

const size = fc.integer({ min: 1, max: 40 });

describe("readImageSize", () => {
  it("reads any PNG, though it is cut", () => {
    fc.assert(
      fc.property(size, size, fc.integer({ min: 24, max: 100 }), (width, height, end) => {
        const file = Buffer.from(encodePng({ width, height, rgb: new Uint8Array(width * height * 3) }));
        expect(readImageSize(file.subarray(0, end))).toEqual({ format: "png", width, height });
      }),
    );
  });

  it.each([
    ["baseline", {}],
    ["progressive", { progressive: true }],
    ["grey with its profile", { quality: 30, mozjpeg: true }],
  ])("reads a %s JPEG", async (_, options) => {
    const create = { width: 37, height: 21, channels: 3, background: "orange" } as const;
    const file = await sharp({ create })
      .withExif({ IFD0: { Artist: "scones".repeat(500) } })
      .jpeg(options)
      .toBuffer();
    expect(readImageSize(file)).toEqual({ format: "jpeg", width: 37, height: 21 });
    expect(readImageSize(file.subarray(0, 100))).toEqual({ format: "jpeg", width: undefined, height: undefined });
  });

  it("skips fill bytes and markers without a length", () => {
    const frame = [0xff, 0xc1, 0, 17, 8, 0, 21, 0, 37];
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xff, 0xff, 0x01, 0xff, 0xd0, ...frame]);
    expect(readImageSize(head)).toEqual({ format: "jpeg", width: 37, height: 21 });
  });

  it.each([
    ["nothing", []],
    ["a GIF", [...Buffer.from("GIF89a")]],
    ["a PNG that begins with another chunk", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(16).fill(0)]],
    ["a JPEG that ends before its frame", [0xff, 0xd8, 0xff, 0xd9, 0, 0]],
    ["a JPEG whose segment is shorter than its length", [0xff, 0xd8, 0xff, 0xe0, 0, 1]],
    ["a JPEG without a marker", [0xff, 0xd8, 0xff, 0xe0, 0, 2, 1, 2, 3, 4]],
  ])("takes %s for no image", (_, bytes) => {
    expect(readImageSize(Buffer.from(bytes))).toBeUndefined();
  });

  it("ends on any bytes", () => {
    fc.assert(
      fc.property(fc.constantFrom([0xff, 0xd8, 0xff], []), fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const found = readImageSize(Buffer.from([...start, ...rest]));
        expect([undefined, "png", "jpeg"]).toContain(found?.format);
      }),
    );
  });
});
