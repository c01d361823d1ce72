import {
  blend,
  blur,
  type Canvas,
  createCanvas,
  disc,
  ellipse,
  line,
  type Paint,
  ring,
  toPlanes,
} from "../end-to-end/canvas.js";
import type { Random } from "../end-to-end/random.js";

/** The ten vehicles of CIFAR-100: the classes of its superclasses `vehicles_1` and `vehicles_2`. */
export const VEHICLES = [
  "bicycle",
  "bus",
  "motorcycle",
  "pickup_truck",
  "train",
  "lawn_mower",
  "rocket",
  "streetcar",
  "tank",
  "tractor",
] as const;

/** A vehicle that can be drawn. */
export type Vehicle = (typeof VEHICLES)[number];

/** Draws one vehicle in a varied pose, colour and light, as three colour planes. */
export function drawVehicle(vehicle: Vehicle, random: Random): Buffer {
  const canvas = createCanvas();
  const [sky, ground] = [anyColor(random, 120, 250), anyColor(random, 20, 180)];
  const horizon = random.between(14, 26);
  for (let y = 0; y < 32; y++) for (let x = 0; x < 32; x++) blend(canvas, x, y, y < horizon ? sky : ground, 1);
  canvas.pose = {
    scale: random.between(7.5, 9.5),
    angle: random.between(-0.15, 0.15),
    mirror: random.next() < 0.5,
    x: 16 + random.between(-2, 2),
    y: 21 + random.between(-2, 2),
  };
  DRAWINGS[vehicle](canvas, anyColor(random, 10, 245));
  blur(canvas, random.between(0, 0.5));
  return toPlanes(canvas, random, random.between(4, 18));
}

const DARK: Paint = [25, 25, 30];
const GLASS: Paint = [180, 210, 230];
const METAL: Paint = [140, 140, 145];

const DRAWINGS: Readonly<Record<Vehicle, (canvas: Canvas, paint: Paint) => void>> = {
  bicycle: (canvas, paint) => {
    for (const x of [-0.9, 0.9]) ring(canvas, [x, 0], 0.65, 0.12, DARK);
    line(canvas, [-0.9, 0], [-0.3, -0.8], 0.12, paint);
    line(canvas, [-0.3, -0.8], [0.6, -0.8], 0.12, paint);
    line(canvas, [0.6, -0.8], [0.9, 0], 0.12, paint);
    line(canvas, [-0.1, 0.1], [0.6, -0.8], 0.12, paint);
  },
  bus: (canvas, paint) => {
    line(canvas, [-1.1, -0.6], [1.1, -0.6], 1.2, paint);
    windows(canvas, [-1.1, -0.5, 0.1, 0.7], -0.9);
    wheels(canvas, [-0.9, 0.9], 0.28);
  },
  motorcycle: (canvas, paint) => {
    for (const x of [-0.9, 0.9]) ring(canvas, [x, 0], 0.5, 0.28, DARK);
    ellipse(canvas, [0, -0.2], [0.45, 0.35], METAL);
    ellipse(canvas, [0.15, -0.65], [0.5, 0.24], paint);
    line(canvas, [-0.9, -0.6], [-0.2, -0.6], 0.22, DARK);
  },
  pickup_truck: (canvas, paint) => {
    line(canvas, [-1.3, -0.2], [1.3, -0.2], 0.45, paint);
    line(canvas, [0.1, -0.7], [0.5, -0.7], 0.6, paint);
    line(canvas, [0.2, -0.75], [0.45, -0.75], 0.3, GLASS);
    wheels(canvas, [-0.85, 0.85], 0.32);
  },
  train: (canvas, paint) => {
    for (const x of [-1.3, 0.1, 1.5]) line(canvas, [x - 0.35, -0.5], [x + 0.35, -0.5], 0.7, paint);
    line(canvas, [-2, 0.3], [2, 0.3], 0.1, METAL);
    line(canvas, [-2, 0.55], [2, 0.55], 0.1, DARK);
  },
  lawn_mower: (canvas, paint) => {
    line(canvas, [0.1, 0], [0.9, 0], 0.5, paint);
    line(canvas, [0.1, -0.1], [-1.2, -1.5], 0.14, DARK);
    wheels(canvas, [0, 1], 0.24);
  },
  rocket: (canvas, paint) => {
    line(canvas, [0, -1.9], [0, 0], 0.55, [235, 235, 240]);
    disc(canvas, [0, -1.1], 0.18, paint);
    line(canvas, [-0.35, 0], [-0.35, 0.3], 0.25, paint);
    line(canvas, [0.35, 0], [0.35, 0.3], 0.25, paint);
    ellipse(canvas, [0, 0.75], [0.25, 0.5], [250, 160, 30]);
  },
  streetcar: (canvas, paint) => {
    line(canvas, [-0.9, -0.5], [0.9, -0.5], 1, paint);
    windows(canvas, [-0.8, -0.1, 0.6], -0.7);
    line(canvas, [0, -1], [0.5, -1.7], 0.09, DARK);
    line(canvas, [-2, -1.75], [2, -1.75], 0.08, DARK);
    line(canvas, [-2, 0.25], [2, 0.25], 0.1, METAL);
  },
  tank: (canvas, [red, green]) => {
    const paint: Paint = [50 + red / 5, 70 + green / 5, 40];
    line(canvas, [-1, 0.05], [1, 0.05], 0.55, DARK);
    for (const x of [-0.9, -0.3, 0.3, 0.9]) disc(canvas, [x, 0.08], 0.18, METAL);
    line(canvas, [-0.8, -0.35], [0.8, -0.35], 0.35, paint);
    ellipse(canvas, [0, -0.65], [0.55, 0.3], paint);
    line(canvas, [0.4, -0.7], [1.8, -0.85], 0.14, paint);
  },
  tractor: (canvas, paint) => {
    line(canvas, [0, -0.35], [1, -0.35], 0.5, paint);
    line(canvas, [-0.5, -1.3], [0.1, -1.3], 0.14, DARK);
    line(canvas, [-0.2, -1.2], [-0.2, -0.5], 0.4, GLASS);
    disc(canvas, [-0.55, -0.1], 0.65, DARK);
    disc(canvas, [-0.55, -0.1], 0.28, paint);
    disc(canvas, [0.95, 0.2], 0.32, DARK);
  },
};

function wheels(canvas: Canvas, places: readonly number[], radius: number): void {
  for (const x of places) disc(canvas, [x, 0.1], radius, DARK);
}

function windows(canvas: Canvas, places: readonly number[], y: number): void {
  for (const x of places) line(canvas, [x, y], [x + 0.3, y], 0.34, GLASS);
}

function anyColor(random: Random, low: number, high: number): Paint {
  return [random.between(low, high), random.between(low, high), random.between(low, high)];
}
