import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseEnvelope } from "../../src/inference/handlers/envelope.js";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import {
  type BuildBatchWorkflowOptions,
  buildBatchWorkflow,
  from,
  fromItem,
  type ItemSource,
} from "../../src/workflow/index.js";
import { runDefinition } from "./run-definition.js";

const RESULTS = { bucket: "scones", prefix: "answers" };
const functions = { classify: "classify", filter: "filter" };

let local: LocalAws;
const put = (Key: string, Body: string) => local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
const read = async (Key: string) =>
  (await (await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }))).Body?.transformToString()) ??
  "";

beforeEach(async () => {
  local = await createLocalAws({ clock: "virtual" });
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  // Finds the images as the handlers do; the key says how sure the answer is.
  const answer = (event: unknown) => {
    const envelope = parseEnvelope(event);
    const one = (payload: { readonly s3_key: string }) => {
      const confidence = Number(/(0\.\d+)/.exec(payload.s3_key)?.[1] ?? 1);
      return { ...payload, inferences: [confidence, 1 - confidence] };
    };
    if (envelope.type === "image") return one(envelope.payload);
    return { items: envelope.items.map((item) => one(item() as { s3_key: string })), failed: 0 };
  };
  local.registerFunction("classify", async (event) => ({ statusCode: 200, body: answer(event) }));
  local.registerFunction("filter", createFilterHandler({ threshold: 0.9 }));
});
afterEach(() => local.close());

/** What the Distributed Map wrote, of succeeded and of failed child executions. */
async function readResults(output: unknown) {
  const { Key } = (output as { readonly ResultWriterDetails: { readonly Key: string } }).ResultWriterDetails;
  const manifest = JSON.parse(await read(Key)) as {
    readonly ResultFiles: Readonly<Record<"SUCCEEDED" | "FAILED", readonly { readonly Key: string }[]>>;
  };
  const load = async (kind: "SUCCEEDED" | "FAILED") => {
    const files = await Promise.all(manifest.ResultFiles[kind].map(({ Key: key }) => read(key)));
    return files.flatMap((file) => JSON.parse(file) as readonly Readonly<Record<string, string>>[]);
  };
  const [succeeded, failed] = [await load("SUCCEEDED"), await load("FAILED")];
  return { succeeded: succeeded.map(({ Output = "" }) => JSON.parse(Output)), failed };
}

describe.each(["JSONPath", "JSONata"] as const)("the batch workflow in %s", (queryLanguage) => {
  const run = (options: Omit<BuildBatchWorkflowOptions, "functions" | "queryLanguage">, input: unknown = {}) =>
    runDefinition(local, buildBatchWorkflow({ ...options, queryLanguage, functions }), input);

  describe("over a list, within the execution,", () => {
    const source: ItemSource = { type: "list", items: from("images") };
    const images = [
      "s3://scones/0.95.png",
      { s3_bucket: "scones", s3_key: "0.5.png" },
      { Bucket: "scones", Key: "0.99.png" },
    ];

    it("gives an answer for each image, in order", async () => {
      const { output } = await run({ source }, { images: [images[0], images[2]] });
      expect(output).toMatchObject([
        { s3_key: "0.95.png", confidence: 0.95 },
        { s3_key: "0.99.png", confidence: 0.99 },
      ]);
    });

    it("fails with the error of an image", async () => {
      expect(await run({ source }, { images })).toMatchObject({
        status: "FAILED",
        error: "THRESHOLD_CONFIDENCE_NOT_MET",
      });
    });

    it("or keeps that error at the image's place", async () => {
      const { status, output } = await run(
        { source, failedImages: "collect" },
        { images: [...images, "s3://scones/0.3.png"] },
      );
      expect(status).toBe("SUCCEEDED");
      const error = { name: "THRESHOLD_CONFIDENCE_NOT_MET", message: expect.stringContaining("threshold") };
      expect(output).toMatchObject([
        { s3_key: "0.95.png" },
        { image: images[1], error },
        { s3_key: "0.99.png" },
        { image: "s3://scones/0.3.png", error },
      ]);
    });

    it("runs as an Express machine", async () => {
      const definition = buildBatchWorkflow({ functions, source, queryLanguage, type: "EXPRESS" });
      expect(await runDefinition(local, definition, { images: [images[0]] }, "EXPRESS")).toMatchObject({
        status: "SUCCEEDED",
      });
    });

    it.each(["ServiceException", "TooManyRequestsException"])("tries again after Lambda.%s", async (error) => {
      local.injectFault({ service: "lambda", operation: "Invoke", on: [1, 2], kind: "fail", error });
      expect(await run({ source }, { images: [images[0]] })).toMatchObject({ status: "SUCCEEDED" });
    });
  });

  describe("as a Distributed Map", () => {
    const keys = Array.from({ length: 7 }, (_, index) => `new/${index}-0.${index === 3 ? 5 : 95}.png`);
    const allFrom = (items: readonly unknown[]) => (items as { s3_key: string }[]).map(({ s3_key }) => s3_key).sort();

    it("works on every object of a prefix, one execution each", async () => {
      for (const key of keys) await put(key, "image");
      const source = { type: "prefix", bucket: "scones", prefix: from("prefix") } as const;
      const tolerated = { source, results: RESULTS, toleratedFailures: { count: 1 } };
      const { output } = await run(tolerated, { prefix: "new/" });
      const { succeeded, failed } = await readResults(output);
      expect(allFrom(succeeded)).toEqual(keys.filter((_, index) => index !== 3));
      expect(failed).toMatchObject([{ Error: "THRESHOLD_CONFIDENCE_NOT_MET" }]);
      expect(JSON.parse(failed[0]?.["Input"] ?? "")).toEqual({ s3_bucket: "scones", s3_key: keys[3] });
      const strict = await run({ source, results: RESULTS }, { prefix: "new/" });
      expect(strict).toMatchObject({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
    });

    it("hands several to a function at once, and keeps each one's own error", async () => {
      for (const key of keys) await put(key, "image");
      const source = { type: "prefix", bucket: "scones", prefix: "new/" } as const;
      const batch = {
        source,
        results: RESULTS,
        imagesPerBatch: 3,
        failedImages: "collect",
        executionType: "EXPRESS",
      } as const;
      const { succeeded, failed } = await readResults((await run(batch)).output);
      expect(failed).toEqual([]);
      expect(succeeded.map(({ items, failed: count }) => [items.length, count]).sort()).toEqual([
        [1, 0],
        [3, 0],
        [3, 1],
      ]);
      expect(allFrom(succeeded.flatMap(({ items }) => items))).toEqual(keys);
    });

    it("or fails the batch", async () => {
      for (const key of keys) await put(key, "image");
      const source = { type: "prefix", bucket: "scones", prefix: "new/" } as const;
      const options = { source, results: RESULTS, imagesPerBatch: 3, toleratedFailures: { percentage: 50 } } as const;
      const { succeeded, failed } = await readResults((await run(options)).output);
      expect(succeeded).toHaveLength(2);
      expect(failed).toMatchObject([{ Error: "IMAGES_FAILED", Cause: expect.stringMatching(/^1 images/) }]);
    });

    it.each<[string, string, ItemSource, Partial<BuildBatchWorkflowOptions>?]>([
      [
        "a JSON file",
        JSON.stringify(["s3://scones/a.png", { s3_bucket: "scones", s3_key: "b c.png" }]),
        { type: "json", bucket: "scones", key: from("key") },
      ],
      [
        "a part of a JSON file",
        JSON.stringify({ data: ["s3://scones/a.png", "s3://scones/b c.png"] }),
        { type: "json", bucket: "scones", key: from("key"), itemsPointer: "/data" },
      ],
      [
        "a file of JSON lines",
        '{"bucket":"scones","key":"a.png"}\n{"bucket":"scones","key":"b c.png"}\n',
        { type: "jsonl", bucket: "scones", key: from("key") },
      ],
      [
        "a CSV file with a head",
        "bucket,key\nscones,a.png\nscones,b c.png\n",
        { type: "csv", bucket: "scones", key: from("key") },
      ],
      [
        "a CSV file without one",
        "a.png|1\nb c.png|2\n",
        { type: "csv", bucket: "scones", key: from("key"), headers: ["file", "n"], delimiter: "PIPE" },
        { select: { s3_bucket: "scones", s3_key: fromItem("file") } },
      ],
      ["a list of the input", "", { type: "list", items: from("list") }],
    ])("works on the items of %s", async (_what, text, source, more = {}) => {
      await put("items", text === "" ? "-" : text);
      const { output } = await run(
        { source, results: RESULTS, ...more },
        { key: "items", list: ["s3://scones/a.png", "s3://scones/b c.png"] },
      );
      expect(allFrom((await readResults(output)).succeeded)).toEqual(["a.png", "b c.png"]);
    });

    it("works on an inventory, whose keys are URL-encoded", async () => {
      await put("inventory/data.csv", '"scones","dir/a+b.png"\n"scones","dir/c%2Bd.png"\n');
      const files = [{ key: "inventory/data.csv" }];
      await put(
        "inventory/manifest.json",
        JSON.stringify({
          fileFormat: "CSV",
          destinationBucket: "arn:aws:s3:::scones",
          fileSchema: "Bucket, Key",
          files,
        }),
      );
      const source = { type: "inventory", bucket: "scones", key: "inventory/manifest.json" } as const;
      for (const imagesPerBatch of [1, 2]) {
        const { succeeded } = await readResults((await run({ source, results: RESULTS, imagesPerBatch })).output);
        const all = imagesPerBatch === 1 ? succeeded : succeeded.flatMap(({ items }) => items);
        expect(allFrom(all)).toEqual(["dir/a b.png", "dir/c+d.png"]);
      }
      const { Contents } = await local.clients.s3.send(
        new ListObjectsV2Command({ Bucket: "scones", Prefix: "answers/" }),
      );
      expect(Contents?.filter(({ Key }) => Key?.endsWith("manifest.json"))).toHaveLength(2);
    });
  });
});

describe("buildBatchWorkflow refuses", () => {
  const list: ItemSource = { type: "list", items: from("images") };
  it.each<[string, Partial<BuildBatchWorkflowOptions>, RegExp]>([
    ["batches within the execution", { imagesPerBatch: 2 }, /imagesPerBatch.*Distributed Map.*results/],
    [
      "tolerated failures within the execution",
      { toleratedFailures: { count: 1 } },
      /toleratedFailures.*Distributed Map/,
    ],
    ["a Distributed Map without a place for its results", { source: { type: "prefix", bucket: "b" } }, /results/],
    [
      "a Distributed Map in an Express machine",
      { source: { type: "prefix", bucket: "b" }, results: RESULTS, type: "EXPRESS" },
      /Express.*distributed/,
    ],
    ["retries of the filter's own error", { retry: [{ ErrorEquals: ["States.ALL"] }] }, /filter's own error/],
    ["a function with $LATEST", { functions: { classify: "classify:$LATEST" } }, /leave it out/],
  ])("%s", (_what, options, message) => {
    expect(() => buildBatchWorkflow({ functions, source: list, ...options })).toThrow(message);
  });
});
