import { ClassUnknownError } from "../etl-errors.js";

/**
 * Names of the 100 fine classes in the order of their labels.
 * Source: `meta` of the CIFAR-100 python archive (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images").
 */
export const CIFAR_100_CLASSES = [
  "apple",
  "aquarium_fish",
  "baby",
  "bear",
  "beaver",
  "bed",
  "bee",
  "beetle",
  "bicycle",
  "bottle",
  "bowl",
  "boy",
  "bridge",
  "bus",
  "butterfly",
  "camel",
  "can",
  "castle",
  "caterpillar",
  "cattle",
  "chair",
  "chimpanzee",
  "clock",
  "cloud",
  "cockroach",
  "couch",
  "crab",
  "crocodile",
  "cup",
  "dinosaur",
  "dolphin",
  "elephant",
  "flatfish",
  "forest",
  "fox",
  "girl",
  "hamster",
  "house",
  "kangaroo",
  "keyboard",
  "lamp",
  "lawn_mower",
  "leopard",
  "lion",
  "lizard",
  "lobster",
  "man",
  "maple_tree",
  "motorcycle",
  "mountain",
  "mouse",
  "mushroom",
  "oak_tree",
  "orange",
  "orchid",
  "otter",
  "palm_tree",
  "pear",
  "pickup_truck",
  "pine_tree",
  "plain",
  "plate",
  "poppy",
  "porcupine",
  "possum",
  "rabbit",
  "raccoon",
  "ray",
  "road",
  "rocket",
  "rose",
  "sea",
  "seal",
  "shark",
  "shrew",
  "skunk",
  "skyscraper",
  "snail",
  "snake",
  "spider",
  "squirrel",
  "streetcar",
  "sunflower",
  "sweet_pepper",
  "table",
  "tank",
  "telephone",
  "television",
  "tiger",
  "tractor",
  "train",
  "trout",
  "tulip",
  "turtle",
  "wardrobe",
  "whale",
  "willow_tree",
  "wolf",
  "woman",
  "worm",
] as const;

const MAX_SUGGESTIONS = 3;

/**
 * Finds the fine label of each class.
 *
 * @param classes - Class names.
 * @returns The fine labels, in the same order.
 * @throws {@link ClassUnknownError} `CLASS_UNKNOWN` with the nearest names.
 * @internal
 */
export function findFineLabels(classes: readonly string[]): readonly number[] {
  return classes.map((name) => {
    const label = (CIFAR_100_CLASSES as readonly string[]).indexOf(name);
    if (label >= 0) return label;
    const suggestions = suggest(name);
    throw new ClassUnknownError({
      code: "CLASS_UNKNOWN",
      message: `CIFAR-100 has no class "${name}". Did you mean ${suggestions.map((known) => `"${known}"`).join(", ")}? All names are in CIFAR_100_CLASSES.`,
      details: { className: name, suggestions },
    });
  });
}

function suggest(name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return CIFAR_100_CLASSES.map((known) => ({ known, distance: measureDistance(wanted, known) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ known }) => known);
}

/** Fewest insertions, deletions and replacements that turn one word into the other (Levenshtein). */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a.slice(0, 100)].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
