import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { pickleBatch, pickleMeta } from "../../examples/end-to-end/pickle-writer.js";
import { CIFAR_100_CLASSES } from "../../src/etl/cifar/class-names.js";

/** One row of a made-up batch. */
export interface RowSpec {
  readonly filename: string;
  readonly fineLabel: number;
  readonly coarseLabel?: number;
  /** Fills all pixels. */
  readonly value: number;
}

const BICYCLE = 8;
export const MOTORCYCLE = 48;

/** A batch in the genuine layout. */
export function batchOf(rows: readonly RowSpec[]): Buffer {
  return pickleBatch({
    name: "made up",
    filenames: rows.map(({ filename }) => filename),
    fineLabels: rows.map(({ fineLabel }) => fineLabel),
    coarseLabels: rows.map(({ coarseLabel = 0 }) => coarseLabel),
    planes: Buffer.concat(rows.map(({ value }) => Buffer.alloc(3072, value))),
  });
}

/** Two vehicles and a foreign class in each split. */
export const ROWS: readonly RowSpec[] = [
  { filename: "apple_s_000001.png", fineLabel: 0, value: 1 },
  { filename: "bike_s_000001.png", fineLabel: BICYCLE, value: 2 },
  { filename: "motorbike_s_000001.png", fineLabel: MOTORCYCLE, value: 3 },
];

/** The members of a small archive; a test states only what differs. */
export function membersOf(changes: Readonly<Record<string, Buffer | undefined>> = {}): Record<string, Buffer> {
  const members = { train: batchOf(ROWS), test: batchOf(ROWS), meta: pickleMeta(CIFAR_100_CLASSES), ...changes };
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, Buffer] => entry[1] !== undefined),
  );
}

/** A tar of these members, under the genuine folder. */
export async function tarOf(members: Readonly<Record<string, Buffer>>, folder = "cifar-100-python/"): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) archive.entry({ name: `${folder}${name}` }, content);
  archive.finalize();
  return buffer(archive);
}

/** A `.tar.gz` of these members. */
export async function archiveOf(changes: Readonly<Record<string, Buffer | undefined>> = {}): Promise<Buffer> {
  return gzipSync(await tarOf(membersOf(changes)));
}
