import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { cropCentre, decodeImage, resizeImage } from "../../../src/local/sagemaker/decode-image.js";

function png(width: number, height: number, colorType: 0 | 2 | 6, paint: (x: number, y: number) => number[]): Buffer {
  const image = new PNG({ width, height });
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) image.data.set(paint(x, y), (y * width + x) * 4);
  return PNG.sync.write(image, { colorType, inputHasAlpha: true });
}

describe("decodeImage", () => {
  it.each([
    ["RGB", 2 as const],
    ["RGBA", 6 as const],
  ])("reads %s as RGB", (_, colorType) => {
    const image = decodeImage(png(2, 1, colorType, (x) => [x, 10, 20, 255]));
    expect(image).toEqual({ width: 2, height: 1, rgb: Uint8Array.from([0, 10, 20, 1, 10, 20]) });
  });

  it("reads grey as RGB", () => {
    expect(decodeImage(png(1, 1, 0, () => [7, 7, 7, 255])).rgb).toEqual(Uint8Array.from([7, 7, 7]));
  });

  it("refuses what is no PNG, a cut one, and one that claims to be huge", () => {
    const whole = png(8, 8, 2, () => [1, 2, 3, 255]);
    expect(() => decodeImage(Buffer.from("GIF89a"))).toThrow(/PNG images only/);
    expect(() => decodeImage(whole.subarray(0, whole.length - 20))).toThrow();
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    expect(() => decodeImage(huge)).toThrow(/100000 x 100000 pixels is too large/);
  });
});

describe("cropCentre and resizeImage", () => {
  const image = decodeImage(png(4, 2, 2, (x, y) => [x * 10, y * 10, 0, 255]));

  it("leave an image of the right size alone", () => {
    expect(cropCentre(image, { width: 4, height: 2 })).toBe(image.rgb);
    expect(resizeImage(image, { width: 4, height: 2 })).toBe(image.rgb);
  });

  it("cut the centre out", () => {
    expect(cropCentre(image, { width: 2, height: 1 })).toEqual(Uint8Array.from([10, 0, 0, 20, 0, 0]));
  });

  it("average neighbours when they shrink, and repeat them when they grow", () => {
    expect(resizeImage(image, { width: 2, height: 1 })).toEqual(Uint8Array.from([5, 5, 0, 25, 5, 0]));
    const grown = resizeImage(decodeImage(png(1, 1, 2, () => [9, 8, 7, 255])), { width: 2, height: 2 });
    expect([...grown]).toEqual([9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7]);
  });
});
