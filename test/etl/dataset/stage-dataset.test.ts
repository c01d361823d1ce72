import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StagedDatasetSchema } from "../../../src/core/contracts.js";
import { isSconesError } from "../../../src/core/errors.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { type StageProgressEvent, stageDataset } from "../../../src/etl/dataset/stage-dataset.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { archiveOf } from "../../helpers/archive.js";

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
    local = await createLocalAws();
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
