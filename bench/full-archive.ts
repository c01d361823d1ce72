import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "scones-ml/etl";
import { pack } from "tar-stream";
import { pickleBatch, pickleMeta } from "../examples/end-to-end/pickle-writer.js";
import { createRandom, type Random } from "../examples/end-to-end/random.js";

const CACHED = fileURLToPath(new URL("../node_modules/.cache/scones-bench/cifar-100-like.tar.gz", import.meta.url));
const PLANE_BYTES = 32 * 32;
const ROW_BYTES = 3 * PLANE_BYTES;
/** Images of a class in each batch, as in CIFAR-100. */
const PER_CLASS = { train: 500, test: 100 } as const;
/** Strength of the noise that makes pixels deflate as badly as photos do, to about nine tenths. */
const NOISE = 85;

/**
 * Makes an archive with the size and the structure of the genuine CIFAR-100 one: 60,000 rows, the same members, pickles
 * written opcode for opcode as there. Its pixels are noise. Made once and kept; takes some ten seconds.
 *
 * @returns Its path.
 */
export async function provideFullArchive(log: (line: string) => void): Promise<string> {
  if (existsSync(CACHED)) return CACHED;
  log(`makes an archive of the full size once: ${CACHED}`);
  await mkdir(dirname(CACHED), { recursive: true });
  const draft = `${CACHED}.${process.pid}`;
  try {
    const file = await open(draft, "w");
    const archive = pack();
    const writing = pipeline(archive, createGzip(), file.createWriteStream());
    const add = (name: string, content: Buffer | string) =>
      archive.entry({ name: `cifar-100-python/${name}`, mtime: new Date(0) }, content);
    archive.entry({ name: "cifar-100-python/", type: "directory", mtime: new Date(0) });
    add("file.txt~", "");
    add("train", makeBatch("training batch 1 of 1", PER_CLASS.train, createRandom(1)));
    add("test", makeBatch("testing batch 1 of 1", PER_CLASS.test, createRandom(2)));
    add("meta", pickleMeta(CIFAR_100_CLASSES));
    archive.finalize();
    await writing;
    await rename(draft, CACHED);
  } finally {
    await rm(draft, { force: true });
  }
  return CACHED;
}

function makeBatch(name: string, perClass: number, random: Random): Buffer {
  const fineLabels = Array.from({ length: perClass * CIFAR_100_CLASSES.length }, (_, row) => ({
    label: row % CIFAR_100_CLASSES.length,
    place: random.next(),
  }))
    .sort((a, b) => a.place - b.place)
    .map(({ label }) => label);
  return pickleBatch({
    name,
    filenames: fineLabels.map((label, row) => `${CIFAR_100_CLASSES[label]}_s_${String(row).padStart(6, "0")}.png`),
    fineLabels,
    coarseLabels: fineLabels.map((label) => label % CIFAR_100_COARSE_CLASSES.length),
    planes: makePixels(fineLabels.length, random),
  });
}

/** One colour a plane, and much noise; two parts of one random number, so that middling values are more frequent. */
function makePixels(rows: number, random: Random): Buffer {
  const pixels = Buffer.allocUnsafe(rows * ROW_BYTES);
  for (let start = 0; start < pixels.length; start += PLANE_BYTES) {
    const base = random.between(0, 255 - 2 * NOISE);
    for (let index = start; index < start + PLANE_BYTES; index++) {
      const bits = random.next() * 2 ** 16;
      pixels[index] = base + (((bits >> 8) + (bits & 255)) * NOISE) / 256;
    }
  }
  return pixels;
}
