import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { type ReadCapturesOptions, readCaptures } from "../../src/monitoring/capture/read-captures.js";
import type { SkippedCapture } from "../../src/monitoring/capture/skipped-capture.js";
import { sharedData } from "../helpers/shared-data.js";
import { lineAt } from "./captures.js";

const uuid = (n: number) => `04c92c7e-3666-48c8-963c-${String(n).padStart(12, "0")}`;
const key = (hour: string, name: string, n: number, endpoint = "e", variant = "AllTraffic") =>
  `${endpoint}/${variant}/2025/10/04/${hour}/${name}-${uuid(n)}.jsonl`;

async function collect(options: ReadCapturesOptions): Promise<{ seen: Observation[]; skipped: SkippedCapture[] }> {
  const seen: Observation[] = [];
  const skipped: SkippedCapture[] = [];
  for await (const one of readCaptures({ onSkip: (what) => skipped.push(what), ...options })) seen.push(one);
  return { seen, skipped };
}

const ids = ({ seen }: { readonly seen: readonly Observation[] }) => seen.map(({ eventId }) => eventId);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "captures-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

describe("readCaptures from a folder", () => {
  it("reads every record of every file, in the order of time and not of names", async () => {
    await put({
      [key("09", "01-00-000", 1)]: `${lineAt("d", "2025-10-04T09:01:00Z")}\n`,
      [key("08", "59-00-000", 2)]:
        `${lineAt("a", "2025-10-04T08:59:00Z")}\n${lineAt("b", "2025-10-04T08:59:01Z")}\n\n${lineAt("c", "2025-10-04T08:59:30Z")}`,
    });
    const all = await collect({ source: folder });
    expect(ids(all)).toEqual(["a", "b", "c", "d"]);
    expect(all.skipped).toEqual([]);
    expect(all.seen[2]).toMatchObject({ line: 4, endpointName: "e", variantName: "AllTraffic" });
    expect(all.seen[2]?.file).toBe(join(folder, key("08", "59-00-000", 2)));
  });

  it("puts records of files that overlap in order", async () => {
    await put({
      [key("08", "00-00-100", 1)]: ["00", "20", "40"].map((s) => lineAt(`a${s}`, `2025-10-04T08:00:${s}Z`)).join("\n"),
      [key("08", "00-10-200", 2, "e", "B")]: ["10", "30", "50"]
        .map((s) => lineAt(`b${s}`, `2025-10-04T08:00:${s}Z`))
        .join("\n"),
      [key("08", "00-20-900", 3, "f")]: lineAt("c20", "2025-10-04T08:00:20Z"),
    });
    expect(ids(await collect({ source: folder }))).toEqual(["a00", "b10", "a20", "c20", "b30", "a40", "b50"]);
  });

  it("orders a flat download by the times inside the files", async () => {
    await put({
      [`01-00-000-${uuid(1)}.jsonl`]: lineAt("late", "2025-10-04T09:01:00Z"),
      [`59-00-000-${uuid(2)}.jsonl`]: lineAt("early", "2025-10-04T08:59:00Z"),
      "captured_data.jsonl": `${lineAt("first", "2025-10-04T07:00:00Z")}\r\n${lineAt("last", "2025-10-04T10:00:00Z")}\r\n`,
    });
    expect(ids(await collect({ source: folder }))).toEqual(["first", "early", "late", "last"]);
  });

  it("names foreign files and duplicates, and leaves them out", async () => {
    await put({
      "default.jupyterlab-workspace": "{}",
      ".ipynb_checkpoints/captured-checkpoint.jsonl": lineAt("a", "2025-10-04T08:00:00Z"),
      "one.jsonl": lineAt("a", "2025-10-04T08:00:00Z"),
      "two.jsonl": lineAt("a", "2025-10-04T08:00:00Z"),
    });
    const all = await collect({ source: folder });
    expect(ids(all)).toEqual(["a"]);
    expect(all.skipped).toEqual([
      { reason: "foreign-file", file: join(folder, ".ipynb_checkpoints/captured-checkpoint.jsonl") },
      { reason: "foreign-file", file: join(folder, "default.jupyterlab-workspace") },
      { reason: "duplicate", file: join(folder, "two.jsonl"), line: 1 },
    ]);
  });

  it("keeps to a range of time, an endpoint and a variant", async () => {
    await put({
      [key("08", "59-59-000", 1)]: `${lineAt("a", "2025-10-04T08:59:59Z")}\n${lineAt("b", "2025-10-04T09:00:10Z")}`,
      [key("09", "30-00-000", 2)]: `${lineAt("c", "2025-10-04T09:30:00Z")}\n${lineAt("d", "2025-10-04T09:30:05Z")}`,
      [key("09", "10-00-000", 3, "other")]: lineAt("x", "2025-10-04T09:10:00Z"),
      [key("09", "10-00-000", 4, "e", "B")]: lineAt("y", "2025-10-04T09:10:00Z"),
      "flat.jsonl": lineAt("z", "2025-10-04T09:10:00Z"),
    });
    const from = new Date("2025-10-04T09:00:00Z");
    const to = new Date("2025-10-04T09:30:05Z");
    const range = await collect({ source: folder, from, to, endpointName: "e", variantName: "AllTraffic" });
    expect(ids(range)).toEqual(["b", "c"]);
    expect(range.skipped).toEqual([{ reason: "unknown-endpoint", file: join(folder, "flat.jsonl") }]);
    expect(ids(await collect({ source: folder, from, to }))).toEqual(["b", "y", "z", "x", "c"]);
  });

  it("fails at a malformed line with file and line, or leaves it out and says so", async () => {
    const good = lineAt("a", "2025-10-04T08:00:00Z");
    await put({ "one.jsonl": `${good}\n${good.slice(0, 50)}\n${lineAt("b", "2025-10-04T08:00:01Z")}\n` });
    await expect(collect({ source: folder })).rejects.toMatchObject({
      code: "CAPTURE_INVALID",
      details: { file: join(folder, "one.jsonl"), line: 2 },
    });
    const lenient = await collect({ source: folder, onMalformed: "skip" });
    expect(ids(lenient)).toEqual(["a", "b"]);
    expect(lenient.skipped).toMatchObject([{ reason: "malformed", line: 2 }]);
  });

  it("tells a malformed file without one good line, too", async () => {
    await put({ "one.jsonl": "no\n", "two.jsonl": "" });
    const { skipped } = await collect({ source: folder, onMalformed: "skip" });
    expect(skipped).toMatchObject([{ reason: "malformed", file: join(folder, "one.jsonl"), line: 1 }]);
  });

  it("reads a single file, and tells its progress", async () => {
    await put({ "one.jsonl": lineAt("a", "2025-10-04T08:00:00Z") });
    const events: unknown[] = [];
    const file = join(folder, "one.jsonl");
    expect(ids(await collect({ source: file, onProgress: (event) => events.push(event) }))).toEqual(["a"]);
    expect(events).toEqual([{ type: "file", file, number: 1, total: 1 }]);
  });

  it("says so when there is no such folder, and refuses wrong options at once", async () => {
    await expect(collect({ source: join(folder, "none") })).rejects.toMatchObject({ code: "CAPTURES_NOT_FOUND" });
    expect(() => readCaptures({ source: "" })).toThrow(/source/);
    expect(() => readCaptures({ source: "s3://A" })).toThrow(/not an S3 location/);
    expect(() => readCaptures({ source: folder, from: new Date(2000), to: new Date(1000) })).toThrow(
      /must not be after/,
    );
  });

  it("stops for a signal, with its reason", async () => {
    await put({ "one.jsonl": ["a", "b", "c"].map((id) => lineAt(id, "2025-10-04T08:00:00Z")).join("\n") });
    const abort = new AbortController();
    const reason = new Error("enough");
    const seen: string[] = [];
    const run = async () => {
      for await (const { eventId } of readCaptures({ source: folder, signal: abort.signal })) {
        seen.push(eventId);
        abort.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(seen).toEqual(["a"]);
  });
});

describe("readCaptures from S3", () => {
  function fakeS3(objects: Readonly<Record<string, string>>) {
    const client = new S3Client({ region: "us-east-1" });
    const mock = mockClient(client);
    mock.onAnyCommand().rejects(new Error("not expected"));
    const listed = Object.keys(objects).sort();
    mock.on(ListObjectsV2Command).callsFake(({ Prefix = "", ContinuationToken: token }) => {
      const found = listed.filter((name) => name.startsWith(Prefix));
      const start = token === undefined ? 0 : Number(token);
      const isMore = start + 2 < found.length;
      const Contents = found.slice(start, start + 2).map((Key) => ({ Key }));
      return { Contents, IsTruncated: isMore, ...(isMore ? { NextContinuationToken: String(start + 2) } : {}) };
    });
    // Small pieces, so that lines are put together across them.
    mock.on(GetObjectCommand).callsFake(({ Key = "" }) => ({
      Body: Readable.from((objects[Key] ?? "").match(/[\s\S]{1,7}/g)?.map((piece) => Buffer.from(piece)) ?? []),
    }));
    return { client, mock };
  }

  const objects = {
    [`data_capture/${key("08", "00-00-000", 1)}`]: `${lineAt("a", "2025-10-04T08:00:00Z")}\n${lineAt("b", "2025-10-04T08:00:01Z")}\n`,
    [`data_capture/${key("07", "00-00-000", 2)}`]: `${lineAt("ä-0", "2025-10-04T07:00:00Z")}\n`,
    [`data_capture/${key("09", "00-00-000", 3)}`]: `${lineAt("c", "2025-10-04T09:00:00Z")}\n`,
    "data_capture/e/": "",
    "data_capture/readme.txt": "x",
    [`data_capture_old/${key("06", "00-00-000", 4)}`]: `${lineAt("old", "2025-10-04T06:00:00Z")}\n`,
  };

  it("reads all pages below the prefix and nothing beside it", async () => {
    const { client } = fakeS3(objects);
    const all = await collect({ source: "s3://scones/data_capture", clients: { s3: client } });
    expect(ids(all)).toEqual(["ä-0", "a", "b", "c"]);
    expect(all.skipped).toEqual([{ reason: "foreign-file", file: "s3://scones/data_capture/readme.txt" }]);
    expect(all.seen[0]).toMatchObject({
      endpointName: "e",
      file: `s3://scones/data_capture/${key("07", "00-00-000", 2)}`,
    });
  });

  it("does not open files whose hour is out of the range", async () => {
    const { client, mock } = fakeS3(objects);
    const from = new Date("2025-10-04T08:00:00Z");
    const to = new Date("2025-10-04T09:00:00Z");
    const source = { bucket: "scones", key: "data_capture/" };
    expect(ids(await collect({ source, from, to, clients: { s3: client } }))).toEqual(["a", "b"]);
    expect(mock.commandCalls(GetObjectCommand)).toHaveLength(1);
  });

  it("has nothing where nothing was captured yet, and passes AWS's exceptions through", async () => {
    const { client, mock } = fakeS3({});
    expect(ids(await collect({ source: "s3://scones/data_capture", clients: { s3: client } }))).toEqual([]);
    const error = new Error("NoSuchBucket");
    mock.on(ListObjectsV2Command).rejects(error);
    await expect(collect({ source: "s3://scones", clients: { s3: client } })).rejects.toBe(error);
  });
});

const captures = sharedData("data/captures");

describe.skipIf(captures === undefined)("readCaptures on real captures", () => {
  it("reads every record of every file", async () => {
    const files = readdirSync(captures ?? "", { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".jsonl"),
    );
    const { seen, skipped } = await collect({ source: captures ?? "", images: "bytes" });
    expect(skipped).toEqual([]);
    for (const name of files) {
      const file = join(captures ?? "", name);
      const lines = readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "");
      expect([name, seen.filter((one) => one.file === file).length]).toEqual([name, lines.length]);
    }
    const times = seen.map(({ time }) => time.getTime());
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    // Every image is a PNG, and every answer to an image is a pair of probabilities.
    const images = seen.filter(({ image }) => image !== undefined);
    expect(images.length).toBeGreaterThan(40);
    expect(
      images.every(
        ({ image }) =>
          Buffer.from(image ?? [])
            .subarray(1, 4)
            .toString() === "PNG",
      ),
    ).toBe(true);
    expect(images.every(({ probabilities }) => probabilities?.length === 2)).toBe(true);
    expect(seen.filter(({ probabilities }) => probabilities !== undefined)).toHaveLength(images.length);
  });

  it("gives the same observations with the files in SageMaker's folders again", async () => {
    const flat = await collect({ source: captures ?? "" });
    const { formatCaptureKey } = await import("../../src/monitoring/capture/capture-keys.js");
    let n = 0;
    for (const file of new Set(flat.seen.map((one) => one.file ?? ""))) {
      const first = flat.seen.find((one) => one.file === file);
      const time = new Date((first?.time.getTime() ?? 0) + 999);
      const name = formatCaptureKey({ prefix: "", endpointName: "e", variantName: "v", time, id: uuid(++n) });
      await put({ [name]: (await createReadStream(file).toArray()).join("") });
    }
    const nested = await collect({ source: folder });
    expect(ids(nested).sort()).toEqual(ids(flat).sort());
    expect(nested.seen.map(({ time }) => time)).toEqual(flat.seen.map(({ time }) => time));
  });
});
