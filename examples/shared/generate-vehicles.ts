import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES } from "scones-ml/etl";
import { pack } from "tar-stream";
import { pickleBatch, pickleMeta } from "../end-to-end/pickle-writer.js";
import { createRandom, type Random } from "../end-to-end/random.js";
import { drawVehicle, VEHICLES } from "./draw-vehicle.js";

/** What the generated data set holds. */
export interface GenerateVehiclesOptions {
  /** Decides every drawing. */
  readonly seed: number;
  /** Training images of each vehicle. */
  readonly trainPerClass: number;
  /** Test images of each vehicle. */
  readonly testPerClass: number;
}

/** Draws all ten vehicles of CIFAR-100 and writes them in the archive's own format. The same options give the same bytes. */
export async function* generateVehicles(options: GenerateVehiclesOptions): AsyncGenerator<Uint8Array> {
  const { seed, trainPerClass, testPerClass } = options;
  const archive = pack();
  const add = (name: string, content: Buffer) =>
    archive.entry({ name: `cifar-100-python/${name}`, mtime: new Date(0) }, content);
  add("train", drawBatch("training batch 1 of 1", trainPerClass, createRandom(seed * 2 + 1)));
  add("test", drawBatch("testing batch 1 of 1", testPerClass, createRandom(seed * 2 + 2)));
  add("meta", pickleMeta(CIFAR_100_CLASSES));
  archive.finalize();
  yield await promisify(gzip)(await buffer(archive));
}

function drawBatch(name: string, perClass: number, random: Random): Buffer {
  const rows = Array.from({ length: perClass }, (_, row) =>
    VEHICLES.map((vehicle, index) => ({
      filename: `${vehicle}_s_${String(row).padStart(6, "0")}.png`,
      fine: CIFAR_100_CLASSES.indexOf(vehicle),
      coarse: CIFAR_100_COARSE_CLASSES.indexOf(index < 5 ? "vehicles_1" : "vehicles_2"),
      planes: drawVehicle(vehicle, random),
    })),
  ).flat();
  return pickleBatch({
    name,
    filenames: rows.map(({ filename }) => filename),
    fineLabels: rows.map(({ fine }) => fine),
    coarseLabels: rows.map(({ coarse }) => coarse),
    planes: Buffer.concat(rows.map(({ planes }) => planes)),
  });
}
