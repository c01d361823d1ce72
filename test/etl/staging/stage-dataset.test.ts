import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StagedDatasetSchema } from "../../../src/core/contracts.js";
import { isSconesError } from "../../../src/core/errors.js";
import { decodeImageRecord } from "../../../src/core/image-record.js";
import { decodeRecordIo } from "../../../src/core/record-io.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { parseLst } from "../../../src/etl/dataset/lst.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { stageDataset } from "../../../src/etl/staging/stage-dataset.js";
import type { StageProgressEvent } from "../../../src/etl/staging/stage-progress.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { trainImageClassifier } from "../../../src/training/train-image-classifier.js";
import { archiveOf } from "../../helpers/archive.js";
import { ROLE_ARN } from "../../helpers/contracts.js";

const labels = ["bicycle", "motorcycle"];
const imageOf = (row: number, changes: Partial<CifarImage> = {}): CifarImage => ({
  filename: `bike_s_${String(row).padStart(6, "0")}.png`,
  split: row % 5 === 0 ? "test" : "train",
  label: "bicycle",
  labelId: 0,
  row,
  width: 2,
  height: 1,
  rgb: Uint8Array.of(row & 255, 0, 0, 0, 0, 255),
  ...changes,
});
const many = Array.from({ length: 40 }, (_, row) => imageOf(row));

describe("stageDataset", () => {
  let local: LocalAws;
  let events: StageProgressEvent[];
  beforeEach(async () => {
    local = await createLocalAws({ trainer: { network: "small" } });
    events = [];
    await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  });
  afterEach(() => local.close());

  const stage = (changes: Partial<Parameters<typeof stageDataset>[0]> = {}) =>
    stageDataset({
      images: many,
      labels,
      destination: { bucket: "scones" },
      clients: { s3: local.clients.s3 },
      onProgress: (event) => events.push(event),
      ...changes,
    });
  const listKeys = async () => {
    const { Contents = [] } = await local.clients.s3.send(new ListObjectsV2Command({ Bucket: "scones" }));
    return Contents.map(({ Key }) => Key);
  };
  const read = async (key: string) => {
    const { Body, ContentType } = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key: key }));
    return { text: await Body?.transformToString(), type: ContentType };
  };
  /** Looks at every upload of the client, and may fail it. */
  const watchUploads = (watch: (key: string, send: () => Promise<unknown>) => Promise<unknown>) =>
    local.clients.s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== "PutObjectCommand") return next(args);
        return (await watch((args.input as { Key: string }).Key, () => next(args))) as Awaited<ReturnType<typeof next>>;
      },
      { step: "initialize", name: "watchUploads" },
    );

  it("loads the extractor's images in the course's layout, manifests last", async () => {
    const extractor = new CifarExtractor({ source: await archiveOf() });
    const dataset = await stage({
      images: extractor.images(),
      labels: extractor.labels,
      destination: { bucket: "scones", prefix: "/vehicles/" },
    });
    expect(StagedDatasetSchema.parse(dataset)).toEqual({
      format: "lst",
      bucket: "scones",
      prefix: "vehicles",
      labels,
      imageShape: { channels: 3, height: 32, width: 32 },
      train: { images: "s3://scones/vehicles/train/", manifest: "s3://scones/vehicles/train.lst", count: 2 },
      validation: { images: "s3://scones/vehicles/test/", manifest: "s3://scones/vehicles/test.lst", count: 2 },
    });
    expect(await listKeys()).toEqual([
      "vehicles/test.lst",
      "vehicles/test/bike_s_000001.png",
      "vehicles/test/motorbike_s_000001.png",
      "vehicles/train.lst",
      "vehicles/train/bike_s_000001.png",
      "vehicles/train/motorbike_s_000001.png",
    ]);
    expect((await read("vehicles/train.lst")).text).toBe("1\t0\tbike_s_000001.png\n2\t1\tmotorbike_s_000001.png\n");
    expect((await read("vehicles/train/bike_s_000001.png")).type).toBe("image/png");
    const uploaded = events.flatMap((event) => (event.type === "uploaded" ? [event.key] : []));
    expect(uploaded).toHaveLength(6);
    expect(uploaded.slice(-2)).toEqual(["vehicles/train.lst", "vehicles/test.lst"]);
  });

  it("sends nothing the second time, and says so", async () => {
    await stage();
    const first = events.at(-1);
    expect(first).toMatchObject({ type: "complete", uploaded: { objects: 42 }, unchanged: { objects: 0, bytes: 0 } });
    events = [];
    let uploads = 0;
    watchUploads((_, send) => {
      uploads++;
      return send();
    });
    await stage();
    expect(uploads).toBe(0);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["unchanged", "complete"]));
    expect(events.at(-1)).toEqual({
      type: "complete",
      uploaded: { objects: 0, bytes: 0 },
      unchanged: first?.type === "complete" ? first.uploaded : undefined,
    });
  });

  it("sends what changed, and nothing else", async () => {
    await stage();
    events = [];
    await stage({ images: many.map((image) => (image.row === 7 ? { ...image, rgb: new Uint8Array(6) } : image)) });
    const uploaded = events.flatMap((event) => (event.type === "uploaded" ? [event.key] : []));
    expect(uploaded).toEqual(["train/bike_s_000007.png"]);
    await stage({ images: many.slice(0, -1) });
    expect((await read("train.lst")).text).not.toContain("bike_s_000039.png");
  });

  it("is refused by S3 where the bucket belongs to another account", async () => {
    const failure = await stage({ expectedBucketOwner: "999999999999" }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "AccessDenied" });
    const own = await createLocalAws({ accountId: "111122223333" });
    await own.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const dataset = await stage({ expectedBucketOwner: "111122223333", clients: own.clients });
    await own.close();
    expect(dataset.train.count).toBe(32);
    await expect(stage({ expectedBucketOwner: "scones" })).rejects.toThrow(/account number of 12 digits/);
  });

  it("packs RecordIO files as im2rec does with pass-through", async () => {
    const dataset = await stage({ format: "recordio", destination: { bucket: "scones", prefix: "v" } });
    expect(StagedDatasetSchema.parse(dataset)).toMatchObject({
      format: "recordio",
      train: {
        images: "s3://scones/v/train_rec/",
        manifest: "s3://scones/v/train.lst",
        index: "s3://scones/v/train.idx",
        count: 32,
      },
      validation: { images: "s3://scones/v/test_rec/", count: 8 },
    });
    const { Body } = await local.clients.s3.send(
      new GetObjectCommand({ Bucket: "scones", Key: "v/train_rec/train.rec" }),
    );
    const records = [...decodeRecordIo((await Body?.transformToByteArray()) ?? new Uint8Array())];
    const rows = parseLst((await read("v/train.lst")).text ?? "");
    const images = records.map(({ data }) => decodeImageRecord(data));
    expect(images.map(({ id, label }) => [id, label])).toEqual(rows.map(({ row, labelId }) => [row, labelId]));
    const sent = many.filter(({ split }) => split === "train").map((image) => Buffer.from(encodePng(image)));
    expect(images.map(({ image }) => Buffer.from(image))).toEqual(sent);
    const index = records.map(({ offset }, place) => `${rows[place]?.row}\t${offset}\n`).join("");
    expect((await read("v/train.idx")).text).toBe(index);

    events = [];
    await stage({ format: "recordio", destination: { bucket: "scones", prefix: "v" } });
    expect(events.at(-1)).toMatchObject({ type: "complete", uploaded: { objects: 0 }, unchanged: { objects: 6 } });
  });

  it("trains on RecordIO files as on images", async () => {
    const sized = many.map((image) => ({
      ...image,
      width: 16,
      height: 16,
      rgb: new Uint8Array(768).fill(image.row * 6),
    }));
    const train = async (format: "lst" | "recordio") => {
      const dataset = await stage({ images: sized, format, destination: { bucket: "scones", prefix: format } });
      const { metrics } = await trainImageClassifier({
        dataset,
        roleArn: ROLE_ARN,
        output: "s3://scones/models",
        hyperparameters: { epochs: 1, miniBatchSize: 8 },
        clients: local.clients,
      });
      return metrics;
    };
    expect(await train("recordio")).toEqual(await train("lst"));
  });

  it("hands on S3's own exception when there is no such bucket, and takes no image", async () => {
    let taken = 0;
    const images = (function* () {
      taken++;
      yield* many;
    })();
    const failure = await stage({ images, destination: { bucket: "no-such-bucket" } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "NoSuchBucket" });
    expect(isSconesError(failure)).toBe(false);
    expect(taken).toBe(0);
  });

  it("removes what it added when an upload fails, and leaves what was there before", async () => {
    await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key: "train/older.png", Body: "older" }));
    const failure = new Error("refused");
    let count = 0;
    watchUploads(async (_, send) => {
      if (++count === 12) throw failure;
      return send();
    });
    await expect(stage({ concurrency: 4 })).rejects.toBe(failure);
    expect(await listKeys()).toEqual(["train/older.png"]);
    expect(events.at(-1)).toMatchObject({ type: "cleanup", left: [] });
  });

  it("removes the images again when a manifest cannot be stored", async () => {
    const failure = new Error("refused");
    watchUploads(async (key, send) => {
      if (key === "test.lst") throw failure;
      return send();
    });
    await expect(stage()).rejects.toBe(failure);
    expect(await listKeys()).toEqual([]);
  });

  it("never leaves a manifest that names what is not there, also where it replaced an older one", async () => {
    await stage({ images: many.slice(0, 10) });
    const failure = new Error("refused");
    watchUploads(async (key, send) => {
      if (key === "test.lst") throw failure;
      return send();
    });
    await expect(stage()).rejects.toBe(failure);
    const keys = await listKeys();
    for (const split of ["train", "test"]) {
      const rows = parseLst((await read(`${split}.lst`)).text ?? "");
      for (const { filename } of rows) expect(keys).toContain(`${split}/${filename}`);
    }
    expect((await read("train.lst")).text).toContain("bike_s_000039.png");
  });

  it("rejects with the signal's reason and leaves nothing, whether aborted before or in between", async () => {
    const reason = new Error("enough");
    await expect(stage({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const onProgress = (event: StageProgressEvent) => {
      if (event.type === "uploaded") controller.abort(reason);
    };
    await expect(stage({ signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(await listKeys()).toEqual([]);
  });

  it("keeps to its number of uploads at once", async () => {
    let [now, most] = [0, 0];
    watchUploads(async (_, send) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      try {
        return await send();
      } finally {
        now--;
      }
    });
    await stage({ concurrency: 3 });
    expect(most).toBe(3);
  });

  it.each([
    ["no image at all", [], "DATASET_EMPTY"],
    ["a split without images", [imageOf(1)], "DATASET_EMPTY"],
    ["a name that climbs", [imageOf(0), imageOf(1, { filename: "../../train.lst" })], "IMAGE_NAME_INVALID"],
    ["a label that is not the class", [imageOf(0), imageOf(1, { labelId: 1 })], "IMAGE_INVALID"],
    ["a split of another name", [imageOf(0), imageOf(1, { split: "valid" as "test" })], "IMAGE_INVALID"],
    ["pixels of another kind", [imageOf(0), imageOf(1, { rgb: [1] as unknown as Uint8Array })], "IMAGE_INVALID"],
  ])("refuses %s and leaves nothing", async (_, images, code) => {
    await expect(stage({ images })).rejects.toMatchObject({ code });
    expect(await listKeys()).toEqual([]);
  });

  it("leaves nothing of an archive that turns out damaged at its end", async () => {
    const whole = await archiveOf();
    const extractor = new CifarExtractor({ source: whole.subarray(0, whole.length - 60) });
    await expect(stage({ images: extractor.images() })).rejects.toMatchObject({ code: "ARCHIVE_TRUNCATED" });
    expect(await listKeys()).toEqual([]);
  });
});
