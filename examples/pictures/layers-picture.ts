import type { Picture } from "./picture.js";

/** A folder of the library. */
interface Box {
  readonly title: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const STAGES = [
  ["etl", "archive to S3"],
  ["training", "jobs, logs, cost"],
  ["inference", "endpoints, handlers"],
  ["workflow", "state machines"],
  ["monitoring", "captures to verdict"],
] as const;
const HEIGHT = 62;
const WIDTH = 860;
const COLUMN = 164;

const boxes: readonly Box[] = [
  {
    title: "examples, bench, cli",
    text: "use the library as everybody does, by its entry points",
    x: 20,
    y: 20,
    width: 820,
  },
  {
    title: "local",
    text: "an AWS in the process: S3, SageMaker, Step Functions, Lambda, Logs",
    x: 20,
    y: 122,
    width: 820,
  },
  ...STAGES.map(([title, text], index) => ({ title, text, x: 20 + index * COLUMN, y: 224, width: COLUMN })),
  { title: "core", text: "errors, contracts, options, waiting, S3 locations, predictions", x: 20, y: 326, width: 820 },
];

/** Arrows from what imports to what is imported, with what it imports where that is not everything. */
const arrows: readonly (readonly [x: number, from: number, to: number, note: string])[] = [
  [430, 82, 122, ""],
  [430, 184, 224, "types only; what passes between them is AWS's own protocol"],
  ...STAGES.map((_, index) => [20 + (index + 0.5) * COLUMN, 286, 326, ""] as const),
];

function drawLayers(): string {
  const drawBox = ({ title, text, x, y, width }: Box) =>
    `<rect x="${x + 4}" y="${y}" width="${width - 8}" height="${HEIGHT}" rx="8"/>` +
    `<text class="title" x="${x + width / 2}" y="${y + 27}">${title}</text>` +
    `<text class="note" x="${x + width / 2}" y="${y + 47}">${text}</text>`;
  const drawArrow = ([x, from, to, note]: (typeof arrows)[number]) =>
    `<path d="M${x} ${from}V${to - 7}"/><path class="head" d="M${x - 5} ${to - 9}L${x} ${to - 1}L${x + 5} ${to - 9}Z"/>` +
    (note === ""
      ? ""
      : `<text class="note" style="text-anchor:start" x="${x + 12}" y="${(from + to) / 2 + 4}">${note}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="408" viewBox="0 0 ${WIDTH} 408" role="img">`,
    "<title>The layers of scones-ml: each imports only what lies below it, and no stage another one</title>",
    "<style>svg{background:#fff;color:#1b2733}rect{fill:#eef4f8;stroke:#4a6b82}path{stroke:#4a6b82;fill:none;stroke-width:1.5}",
    ".head{fill:#4a6b82;stroke:none}text{font-family:Helvetica,Arial,sans-serif;text-anchor:middle;fill:currentColor}",
    ".title{font-size:16px;font-weight:700}.note{font-size:12px}",
    "@media (prefers-color-scheme: dark){svg{background:#14191e;color:#e4ebf0}rect{fill:#22303b;stroke:#8fb2c9}path{stroke:#8fb2c9}.head{fill:#8fb2c9}}",
    "</style>",
    ...boxes.map(drawBox),
    ...arrows.map(drawArrow),
    "</svg>\n",
  ].join("\n");
}

/** The layers that `docs/architecture.md` tells of and `test/architecture.test.ts` holds. */
export const layersPicture: Picture = { name: "layers", draw: drawLayers };
