import type { Random } from "./random.js";

/** Red, green and blue, 0 to 255. */
export type Paint = readonly [red: number, green: number, blue: number];
/** A place in the drawing's own coordinates; y grows downwards. */
export type Point = readonly [x: number, y: number];

/** A picture of 32 x 32 pixels, and the pose in which shapes are put on it. */
export interface Canvas {
  /** Red, green and blue of each pixel. */
  readonly pixels: Float32Array;
  /** Where the drawing's origin lies, how large a unit is, and how it is turned. */
  pose: {
    readonly scale: number;
    readonly angle: number;
    readonly mirror: boolean;
    readonly x: number;
    readonly y: number;
  };
}

const SIDE = 32;

/** Makes a black picture. */
export function createCanvas(): Canvas {
  return { pixels: new Float32Array(SIDE * SIDE * 3), pose: { scale: 8, angle: 0, mirror: false, x: 16, y: 16 } };
}

/** Mixes a colour into one pixel. */
export function blend({ pixels }: Canvas, x: number, y: number, paint: Paint, opacity: number): void {
  for (const [channel, value] of paint.entries()) {
    const at = (y * SIDE + x) * 3 + channel;
    pixels[at] = (pixels[at] ?? 0) * (1 - opacity) + value * opacity;
  }
}

/** Fills the inside of a shape, given the distance to its edge in pixels; edges are smooth. */
function fill(canvas: Canvas, paint: Paint, distance: (point: Point) => number): void {
  const { scale, angle, mirror, x: left, y: top } = canvas.pose;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const dx = (x + 0.5 - left) / scale;
      const dy = (y + 0.5 - top) / scale;
      const turned = cos * dx + sin * dy;
      const opacity = 0.5 - distance([mirror ? -turned : turned, cos * dy - sin * dx]) * scale;
      if (opacity > 0) blend(canvas, x, y, paint, Math.min(1, opacity));
    }
  }
}

/** A straight bar with round ends. */
export function line(canvas: Canvas, from: Point, to: Point, thickness: number, paint: Paint): void {
  const along: Point = [to[0] - from[0], to[1] - from[1]];
  const length = along[0] ** 2 + along[1] ** 2;
  fill(canvas, paint, ([x, y]) => {
    const share = Math.min(1, Math.max(0, ((x - from[0]) * along[0] + (y - from[1]) * along[1]) / length));
    return Math.hypot(x - from[0] - share * along[0], y - from[1] - share * along[1]) - thickness / 2;
  });
}

/** A circle's line. */
export function ring(canvas: Canvas, center: Point, radius: number, thickness: number, paint: Paint): void {
  fill(canvas, paint, ([x, y]) => Math.abs(Math.hypot(x - center[0], y - center[1]) - radius) - thickness / 2);
}

/** A filled circle. */
export function disc(canvas: Canvas, center: Point, radius: number, paint: Paint): void {
  ellipse(canvas, center, [radius, radius], paint);
}

/** A filled ellipse. */
export function ellipse(canvas: Canvas, center: Point, radii: Point, paint: Paint): void {
  const smaller = Math.min(...radii);
  fill(canvas, paint, ([x, y]) => (Math.hypot((x - center[0]) / radii[0], (y - center[1]) / radii[1]) - 1) * smaller);
}

/** Mixes each pixel with its neighbours; 0 leaves the picture as it is. */
export function blur({ pixels }: Canvas, amount: number): void {
  const before = pixels.slice();
  const at = (x: number, y: number, channel: number) => before[(y * SIDE + x) * 3 + channel] ?? 0;
  const clamp = (value: number) => Math.min(SIDE - 1, Math.max(0, value));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const around =
          at(clamp(x - 1), y, channel) +
          at(clamp(x + 1), y, channel) +
          at(x, clamp(y - 1), channel) +
          at(x, clamp(y + 1), channel);
        pixels[(y * SIDE + x) * 3 + channel] = at(x, y, channel) * (1 - amount) + (around / 4) * amount;
      }
    }
  }
}

/** The picture as bytes: the red plane, the green plane, the blue plane, with noise. */
export function toPlanes({ pixels }: Canvas, random: Random, noise: number): Buffer {
  const planes = Buffer.alloc(SIDE * SIDE * 3);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = (pixels[pixel * 3 + channel] ?? 0) + noise * (random.next() + random.next() - 1) * 1.2;
      planes[channel * SIDE * SIDE + pixel] = Math.round(Math.min(255, Math.max(0, value)));
    }
  }
  return planes;
}
