import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { parseCapture } from "../../src/monitoring/capture/parse-capture.js";
import { collectLeastConfident } from "../../src/monitoring/charts/collect-least-confident.js";
import { embedImage } from "../../src/monitoring/charts/embed-image.js";
import { renderLeastConfidentStrip } from "../../src/monitoring/charts/least-confident-strip.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { captureLine, side } from "./captures.js";
import { expectPicture, observe, summarize, TWO } from "./pictures.js";

const png = (width: number, height = width) => new Uint8Array(PNG.sync.write(new PNG({ width, height })));
/** Start, a frame of the given size, end. */
const jpeg = (width: number, height: number) => {
  const frame = Buffer.from("ffc0001108000000000301220002110103110100", "hex");
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return new Uint8Array(Buffer.concat([Buffer.from("ffd8ffe000044a46", "hex"), frame, Buffer.from("ffd9", "hex")]));
};

describe("collectLeastConfident", () => {
  it("finds the images and the truth of the answers that a summary names, and decodes no other", async () => {
    let decoded = 0;
    const observations = observe(60).map(
      (each): Observation =>
        Object.defineProperty({ ...each }, "image", {
          enumerable: true,
          get: () => {
            decoded++;
            return png(4);
          },
        }),
    );
    const summary = await summarize(60);
    const truth = observations.map(({ eventId }) => ({ id: eventId, label: "motorcycle" }));
    const images = await collectLeastConfident({ summary, observations, truth });
    expect(images.map(({ eventId }) => eventId)).toEqual(summary.leastConfident.map(({ eventId }) => eventId));
    expect(images.every(({ image, truth: shown }) => image?.length === png(4).length && shown === "motorcycle")).toBe(
      true,
    );
    expect(decoded).toBe(20);
  });

  it("goes on without an image that is damaged, was not captured, or whose capture is gone", async () => {
    const line = (eventId: string, data: string) =>
      captureLine({
        input: side(data, { observedContentType: "image/png", mode: "INPUT", encoding: "BASE64" }),
        metadata: { eventId },
      });
    const all = [
      line("damaged", "#"),
      captureLine({ input: undefined, metadata: { eventId: "none" } }),
      line("gone", "aGk="),
    ].map((each) => parseCapture(each, { images: "lazy" }));
    const summary = await summarizeCaptures(all, { labels: TWO });
    const images = await collectLeastConfident({ summary, observations: all.slice(0, 2) });
    expect(images.map(({ image }) => image)).toEqual([undefined, undefined, undefined]);
    await expect(collectLeastConfident({ summary } as never)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });
});

describe("embedImage", () => {
  it("takes PNG and JPEG by what their bytes say", () => {
    expect(embedImage(png(32))).toEqual({ uri: `data:image/png;base64,${Buffer.from(png(32)).toString("base64")}` });
    expect(embedImage(jpeg(640, 480))).toMatchObject({
      uri: expect.stringMatching(/^data:image\/jpeg;base64,[\w+/]+=*$/),
    });
  });

  it.each([
    ["no image", undefined, "not captured"],
    ["a script", new TextEncoder().encode("<svg onload=alert(1)></svg>".padEnd(60)), "no PNG or JPEG"],
    ["half a PNG", png(32).slice(0, -20), "no PNG or JPEG"],
    [
      "a JPEG without a frame",
      new Uint8Array(Buffer.from("ffd8ffe000044a46".padEnd(60, "0").concat("ffd9"), "hex")),
      "no PNG or JPEG",
    ],
    ["a JPEG of 60000 by 60000", jpeg(60_000, 60_000), "no PNG or JPEG"],
    ["a PNG that claims 5000 by 1", png(5000, 1), "no PNG or JPEG"],
    ["300 KB", new Uint8Array(300 * 1024), "300 KB, too large"],
  ])("says why it does not take %s", (_name, image, reason) => {
    expect(embedImage(image)).toEqual({ reason });
  });

  it("never takes anything apart from images, nor fails", () => {
    const begins = [new Uint8Array(), png(2).slice(0, 33), jpeg(2, 2).slice(0, 9), new Uint8Array(deflateSync("x"))];
    fc.assert(
      fc.property(fc.constantFrom(...begins), fc.uint8Array({ maxLength: 200 }), (begin, rest) => {
        const result = embedImage(new Uint8Array([...begin, ...rest]));
        if ("uri" in result) expect(result.uri).toMatch(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+=*$/);
      }),
    );
  });
});

describe("renderLeastConfidentStrip", () => {
  it("shows the least confident first, each image once, with answer and truth", async () => {
    const { leastConfident } = await summarize(30);
    const images = leastConfident.map((point) => ({ ...point, image: png(8), truth: "bicycle" }));
    const svg = renderLeastConfidentStrip(images.toReversed(), { width: 500 });
    expectPicture(svg);
    expect(svg.match(/<image href="data:image\/png/g)).toHaveLength(20);
    expect(svg.match(/>right</g)).toHaveLength(leastConfident.filter(({ label }) => label === "bicycle").length);
    expect(svg.match(/>is bicycle</g)).toHaveLength(
      leastConfident.filter(({ label }) => label === "motorcycle").length,
    );
    const confidences = [...svg.matchAll(/<text [^>]*>(0\.\d+)</g)].map(([, value]) => Number(value));
    expect(confidences).toEqual(confidences.toSorted((one, other) => one - other));
  });

  it("names what it cannot show", async () => {
    const { leastConfident } = await summarize(2);
    const svg = renderLeastConfidentStrip(leastConfident.map((point) => ({ ...point, image: new Uint8Array(9) })));
    expect(svg).toContain(">no PNG or<");
    expect(svg).not.toContain("<image");
  });
});
