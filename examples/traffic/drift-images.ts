import type { CifarImage } from "scones-ml/etl";

/** How the images change after some time. */
export type DriftKind = "none" | "darken" | "blur" | "class-mix";

/** Half as bright, as at dusk. */
export function darken(image: CifarImage): CifarImage {
  return { ...image, rgb: image.rgb.map((value) => value * 0.4) };
}

/** Each pixel becomes the mean of its surroundings, twice: a lens that nobody wipes. */
export function blur(image: CifarImage): CifarImage {
  return { ...image, rgb: smooth(smooth(image.rgb, image), image) };
}

function smooth(rgb: Uint8Array, { width, height }: CifarImage): Uint8Array {
  const result = new Uint8Array(rgb.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        let count = 0;
        for (let row = Math.max(0, y - 2); row <= Math.min(height - 1, y + 2); row++) {
          for (let column = Math.max(0, x - 2); column <= Math.min(width - 1, x + 2); column++) {
            sum += rgb[(row * width + column) * 3 + channel] ?? 0;
            count++;
          }
        }
        result[(y * width + x) * 3 + channel] = sum / count;
      }
    }
  }
  return result;
}

/**
 * Chooses the next image.
 *
 * @param images - The images to choose from.
 * @param kind - How they change.
 * @param isDrifted - Whether the change has come.
 * @param random - Even numbers in 0 to 1.
 */
export function nextImage(
  images: readonly CifarImage[],
  kind: DriftKind,
  isDrifted: boolean,
  random: () => number,
): CifarImage {
  const last = Math.max(...images.map(({ labelId }) => labelId));
  // Nine out of ten of the last class, where the mix of the classes changes.
  const isOnlyLast = kind === "class-mix" && isDrifted && random() < 0.8;
  const choice = isOnlyLast ? images.filter(({ labelId }) => labelId === last) : images;
  const image = choice[Math.floor(random() * choice.length)];
  if (image === undefined) throw new Error("there are no images to send");
  if (!isDrifted) return image;
  return kind === "darken" ? darken(image) : kind === "blur" ? blur(image) : image;
}
