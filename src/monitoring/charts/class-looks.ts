import type { CaptureSummary } from "../statistics/capture-summary.js";
import { STYLES } from "./chart-theme.js";
import { type Rect, round, stroke, type Tone } from "./svg-parts.js";

/** A class, or all that have no look of their own, in the pictures. @internal */
export interface ClassLook {
  /** Its name, or how many they are. */
  readonly name: string;
  /** Its labels, by their index. */
  readonly labelIds: readonly number[];
  /** Number of its colour, shape and hatching. */
  readonly index: number;
}

/**
 * Chooses which classes are drawn apart: all of them, or the most frequent ones, and the others together.
 *
 * @param summary - The captures.
 * @returns The looks, in label order, the others last.
 * @internal
 */
export function chooseClasses({ labels, perLabel }: CaptureSummary): readonly ClassLook[] {
  const ids = labels.map((_, labelId) => labelId);
  const count = (labelId: number) => perLabel[labelId]?.count ?? 0;
  const shown =
    labels.length <= STYLES
      ? ids
      : ids
          .toSorted((one, other) => count(other) - count(one))
          .slice(0, STYLES - 1)
          .sort((one, other) => one - other);
  const looks = shown.map((labelId, index) => ({ name: labels[labelId] ?? "", labelIds: [labelId], index }));
  const others = ids.filter((labelId) => !shown.includes(labelId));
  if (others.length === 0) return looks;
  return [...looks, { name: `${others.length} other classes`, labelIds: others, index: STYLES - 1 }];
}

/** The colour of a look. @internal */
export function toneOf(index: number): Tone {
  return `c${index % STYLES}`;
}

/** Shapes within a circle of the radius: circle, square, diamond, plus, hourglass and bar. The triangle is taken. */
const SHAPES: readonly ((r: number) => string)[] = [
  (r) =>
    `m${round(-r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0z`,
  (r) => box(r * 0.85, r * 0.85),
  (r) =>
    `m0 ${round(-r * 1.15)}l${round(r * 1.15)} ${round(r * 1.15)}l${round(-r * 1.15)} ${round(r * 1.15)}l${round(-r * 1.15)} ${round(-r * 1.15)}z`,
  (r) => {
    const [long, short] = [round(r * 0.7), round(r * 0.6)];
    return `m${round(-r * 0.3)} ${round(-r)}h${short}v${long}h${long}v${short}h-${long}v${long}h-${short}v-${long}h-${long}v-${short}h${long}z`;
  },
  (r) => `m${round(-r)} ${round(-r)}h${round(2 * r)}l${round(-2 * r)} ${round(2 * r)}h${round(2 * r)}z`,
  (r) => box(r, r * 0.45),
];

function box(halfWidth: number, halfHeight: number): string {
  return `m${round(-halfWidth)} ${round(-halfHeight)}h${round(2 * halfWidth)}v${round(2 * halfHeight)}h${round(-2 * halfWidth)}z`;
}

/** Draws the shape of a class, the same in every picture. @internal */
export function drawShape(index: number, x: number, y: number, radius: number): string {
  const shape = SHAPES[index % SHAPES.length] ?? (() => "");
  return `<path class="f-${toneOf(index)}" d="M${round(x)} ${round(y)}${shape(radius)}"/>`;
}

/** Draws the triangle that everything below the threshold has. @internal */
export function drawAlarm(x: number, y: number, radius: number): string {
  const [r, side] = [radius * 1.15, radius * 2.2];
  return `<path class="f-alarm" d="M${round(x)} ${round(y - r)}l${round(side / 2)} ${round(r * 1.8)}h${round(-side)}z"/>`;
}

const GAP = 6;

/**
 * Draws the hatching of a class over a rectangle, so that classes differ in grey. The lines of neighbours meet.
 *
 * @param index - Number of the look; the first one has none.
 * @param box - The rectangle.
 * @returns A path, or nothing.
 * @internal
 */
export function drawHatching(index: number, { x, y, width, height }: Rect): string {
  const [right, bottom] = [x + width, y + height];
  const flat = () => steps(y, bottom).map((at) => `M${round(x)} ${round(at)}H${round(right)}`);
  const upright = () => steps(x, right).map((at) => `M${round(at)} ${round(y)}V${round(bottom)}`);
  const rising = () =>
    steps(x + y, right + bottom).map((sum) => {
      const [from, to] = [Math.max(x, sum - bottom), Math.min(right, sum - y)];
      return `M${round(from)} ${round(sum - from)}L${round(to)} ${round(sum - to)}`;
    });
  const falling = () =>
    steps(x - bottom, right - y).map((difference) => {
      const [from, to] = [Math.max(x, y + difference), Math.min(right, bottom + difference)];
      return `M${round(from)} ${round(from - difference)}L${round(to)} ${round(to - difference)}`;
    });
  const kinds = [() => [], rising, flat, falling, upright, () => [...flat(), ...upright()]];
  const lines = kinds[index % kinds.length]?.() ?? [];
  return lines.length === 0 ? "" : stroke(lines.join(""), "paper", { opacity: 0.75, width: 1.2 });
}

function steps(from: number, to: number): readonly number[] {
  const first = Math.ceil(from / GAP + 1e-6);
  const count = Math.max(0, Math.floor(to / GAP - 1e-6) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * GAP);
}
