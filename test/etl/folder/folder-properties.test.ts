import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { PNG } from "pngjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { openImageFolder } from "../../../src/etl/folder/open-image-folder.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { countCases, damageOf, spoil } from "../../helpers/hostile-bytes.js";

const CASES = countCases(200);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-pngs-"));
  await mkdir(join(folder, "car"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Corrects the checksums of all chunks, so that the damage gets past them. */
function mend(png: Buffer): Buffer {
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 8 + png.readUInt32BE(at);
    if (end + 4 > png.length) break;
    png.writeUInt32BE(crc32(png.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return png;
}

function pngsOf(): readonly Buffer[] {
  const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, index) => (index * 37) % 256);
  const image = new PNG({ width: 16, height: 16 });
  for (let pixel = 0; pixel < 256; pixel++) image.data.set([pixel, 255 - pixel, 7, pixel], pixel * 4);
  const colorTypes = [0, 2, 4, 6] as const;
  const interlaced = Buffer.from(encodePng({ width: 16, height: 16, rgb }));
  interlaced[28] = 1;
  return [
    Buffer.from(encodePng({ width: 16, height: 16, rgb })),
    ...colorTypes.map((colorType) => PNG.sync.write(image, { colorType, inputHasAlpha: true })),
    mend(interlaced),
  ];
}

it(`decodes spoilt PNG files to pixels of their size, or names the file (${CASES} cases)`, async () => {
  const files = pngsOf();
  const path = join(folder, "car", "a.png");
  const ends = { pixels: 0, error: 0 };
  const property = fc.asyncProperty(
    fc.constantFrom(...files),
    fc.array(damageOf, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    fc.boolean(),
    async (file, damages, isMended, isSized) => {
      const spoilt = spoil(file, damages, files);
      await writeFile(path, isMended ? mend(spoilt) : spoilt);
      const imageShape = { height: 16, width: 16 };
      const opened = await openImageFolder({ directory: folder, testShare: 0, ...(isSized ? { imageShape } : {}) });
      try {
        for await (const { width, height, rgb } of opened.images()) {
          expect(rgb.length).toBe(width * height * 3);
          if (isSized) expect([width, height]).toEqual([16, 16]);
        }
        ends.pixels++;
      } catch (error) {
        if (!isSconesError(error, "IMAGE_INVALID")) throw error;
        expect(error.details.filename).toBe(join("car", "a.png"));
        ends.error++;
      }
    },
  );
  await fc.assert(property, { numRuns: CASES, timeout: 10_000 });
  expect(Math.min(ends.pixels, ends.error), JSON.stringify(ends)).toBeGreaterThan(0);
}, 600_000);
