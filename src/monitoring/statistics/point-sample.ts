/** One classified image on the time axis. */
export interface CapturePoint {
  /** When it was captured, in ISO 8601. */
  readonly time: string;
  /** Probability of the most probable class, 0 to 1. */
  readonly confidence: number;
  /** Name of the most probable class. */
  readonly label: string;
  /** Identifies the capture. */
  readonly eventId: string;
  /** Whether the confidence is below the threshold. */
  readonly belowThreshold: boolean;
}

/**
 * Keeps at most a fixed number of points, chosen by a hash of their event: an even sample that does not depend on the
 * order of the points, so that the same captures always give the same picture.
 * @internal
 */
export class PointSample {
  readonly #limit: number;
  #points: { readonly rank: number; readonly point: CapturePoint }[] = [];

  /** @param limit - How many points to keep. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a point. */
  add(point: CapturePoint): void {
    this.#points.push({ rank: hash(point.eventId), point });
    // Sorting at twice the limit costs little for each point.
    if (this.#points.length >= this.#limit * 2) this.#cut();
  }

  /** The points that are kept. */
  take(): readonly CapturePoint[] {
    this.#cut();
    return this.#points.map(({ point }) => point);
  }

  #cut(): void {
    if (this.#points.length <= this.#limit) return;
    this.#points = this.#points.sort((one, other) => one.rank - other.rank).slice(0, this.#limit);
  }
}

/** FNV-1a over the UTF-16 units, with a last mix, for event ids of callers may count up. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
