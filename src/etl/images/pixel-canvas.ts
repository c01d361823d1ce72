/** Red, green and blue, 0 to 255 each. @internal */
export type Color = readonly [red: number, green: number, blue: number];

/** A rectangle of the canvas in pixels, from its upper left corner. @internal */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels to paint onto a canvas. @internal */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `height * width * 3` bytes of red, green and blue. */
  readonly rgb: Uint8Array;
}

/** Bytes of a pixel. */
const STEP = 3;

/** An RGB picture to paint on. What lies outside of it is left out. @internal */
export class PixelCanvas implements Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;

  /**
   * @param width - Width in pixels.
   * @param height - Height in pixels.
   * @param background - Colour of every pixel.
   */
  constructor(width: number, height: number, background: Color) {
    this.width = width;
    this.height = height;
    this.rgb = new Uint8Array(width * height * STEP);
    this.fill({ x: 0, y: 0, width, height }, background);
  }

  /** Paints an area in one colour. */
  fill(area: Area, color: Color): void {
    const left = Math.max(0, area.x);
    const right = Math.min(this.width, area.x + area.width);
    const top = Math.max(0, area.y);
    const bottom = Math.min(this.height, area.y + area.height);
    if (left >= right || top >= bottom) return;
    const row = new Uint8Array((right - left) * STEP);
    for (let at = 0; at < row.length; at += STEP) row.set(color, at);
    for (let y = top; y < bottom; y++) this.rgb.set(row, (y * this.width + left) * STEP);
  }

  /**
   * Paints a picture, each of its pixels as a square, so that nothing is blurred.
   *
   * @param picture - The picture.
   * @param place - Its upper left corner, and the side of those squares.
   */
  draw(picture: Picture, place: { readonly x: number; readonly y: number; readonly scale: number }): void {
    const { x, y, scale } = place;
    const shown = Math.min(picture.width * scale, this.width - x);
    const row = new Uint8Array(shown * STEP);
    for (let line = 0; line < picture.height; line++) {
      const source = line * picture.width;
      for (let column = 0; column < shown; column++) {
        const from = (source + Math.floor(column / scale)) * STEP;
        row[column * STEP] = picture.rgb[from] ?? 0;
        row[column * STEP + 1] = picture.rgb[from + 1] ?? 0;
        row[column * STEP + 2] = picture.rgb[from + 2] ?? 0;
      }
      const top = y + line * scale;
      const bottom = Math.min(top + scale, this.height);
      for (let target = top; target < bottom; target++) this.rgb.set(row, (target * this.width + x) * STEP);
    }
  }
}
