import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { encodeImageRecord } from "../../../src/core/image-record.js";
import { encodeRecordIo } from "../../../src/core/record-io.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import type { LocalAws } from "../../../src/local/local-aws.js";
import { stagedDataset } from "../../helpers/contracts.js";

/** Height and width of the images. */
export const SIDE = 8;
/** Images of each split. */
export const COUNT = 12;

/** A picture of some size. */
export const png = (height = SIDE, width = SIDE) =>
  encodePng({ height, width, rgb: new Uint8Array(height * width * 3).fill(7) });

/** Puts an object into the bucket "scones". */
export const put = (local: LocalAws, Key: string, Body: string | Uint8Array, Bucket = "scones") =>
  local.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

const rows = Array.from({ length: COUNT }, (_, index) => ({ index, label: index % 2 }));

/** Lines of a `.lst` manifest. */
export const lst = (change: (line: string, index: number) => string = (line) => line) =>
  rows.map(({ index, label }) => change(`${index}\t${label}\t${index}.png\n`, index)).join("");

/** Lines of an augmented manifest. */
export const augmented = (split: string, change: (line: string, index: number) => string = (line) => line) =>
  rows
    .map(({ index, label }) =>
      change(`${JSON.stringify({ "source-ref": `s3://scones/${split}/${index}.png`, class: String(label) })}\n`, index),
    )
    .join("");

/** Puts a data set in all three layouts, with a model. */
export async function putDataset(local: LocalAws): Promise<void> {
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  for (const split of ["train", "test"]) {
    for (const { index } of rows) await put(local, `${split}/${index}.png`, png());
    await put(local, `${split}.lst`, lst());
    await put(local, `${split}.manifest`, augmented(split));
    const records = rows.map(({ index, label }) =>
      encodeRecordIo(encodeImageRecord({ id: index, label, image: png() })),
    );
    await put(local, `${split}_rec/${split}.rec`, Buffer.concat(records));
  }
  await put(local, "model.tar.gz", Uint8Array.of(0x1f, 0x8b, 8));
}

const imageShape = { channels: 3, height: SIDE, width: SIDE } as const;
const split = (images: string, manifest: string) => ({
  images: `s3://scones/${images}`,
  manifest: `s3://scones/${manifest}`,
  count: COUNT,
});

/** The data set as `stageDataset` would describe it. */
export const single = stagedDataset({
  imageShape,
  train: split("train/", "train.lst"),
  validation: split("test/", "test.lst"),
});

/** The same, packed. */
export const packed = stagedDataset({
  format: "recordio",
  imageShape,
  train: split("train_rec/", "train.lst"),
  validation: split("test_rec/", "test.lst"),
});

/** The same, listed. */
export const listed = {
  format: "augmented-manifest" as const,
  labels: single.labels,
  imageShape,
  train: { manifest: "s3://scones/train.manifest", count: COUNT },
  validation: { manifest: "s3://scones/test.manifest", count: COUNT },
};
