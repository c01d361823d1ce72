import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "scones-ml/etl";
import { pack } from "tar-stream";
import { drawScene, type Subject } from "./draw-scene.js";
import { pickleBatch, pickleMeta } from "./pickle-writer.js";
import { createRandom, type Random } from "./random.js";

/** What the generated data set holds. */
export interface GenerateArchiveOptions {
  /** Decides every drawing. */
  readonly seed?: number;
  /** Training images of each of the two vehicle classes. */
  readonly trainPerClass?: number;
  /** Test images of each of the two vehicle classes. */
  readonly testPerClass?: number;
}

interface Row {
  readonly filename: string;
  readonly subject: Subject;
}

/** Names that the genuine archive uses; "bike" occurs in both classes, so a name never tells the class. */
const STEMS: Readonly<Record<Subject, readonly string[]>> = {
  bicycle: ["bicycle", "bike", "safety_bicycle", "cycle", "velocipede", "ordinary_bicycle"],
  motorcycle: ["motorcycle", "bike", "minibike", "motorbike", "moped", "trail_bike"],
  apple: ["apple"],
  bus: ["bus", "school_bus"],
  cloud: ["cloud", "cumulus"],
  sunflower: ["sunflower"],
  wardrobe: ["wardrobe"],
};

const COARSE_CLASS: Readonly<Record<Subject, (typeof CIFAR_100_COARSE_CLASSES)[number]>> = {
  bicycle: "vehicles_1",
  motorcycle: "vehicles_1",
  apple: "fruit_and_vegetables",
  bus: "vehicles_1",
  cloud: "large_natural_outdoor_scenes",
  sunflower: "flowers",
  wardrobe: "household_furniture",
};

/** Images of each of the other classes, as a share of those of a vehicle class: filtering is real work. */
const OTHERS_SHARE = 0.25;

/**
 * Draws a small data set and writes it in the CIFAR-100 python archive's own format: a `.tar.gz` with the pickles
 * `train`, `test` and `meta`, laid out as the genuine ones.
 *
 * @returns The archive; the same options give the same bytes.
 */
export async function* generateArchive(options: GenerateArchiveOptions = {}): AsyncGenerator<Uint8Array> {
  const { seed = 0, trainPerClass = 250, testPerClass = 60 } = options;
  const archive = pack();
  const add = (name: string, content: Buffer | string) =>
    archive.entry({ name: `cifar-100-python/${name}`, mtime: new Date(0), uname: "scones", gname: "scones" }, content);
  archive.entry({ name: "cifar-100-python/", type: "directory", mtime: new Date(0) });
  add("file.txt~", "");
  add("train", drawBatch("training batch 1 of 1", trainPerClass, createRandom(seed * 2 + 1)));
  add("test", drawBatch("testing batch 1 of 1", testPerClass, createRandom(seed * 2 + 2)));
  add("meta", pickleMeta(CIFAR_100_CLASSES));
  archive.finalize();
  yield await promisify(gzip)(await buffer(archive));
}

function drawBatch(name: string, perClass: number, random: Random): Buffer {
  const rows = shuffle(
    (Object.keys(STEMS) as Subject[]).flatMap((subject) => {
      const isVehicle = subject === "bicycle" || subject === "motorcycle";
      const count = isVehicle ? perClass : Math.ceil(perClass * OTHERS_SHARE);
      return Array.from({ length: count }, (_, index) => nameRow(subject, index, random));
    }),
    random,
  );
  return pickleBatch({
    name,
    filenames: rows.map(({ filename }) => filename),
    fineLabels: rows.map(({ subject }) => CIFAR_100_CLASSES.indexOf(subject)),
    coarseLabels: rows.map(({ subject }) => CIFAR_100_COARSE_CLASSES.indexOf(COARSE_CLASS[subject])),
    planes: Buffer.concat(rows.map(({ subject }) => drawScene(subject, random))),
  });
}

function nameRow(subject: Subject, index: number, random: Random): Row {
  const stem = random.pick(STEMS[subject]);
  return {
    subject,
    filename: `${stem}_s_${String(index * 7 + CIFAR_100_CLASSES.indexOf(subject)).padStart(6, "0")}.png`,
  };
}

function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
