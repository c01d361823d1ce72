import type { CifarImage } from "scones-ml/etl";

/** How the stream changes after a while: `mix` swaps the shares of the classes, the others change the pictures. */
export const DRIFTS = ["none", "blur", "darken", "mix"] as const;

/** One of {@link DRIFTS}. */
export type Drift = (typeof DRIFTS)[number];

/** An image as it arrives once the drift has begun. */
export function degrade(image: CifarImage, drift: Drift): CifarImage {
  if (drift === "darken") return { ...image, rgb: image.rgb.map((value) => value * 0.25) };
  return drift === "blur" ? { ...image, rgb: blur(image, 2) } : image;
}

/** Each pixel becomes the mean of those around it. */
function blur({ rgb, width, height }: CifarImage, radius: number): Uint8Array {
  const clamp = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  return rgb.map((_, place) => {
    const [pixel, channel] = [Math.floor(place / 3), place % 3];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        sum += rgb[(clamp(y + dy, height) * width + clamp(x + dx, width)) * 3 + channel] ?? 0;
      }
    }
    return sum / (2 * radius + 1) ** 2;
  });
}
