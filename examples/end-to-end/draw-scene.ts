import { blend, blur, type Canvas, createCanvas, disc, ellipse, line, type Paint, ring, toPlanes } from "./canvas.js";
import type { Random } from "./random.js";

/** What can be drawn; the names are CIFAR-100 classes. */
export type Subject = "bicycle" | "motorcycle" | "apple" | "bus" | "cloud" | "sunflower" | "wardrobe";

/** Draws one picture of a subject, with varied pose, colour, background, blur and noise, as three colour planes. */
export function drawScene(subject: Subject, random: Random): Buffer {
  const canvas = createCanvas();
  drawBackground(canvas, random);
  canvas.pose = {
    scale: random.between(6.5, 9.5),
    angle: random.between(-0.25, 0.25),
    mirror: random.next() < 0.5,
    x: 16 + random.between(-2.5, 2.5),
    y: 20 + random.between(-3, 2.5),
  };
  for (let index = 0; index < 3; index++) if (random.next() < 0.35) drawClutter(canvas, random);
  DRAWINGS[subject](canvas, random);
  blur(canvas, random.between(0, 0.6));
  return toPlanes(canvas, random, random.between(4, 22));
}

const DRAWINGS: Readonly<Record<Subject, (canvas: Canvas, random: Random) => void>> = {
  bicycle: drawBicycle,
  motorcycle: drawMotorcycle,
  apple: (canvas, random) => {
    disc(canvas, [0, -0.6], random.between(0.7, 1), [200, random.between(20, 160), 30]);
    line(canvas, [0, -1.3], [0.15, -1.8], 0.12, [80, 50, 20]);
  },
  bus: (canvas, random) => {
    const paint = anyColor(random);
    line(canvas, [-1.1, -0.7], [1.1, -0.7], 1.1, paint);
    for (const x of [-1, -0.3, 0.4, 1.1]) line(canvas, [x, -1], [x + 0.2, -1], 0.35, [180, 210, 230]);
    for (const x of [-0.8, 0.8]) disc(canvas, [x, 0], 0.3, [20, 20, 20]);
  },
  cloud: (canvas, random) => {
    for (let index = 0; index < 6; index++) {
      const center = [random.between(-1.2, 1.2), random.between(-1.3, -0.3)] as const;
      disc(canvas, center, random.between(0.4, 0.7), [235, 240, 245]);
    }
  },
  sunflower: (canvas, random) => {
    line(canvas, [0, -0.5], [random.between(-0.2, 0.2), 1], 0.12, [50, 130, 40]);
    for (let petal = 0; petal < 12; petal++) {
      const angle = (petal * Math.PI) / 6;
      line(canvas, [0, -0.6], [Math.cos(angle), -0.6 + Math.sin(angle)], 0.22, [240, 190, 30]);
    }
    disc(canvas, [0, -0.6], 0.45, [90, 55, 20]);
  },
  wardrobe: (canvas, random) => {
    const brown: Paint = [random.between(90, 170), random.between(60, 100), 50];
    line(canvas, [0, -1.6], [0, 0.6], 1.6, brown);
    line(canvas, [0, -1.7], [0, 0.8], 0.06, [30, 20, 10]);
  },
};

/** Thin wheels and a frame of thin tubes with air between them. */
function drawBicycle(canvas: Canvas, random: Random): void {
  const vary = (value: number) => value + random.between(-0.08, 0.08);
  const dark = shade(random, 15, 75);
  const paint = random.next() < 0.6 ? anyColor(random) : dark;
  const tube = random.between(0.08, 0.17);
  const wheel = random.between(0.58, 0.72);
  for (const x of [-1, 1]) {
    ring(canvas, [x, 0], wheel, random.between(0.08, 0.16), dark);
    disc(canvas, [x, 0], 0.09, shade(random, 80, 160));
  }
  const crank = [vary(-0.1), vary(0.05)] as const;
  const saddle = [vary(-0.42), vary(-0.85)] as const;
  const head = [vary(0.62), vary(-0.85)] as const;
  const tubes = [
    [[-1, 0], crank],
    [crank, saddle],
    [crank, head],
    [saddle, head],
    [saddle, [-1, 0]],
    [head, [1, 0]],
  ] as const;
  const missing = random.next() < 0.2 ? 3 : -1;
  for (const [index, [from, to]] of tubes.entries()) if (index !== missing) line(canvas, from, to, tube, paint);
  line(canvas, [saddle[0] - 0.2, saddle[1] - 0.15], [saddle[0] + 0.15, saddle[1] - 0.15], 0.14, dark);
  line(canvas, [head[0] - 0.05, head[1] - 0.2], [head[0] + random.between(-0.2, 0.25), head[1] - 0.28], 0.1, dark);
  if (random.next() < 0.25) ellipse(canvas, [1, -0.75], [0.25, 0.15], shade(random, 80, 180)); // A basket.
}

/** Fat tyres, and a body, engine and seat that fill the space between them. */
function drawMotorcycle(canvas: Canvas, random: Random): void {
  const vary = (value: number) => value + random.between(-0.1, 0.1);
  const dark = shade(random, 10, 60);
  const metal = shade(random, 90, 190);
  const paint = random.next() < 0.7 ? anyColor(random) : dark;
  const wheel = random.between(0.46, 0.6);
  for (const x of [-1, 1]) {
    ring(canvas, [x, 0], wheel, random.between(0.15, 0.3), dark);
    disc(canvas, [x, 0], random.between(0.1, 0.22), metal);
  }
  line(canvas, [vary(0.62), vary(-0.85)], [1, 0], random.between(0.1, 0.18), metal);
  ellipse(canvas, [vary(0), vary(-0.15)], [random.between(0.3, 0.48), random.between(0.25, 0.4)], metal);
  ellipse(canvas, [vary(0.18), vary(-0.62)], [random.between(0.32, 0.5), random.between(0.16, 0.28)], paint);
  line(canvas, [vary(-0.95), vary(-0.6)], [vary(-0.15), vary(-0.58)], random.between(0.14, 0.26), dark);
  line(
    canvas,
    [vary(-0.1), vary(0.12)],
    [vary(-1.15), vary(0.08)],
    random.between(0.08, 0.16),
    shade(random, 120, 220),
  );
  line(canvas, [vary(0.55), vary(-0.95)], [vary(0.4), vary(-1.05)], 0.1, dark);
  if (random.next() < 0.5) disc(canvas, [vary(0.85), vary(-0.75)], 0.16, shade(random, 180, 250));
  if (random.next() < 0.4) ellipse(canvas, [vary(0.6), vary(-0.6)], [0.35, 0.4], paint); // A fairing.
}

function drawBackground(canvas: Canvas, random: Random): void {
  const sky = random.next() < 0.35 ? shade(random, 190, 255) : anyColor(random);
  const ground = random.next() < 0.35 ? sky : anyColor(random);
  const horizon = random.between(8, 30);
  const tilt = random.between(-0.2, 0.2);
  const wave = random.between(0, 14);
  const pitch = random.between(0.2, 1.2);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const depth = y + tilt * x < horizon ? y / 64 : 0.1;
      const base = y + tilt * x < horizon ? sky : ground;
      const texture = wave * Math.sin(pitch * (x + 2 * y)) * Math.cos(pitch * 0.7 * (y - x));
      blend(canvas, x, y, [base[0] + texture, base[1] + texture, base[2] + texture - 60 * depth], 1);
    }
  }
}

function drawClutter(canvas: Canvas, random: Random): void {
  const paint = anyColor(random);
  const from = [random.between(-2, 2), random.between(-2, 1)] as const;
  const to = [from[0] + random.between(-1, 1), from[1] + random.between(-1.5, 1.5)] as const;
  if (random.next() < 0.6) line(canvas, from, to, random.between(0.06, 0.35), paint);
  else ring(canvas, from, random.between(0.2, 0.6), random.between(0.06, 0.2), paint);
}

function anyColor(random: Random): Paint {
  return [random.between(10, 245), random.between(10, 245), random.between(10, 245)];
}

function shade(random: Random, low: number, high: number): Paint {
  const grey = random.between(low, high);
  return [grey + random.between(-12, 12), grey + random.between(-12, 12), grey + random.between(-12, 12)];
}
