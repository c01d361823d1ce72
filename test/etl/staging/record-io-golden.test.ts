import { readFileSync } from "node:fs";
import { CreateBucketCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { stageDataset } from "../../../src/etl/staging/stage-dataset.js";
import { createLocalAws } from "../../../src/local/local-aws.js";
import { archiveOf } from "../../helpers/archive.js";
import { sharedData } from "../../helpers/shared-data.js";

/** A file to pack, as `im2rec --pass-through` takes it from its list. */
interface Packed {
  readonly id: number;
  readonly label: number;
  readonly image: Uint8Array;
}

/** Packs as MXNet's `recordio.py` does, written from its description alone; without the magic number in the data. */
function packAsIm2rec(files: readonly Packed[]) {
  let index = "";
  const parts: Buffer[] = [];
  for (const { id, label, image } of files) {
    index += `${id}\t${Buffer.concat(parts).length}\n`;
    const head = Buffer.alloc(32);
    head.writeUInt32LE(0xced7230a, 0);
    head.writeUInt32LE(24 + image.length, 4);
    head.writeFloatLE(label, 12);
    head.writeUInt32LE(id, 16);
    parts.push(head, Buffer.from(image), Buffer.alloc((4 - (image.length % 4)) % 4));
  }
  return { record: Buffer.concat(parts), index };
}

const golden = sharedData("facts/recordio-golden.json");
it.skipIf(golden === undefined)("packs like the golden file, in the check itself (needs the shared data)", () => {
  const { indexed } = JSON.parse(readFileSync(golden ?? "", "utf8"));
  const { record, index } = packAsIm2rec([
    { id: 0, label: 0, image: Buffer.from("aaaaa") },
    { id: 1, label: 1, image: Buffer.from("bbbbbbbb") },
    { id: 2, label: 0, image: Buffer.from("ccc") },
  ]);
  expect(record.toString("hex")).toBe(indexed.recHex);
  expect(index).toBe(indexed.idxText);
});

async function stageAndCompare(source: string | Buffer, count: number): Promise<void> {
  const local = await createLocalAws();
  try {
    const { s3 } = local.clients;
    await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const extractor = new CifarExtractor({ source });
    const images: CifarImage[] = [];
    for await (const image of extractor.images()) images.push(image);
    const destination = { bucket: "scones" };
    await stageDataset({ images, labels: extractor.labels, destination, format: "recordio", clients: { s3 } });
    const read = async (key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: "scones", Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };
    expect(images).toHaveLength(count);
    for (const split of ["train", "test"]) {
      const files = images
        .filter((image) => image.split === split)
        .map((image) => ({ id: image.row, label: image.labelId, image: encodePng(image) }));
      const { record, index } = packAsIm2rec(files);
      expect((await read(`${split}_rec/${split}.rec`)).equals(record), split).toBe(true);
      expect((await read(`${split}.idx`)).toString()).toBe(index);
    }
  } finally {
    await local.close();
  }
}

it("stages .rec and .idx files byte for byte as im2rec packs the same PNG files", async () => {
  await stageAndCompare(await archiveOf(), 4);
});

const archive = sharedData("data/cifar-100-python-subset.tar.gz");
it.skipIf(archive === undefined)("does so with all 1,200 real vehicles (needs the shared data)", async () => {
  await stageAndCompare(archive ?? "", 1200);
});
