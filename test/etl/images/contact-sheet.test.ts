import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { type RenderContactSheetOptions, renderContactSheet } from "../../../src/etl/images/contact-sheet.js";

type Rgb = readonly [number, number, number];

/** An image of one colour; each test states only what differs. */
function imageOf(color: Rgb, changes: Partial<CifarImage> = {}): CifarImage {
  const { width = 8, height = 8 } = changes;
  return {
    filename: "a.png",
    split: "train",
    label: "bicycle",
    labelId: 0,
    row: 0,
    width,
    height,
    rgb: Uint8Array.from({ length: width * height * 3 }, (_, index) => color[index % 3] ?? 0),
    ...changes,
  };
}

const motorcycle = { label: "motorcycle", labelId: 1 };
const RED: Rgb = [255, 0, 0];
const GREEN: Rgb = [0, 255, 0];
const BLUE: Rgb = [0, 0, 255];

async function render(images: Iterable<CifarImage>, options?: RenderContactSheetOptions) {
  const { width, height, data } = PNG.sync.read(Buffer.from(await renderContactSheet(images, options)));
  const at = (x: number, y: number): readonly number[] => {
    const start = (y * width + x) * 4;
    return [...data.subarray(start, start + 3)];
  };
  const isColor = (x: number, y: number, color: Rgb) => at(x, y).every((value, index) => value === color[index]);
  /** The smallest rectangle around the pixels of a colour, and their number. */
  const find = (color: Rgb) => {
    const found: { x: number; y: number }[] = [];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (isColor(x, y, color)) found.push({ x, y });
    const xs = found.map(({ x }) => x);
    const ys = found.map(({ y }) => y);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return { left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1, count: found.length };
  };
  const isDark = (x: number, y: number) => at(x, y).every((value) => value < 120);
  /** Rows that hold dark pixels, joined to bands: the lines of text where the images are bright. */
  const findInk = () => {
    const bands: { top: number; bottom: number; left: number; right: number; dots: number }[] = [];
    for (let y = 0; y < height; y++) {
      const dark = Array.from({ length: width }, (_, x) => x).filter((x) => isDark(x, y));
      if (dark.length === 0) continue;
      const last = bands.at(-1);
      // Letters of a line may have an empty row between them, such as the dot of an i.
      const band = last && y - last.bottom <= 4 ? last : { top: y, bottom: y, left: width, right: 0, dots: 0 };
      if (band !== last) bands.push(band);
      band.bottom = y;
      band.left = Math.min(band.left, dark[0] ?? 0);
      band.right = Math.max(band.right, dark.at(-1) ?? 0);
      band.dots += dark.length;
    }
    return bands;
  };
  return { width, height, at, find, findInk };
}

describe("renderContactSheet", () => {
  it("draws every pixel of an image as a square, in its place and colour", async () => {
    const rgb = Uint8Array.from([...RED, ...GREEN, ...BLUE, 250, 250, 250]);
    for (const scale of [1, 3, 8]) {
      const sheet = await render([imageOf(RED, { width: 2, height: 2, rgb })], { scale });
      const red = sheet.find(RED);
      expect(red).toMatchObject({ width: scale, height: scale, count: scale * scale });
      expect(sheet.find(GREEN)).toMatchObject({ left: red.left + scale, top: red.top, count: scale * scale });
      expect(sheet.find(BLUE)).toMatchObject({ left: red.left, top: red.top + scale, count: scale * scale });
      expect(sheet.find([250, 250, 250])).toMatchObject({ left: red.left + scale, top: red.top + scale });
    }
  });

  it("puts the images in rows from left to right, in the order they came", async () => {
    const colors = Array.from({ length: 7 }, (_, index): Rgb => [250, 200 - index * 10, 250]);
    const sheet = await render(
      colors.map((color) => imageOf(color)),
      { columns: 3, scale: 2 },
    );
    const places = colors.map((color) => sheet.find(color));
    const [first] = places;
    for (const [index, place] of places.entries()) {
      expect(place).toMatchObject({ width: 16, height: 16, count: 256 });
      expect(place.left - (first?.left ?? 0), `image ${index}`).toBe((index % 3) * 20);
      expect(place.top - (first?.top ?? 0), `image ${index}`).toBe(Math.floor(index / 3) * 20);
    }
  });

  it("has a caption with ink above the images of each class, in label order", async () => {
    const sheet = await render([imageOf(BLUE, { ...motorcycle, row: 1 }), imageOf(RED)], {
      labels: ["bicycle", "motorcycle"],
      columns: 2,
    });
    const [red, blue] = [sheet.find(RED), sheet.find(BLUE)];
    const [bicycles, motorcycles, ...others] = sheet.findInk();
    expect(others).toEqual([]);
    expect(bicycles?.bottom).toBeLessThan(red.top);
    expect(red.top + red.height).toBeLessThanOrEqual(motorcycles?.top ?? 0);
    expect(motorcycles?.bottom).toBeLessThan(blue.top);
    for (const caption of [bicycles, motorcycles]) {
      expect(caption?.left).toBe(red.left);
      expect(caption?.right).toBeLessThan(sheet.width - 10);
      expect(caption?.dots).toBeGreaterThan(300);
    }
    expect(motorcycles?.right).toBeGreaterThan(bicycles?.right ?? 0);
  });

  it("writes another name and another count as other ink", async () => {
    const draw = (label: string, count: number) =>
      renderContactSheet(
        Array.from({ length: count }, (_, row) => imageOf(RED, { label, row })),
        { imagesPerClass: 1 },
      );
    const texts = await Promise.all([draw("bicycle", 1), draw("tricycle", 1), draw("bicycle", 2), draw("bicyclE", 1)]);
    expect(new Set(texts.map((sheet) => Buffer.from(sheet).toString("latin1"))).size).toBe(4);
  });

  it("gives a class without images its caption and nothing else", async () => {
    const labels = ["bicycle", "motorcycle", "tram"];
    const sheet = await render([imageOf(RED), imageOf(BLUE, { label: "tram", labelId: 2 })], { labels });
    const lines = sheet.findInk();
    expect(lines).toHaveLength(3);
    expect(sheet.find(RED).top).toBeLessThan(lines[1]?.top ?? 0);
    expect(sheet.find(BLUE).top).toBeGreaterThan(lines[2]?.bottom ?? 0);
  });

  it("says so where there is nothing to draw", async () => {
    const nothing = await render([]);
    expect(nothing.findInk()).toHaveLength(1);
    const empty = await render([], { labels: ["bicycle"] });
    expect(empty.findInk()).toHaveLength(1);
    expect(empty.findInk()[0]?.dots).toBeGreaterThan(nothing.findInk()[0]?.dots ?? 0);
  });

  it("centres images of other sizes in cells of the largest", async () => {
    const images = [imageOf(RED, { width: 4, height: 10 }), imageOf(BLUE, { width: 12, height: 2, row: 1 })];
    const sheet = await render(images, { scale: 1, columns: 2 });
    const [red, blue] = [sheet.find(RED), sheet.find(BLUE)];
    expect(red).toMatchObject({ width: 4, height: 10, count: 40 });
    expect(blue).toMatchObject({ width: 12, height: 2, count: 24 });
    expect(blue.left - red.left).toBe(16 - 4);
    expect(blue.top - red.top).toBe(4);
    // The cell shows where a small image ends.
    expect(sheet.at(red.left - 1, red.top)).toEqual(sheet.at(blue.left, blue.top - 1));
    expect(sheet.at(red.left - 1, red.top)).not.toEqual(sheet.at(0, 0));
  });

  it("keeps every letter of a long or foreign name on the sheet", async () => {
    for (const label of [
      "x".repeat(5000),
      "Fahrräder",
      "自転車",
      "\u202ebicycle\u0000\n",
      "👍🏽".repeat(50),
      "a\u0301".repeat(300),
    ]) {
      const sheet = await render([imageOf(RED, { label })], { scale: 1 });
      const [line, ...others] = sheet.findInk();
      expect(others).toEqual([]);
      expect(line?.right, label.slice(0, 20)).toBeLessThan(sheet.width - 10);
      expect(sheet.width).toBeLessThan(1400);
    }
  });

  it("takes the first images of each class, and stops reading once it has them", async () => {
    let taken = 0;
    const images = (function* () {
      for (; ; taken++) yield imageOf(taken < 2 ? RED : BLUE, { row: taken, ...(taken % 2 ? motorcycle : {}) });
    })();
    const sheet = await render(images, { labels: ["bicycle", "motorcycle"], imagesPerClass: 1 });
    expect(taken).toBe(1);
    expect(sheet.find(RED).count).toBe(2 * 256);
    expect(sheet.find(BLUE).count).toBe(0);
  });

  it("holds copies, so that a source may use its buffer again", async () => {
    const rgb = new Uint8Array(192);
    const images = (function* () {
      for (const color of [RED, BLUE]) {
        rgb.set(Uint8Array.from({ length: 192 }, (_, index) => color[index % 3] ?? 0));
        yield imageOf(color, { rgb });
      }
      rgb.fill(7);
    })();
    const sheet = await render(images);
    expect([sheet.find(RED).count, sheet.find(BLUE).count]).toEqual([256, 256]);
  });

  it("gives the same bytes for the same images", async () => {
    const images = [imageOf(RED), imageOf(BLUE, motorcycle), imageOf(GREEN, { row: 2 })];
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => renderContactSheet(images)));
    for (const other of others) expect(Buffer.compare(other, first ?? Buffer.alloc(0))).toBe(0);
  });

  it("rejects with the signal's reason, and closes the source", async () => {
    const reason = new Error("enough");
    await expect(renderContactSheet([], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    let isClosed = false;
    const images = (function* () {
      try {
        for (let row = 0; ; row++) {
          if (row === 5) controller.abort(reason);
          yield imageOf(RED, { row });
        }
      } finally {
        isClosed = true;
      }
    })();
    await expect(renderContactSheet(images, { signal: controller.signal })).rejects.toBe(reason);
    expect(isClosed).toBe(true);
  });

  it.each([
    ["too many classes", Array.from({ length: 500 }, (_, id) => imageOf(RED, { label: `c${id}`, labelId: id })), {}],
    [
      "too many pixels",
      Array.from({ length: 3 }, (_, row) => imageOf(RED, { row, width: 2000, height: 2000 })),
      { scale: 8 },
    ],
    [
      "a row too wide",
      Array.from({ length: 600 }, (_, row) => imageOf(RED, { row })),
      { imagesPerClass: 600, columns: 600, scale: 8 },
    ],
    ["a scale of zero", [imageOf(RED)], { scale: 0 }],
    ["half a column", [imageOf(RED)], { columns: 0.5 }],
    ["a class that repeats", [imageOf(RED)], { labels: ["a", "a"] }],
  ])("refuses %s", async (_, images, options) => {
    await expect(renderContactSheet(images, options)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  it.each([
    ["too few bytes", imageOf(RED, { rgb: new Uint8Array(3) })],
    ["a class that is not among the labels", imageOf(RED, motorcycle)],
    ["nothing", null as unknown as CifarImage],
  ])("refuses an image of %s", async (_, image) => {
    await expect(renderContactSheet([image], { labels: ["bicycle"] })).rejects.toMatchObject({ code: "IMAGE_INVALID" });
  });
});
