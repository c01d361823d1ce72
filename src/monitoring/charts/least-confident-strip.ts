import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import { estimateWidth, fitText, wrapText } from "../../core/text-size.js";
import { type AnsweredImage, AnsweredImagesSchema } from "./answered-image.js";
import { drawHead, drawNothing, MARGIN, TEXT_SIZE, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { drawAlarm } from "./class-looks.js";
import { embedImage } from "./embed-image.js";
import { line, mark, rect, round, text } from "./svg-parts.js";
import { formatNumber } from "./ticks.js";
import { formatTime } from "./time-axis.js";

const OptionsSchema = chartOptionsSchema({ width: 960, height: 140, title: "Least confident answers" });

/** Side of an image: three times that of CIFAR's, so that its pixels stay square. */
const SIDE = 96;
const GAP = 10;
const TILE = { width: SIDE + GAP, height: SIDE + 66 };
/** More than a summary keeps. */
const MOST = 60;

/**
 * Draws images with their answers, the least confident first: image, class, confidence with a triangle where it is below
 * the threshold, and the true class where it is known. Images are part of the picture, which needs no other file; what is
 * no PNG or JPEG, or larger than 256 KB, is named instead of shown. 960 pixels wide unless options say otherwise, and as
 * tall as its rows need; at most 60 images.
 *
 * @param images - What `collectLeastConfident` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an image or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { type AnsweredImage, renderLeastConfidentStrip } from "scones-ml/monitoring";
 *
 * export const draw = (images: readonly AnsweredImage[]) => writeFile("strip.svg", renderLeastConfidentStrip(images));
 * ```
 */
export function renderLeastConfidentStrip(images: readonly AnsweredImage[], options: ChartOptions = {}): string {
  const data = parseOptions("renderLeastConfidentStrip", AnsweredImagesSchema, images);
  const shape = parseOptions("renderLeastConfidentStrip", OptionsSchema, options);
  return drawStrip(data, shape);
}

function drawStrip(images: readonly AnsweredImage[], shape: ChartShape): string {
  const shown = images.toSorted((one, other) => one.confidence - other.confidence).slice(0, MOST);
  const hasBelow = shown.some(({ belowThreshold }) => belowThreshold);
  const head = drawHead(shape, hasBelow ? "A triangle marks what is below the threshold." : "");
  const columns = Math.max(1, Math.floor((shape.width - 2 * MARGIN + GAP) / TILE.width));
  const top = head.bottom + 10;
  const rows = Math.ceil(shown.length / columns);
  const height = Math.max(shape.height, Math.ceil(top + rows * TILE.height + 4));
  const tiles = shown.map((image, index) =>
    drawTile(image, MARGIN + (index % columns) * TILE.width, top + Math.floor(index / columns) * TILE.height),
  );
  const plot = { left: MARGIN, right: shape.width - MARGIN, top, bottom: height };
  return writeChart(shape, {
    description: shown.length === 0 ? "No classified captures." : shown.map(describeAnswer).join(" "),
    height,
    parts: [head.parts, ...tiles, shown.length === 0 ? drawNothing(plot, "No classified captures") : ""],
  });
}

function drawTile(answer: AnsweredImage, x: number, y: number): string {
  const { confidence, label, belowThreshold, truth } = answer;
  const embedded = embedImage(answer.image);
  const picture =
    "uri" in embedded
      ? `<image href="${embedded.uri}" x="${round(x)}" y="${round(y)}" width="${SIDE}" height="${SIDE}" preserveAspectRatio="xMidYMid meet" image-rendering="pixelated"/>`
      : drawMissing(embedded.reason, x, y);
  const isWrong = truth !== undefined && truth !== label;
  const number = formatNumber(confidence);
  const parts = [
    picture,
    text(fitText(plainText(label), TEXT_SIZE, SIDE * 0.94), { x, y: y + SIDE + 16, size: TEXT_SIZE, isBold: true }),
    text(number, { x, y: y + SIDE + 32, size: TEXT_SIZE, tone: belowThreshold ? "alarm" : "ink" }),
    belowThreshold ? drawAlarm(x + estimateWidth(number, TEXT_SIZE) + 10, y + SIDE + 28, 4.5) : "",
    truth === undefined
      ? ""
      : text(fitText(isWrong ? `is ${plainText(truth)}` : "right", TEXT_SIZE, SIDE), {
          x,
          y: y + SIDE + 48,
          size: TEXT_SIZE,
          tone: isWrong ? "alarm" : "muted",
        }),
  ];
  return mark(parts.join(""), describeAnswer(answer));
}

function drawMissing(reason: string, x: number, y: number): string {
  const frame = rect({ x, y, width: SIDE, height: SIDE }, "grid", 0.6) + line(x, y + SIDE, x + SIDE, y, "grid");
  const { lines } = wrapText(reason, 11, SIDE - 6);
  const first = y + SIDE / 2 + 4 - (lines.length - 1) * 8;
  const words = lines.map((content, index) =>
    text(content, { x: x + SIDE / 2, y: first + index * 16, size: 11, tone: "muted", anchor: "middle" }),
  );
  return frame + words.join("");
}

/** Says in words what a tile shows. @internal */
export function describeAnswer({ label, confidence, truth, time, eventId }: AnsweredImage): string {
  const shown =
    truth === undefined ? "" : truth === label ? ", which is right" : `, is ${shorten(plainText(truth), 60)}`;
  return `${shorten(plainText(label), 60)} ${formatNumber(confidence)}${shown}, ${formatTime(time)}, event ${shorten(plainText(eventId), 60)}.`;
}
