import type { ChannelImages } from "./environment.js";

/**
 * Looks for data from which nothing can be learned: it trains all the same, and nobody would see why it learns nothing.
 *
 * @param name - Name of the channel.
 * @param images - Its images.
 * @param classes - Number of classes.
 * @returns One sentence for each thing that is wrong.
 * @internal
 */
export function* findDataTrouble(name: string, images: ChannelImages, classes: number): Generator<string> {
  const { pixels, labels, count } = images;
  const size = pixels.length / Math.max(1, count);
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const image = (index: number) => bytes.subarray(index * size, (index + 1) * size);
  const first = image(0);
  let constant = 0;
  let isAllTheSame = count > 1;
  for (let index = 0; index < count; index++) {
    const own = image(index);
    if (isOneColour(own)) constant++;
    if (isAllTheSame && !own.equals(first)) isAllTheSame = false;
  }
  if (isAllTheSame) {
    yield `All ${count} images of the ${name} channel are identical: the data is broken, and the accuracy will stay at chance.`;
  }
  if (constant > 0)
    yield `${constant} of the ${count} images of the ${name} channel have one colour only: is the data broken?`;
  const present = new Set(labels);
  const missing = Array.from({ length: classes }, (_, label) => label).filter((label) => !present.has(label));
  if (present.size === 1) {
    const [only] = present;
    yield `All ${count} images of the ${name} channel have the label ${only}: there is nothing to tell apart.`;
  } else if (missing.length > 0) {
    const shown = missing.slice(0, 20).join(", ");
    yield `No image of the ${name} channel has the label ${shown}${missing.length > 20 ? ", ..." : ""}, but num_classes is ${classes}.`;
  }
}

function isOneColour(image: Uint8Array): boolean {
  for (let index = 3; index < image.length; index++) if (image[index] !== image[index - 3]) return false;
  return true;
}
