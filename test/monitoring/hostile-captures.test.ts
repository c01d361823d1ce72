import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSconesError } from "../../src/core/errors.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { CaptureParser } from "../../src/monitoring/capture/capture-parser.js";
import { type Observation, parseCapture } from "../../src/monitoring/capture/parse-capture.js";
import { type ReadCapturesOptions, readCaptures } from "../../src/monitoring/capture/read-captures.js";
import type { SkippedCapture } from "../../src/monitoring/capture/skipped-capture.js";
import { captureLine, lineAt, side } from "./captures.js";

const uuid = (n: number) => `04c92c7e-3666-48c8-963c-${String(n).padStart(12, "0")}`;
const keyAt = (hour: string, n: number, endpoint = "e", variant = "A") =>
  `${endpoint}/${variant}/2025/10/04/${hour}/00-00-000-${uuid(n)}.jsonl`;
const at = (minute: number) => `2025-10-04T08:${String(minute).padStart(2, "0")}:00Z`;

async function collect(options: ReadCapturesOptions): Promise<{ ids: string[]; skipped: SkippedCapture[] }> {
  const ids: string[] = [];
  const skipped: SkippedCapture[] = [];
  for await (const { eventId } of readCaptures({ onSkip: (what) => skipped.push(what), ...options })) ids.push(eventId);
  return { ids, skipped };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "captures-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** What a line gives, or why it gives nothing. */
function attempt(work: () => Observation): unknown {
  try {
    return { ...work() };
  } catch (error) {
    if (isSconesError(error, "CAPTURE_INVALID")) return error.details.reason;
    throw error;
  }
}

describe("lines that are compared rather than parsed", () => {
  const text = fc.oneof(
    fc.constantFrom("[0.9, 0.1]", "[1,0]", '[0.5,"x"]', "0.1,0.9", "{}", "", "[0.1]", "[0.2,0.8]\n[0.3,0.7]"),
    fc.string({ maxLength: 12 }),
    fc.base64String({ maxLength: 24 }),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const part = fc.record({
    observedContentType: fc.constantFrom("image/png", "application/json", "text/csv; charset=utf-8", null),
    mode: fc.constantFrom("INPUT", "OUTPUT"),
    data: text,
    encoding: fc.constantFrom("BASE64", "JSON", "CSV"),
  });
  const line = fc
    .record({
      // A payload that came as bytes is not looked at unless it is asked for, so it is what it says here.
      input: fc.option(
        fc.record({ part, bytes: fc.base64String({ maxLength: 24 }) }).map((both) => ({
          ...both.part,
          ...(both.part.encoding === "BASE64" ? { data: both.bytes } : {}),
        })),
        { nil: undefined },
      ),
      output: fc.option(part, { nil: undefined }),
      eventId: fc.oneof(fc.uuid(), fc.string({ maxLength: 5 }), fc.constant("é€😀")),
      inferenceId: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }),
      inferenceTime: fc.constantFrom(
        at(1),
        at(59),
        "2025-10-04T24:00:00Z",
        "2025-10-05T08:00:60Z",
        "2025-10-05T08:00:00.5Z",
        "x",
      ),
      order: fc.boolean(),
      spaces: fc.constantFrom(undefined, 1),
    })
    .map(({ input, output, eventId, inferenceId, inferenceTime, order, spaces }) => {
      const metadata = { eventId, ...(inferenceId === undefined ? {} : { inferenceId }), inferenceTime };
      const value = JSON.parse(captureLine({ input, output, metadata })) as Record<string, unknown>;
      const { captureData, eventMetadata, eventVersion } = value;
      const ordered = order ? { eventMetadata, captureData, eventVersion } : value;
      return JSON.stringify(ordered, undefined, spaces).replace(/\n/g, " ");
    });

  it.each(["omit", "bytes", "lazy"] as const)("give what parsing gives, with images: %s", (images) => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 12 }), fc.nat(), (lines, cut) => {
        const parser = new CaptureParser(images);
        // Each line twice, so that the second one meets the template of the first.
        for (const one of lines.flatMap((found) => [found, found])) {
          const bytes = Buffer.from(`${"x".repeat(cut % 7)}${one}\n\\"`);
          parser.begin();
          const read = () => parser.parse(bytes, cut % 7, bytes.length - 3);
          expect(attempt(read)).toEqual(attempt(() => parseCapture(one, { images })));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("give what parsing gives after a byte was changed", () => {
    const lines = [lineAt("a", at(1)), lineAt("b", at(2), 0.8)];
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (place, value) => {
        const parser = new CaptureParser("omit");
        parser.begin();
        const [first = "", second = ""] = lines;
        parser.parse(Buffer.from(first), 0, first.length);
        const damaged = Buffer.from(second);
        damaged[place % damaged.length] = value;
        // A payload that nobody asks for is not looked at: a control character in it goes unnoticed.
        const isInImage =
          place % damaged.length > second.indexOf("iVBOR") - 1 && place % damaged.length < second.indexOf("iVBOR") + 12;
        if (isInImage) return;
        parser.begin();
        expect(attempt(() => parser.parse(damaged, 0, damaged.length))).toEqual(attempt(() => parseCapture(damaged)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("readCaptures from files that are not what they should be", () => {
  it("reads packed files, whatever they are called", async () => {
    await put({
      "one.jsonl.gz": gzipSync(`${lineAt("a", at(1))}\n${lineAt("b", at(3))}\n`),
      "two.jsonl": gzipSync(`${lineAt("d", at(4))}\n${lineAt("c", at(2))}\n`),
    });
    expect(await collect({ source: folder })).toEqual({ ids: ["a", "c", "b", "d"], skipped: [] });
  });

  it("gives what is whole of a packed file that was cut off, and says so", async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => lineAt(uuid(index), at(index % 60 === 0 ? 1 : 1)));
    await put({
      [keyAt("08", 1)]: gzipSync(lines.join("\n")).subarray(0, -200),
      [keyAt("09", 2)]: lineAt("z", at(59)),
    });
    const { ids, skipped } = await collect({ source: folder, onMalformed: "skip" });
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.at(-1)).toBe("z");
    expect(skipped).toMatchObject([{ reason: "malformed", file: join(folder, keyAt("08", 1)) }]);
    await expect(collect({ source: folder })).rejects.toMatchObject({ code: "CAPTURE_INVALID" });
  });

  it("puts several files in one in order, without holding them", async () => {
    const minutes = [5, 6, 7, 1, 2, 3, 3, 0, 9, 8];
    const whole = minutes.map((minute, index) => lineAt(`${minute}-${index}`, at(minute))).join("\r\n\n");
    await put({ "captured_data.jsonl": `broken\n${whole}`, "other.jsonl": lineAt("4-x", at(4)) });
    const { ids, skipped } = await collect({ source: folder, onMalformed: "skip" });
    expect(ids).toEqual(["0-7", "1-3", "2-4", "3-5", "3-6", "4-x", "5-0", "6-1", "7-2", "8-9", "9-8"]);
    expect(skipped).toMatchObject([{ reason: "malformed", line: 1 }]);
  });

  it("gives the same records for any way of cutting them into files", async () => {
    const record = fc.record({ minute: fc.nat(59), file: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), async (records) => {
        await rm(folder, { recursive: true });
        const files: Record<string, string> = {};
        for (const [index, { minute, file }] of records.entries()) {
          files[`${file}.jsonl`] = `${files[`${file}.jsonl`] ?? ""}${lineAt(String(index), at(minute))}\n`;
        }
        await put(files);
        const expected = records
          .map(({ minute, file }, index) => ({ minute, file, index }))
          .sort((one, other) => one.minute - other.minute || one.file - other.file || one.index - other.index);
        const { ids } = await collect({ source: folder });
        expect(ids.map((id) => records[Number(id)]?.minute)).toEqual(expected.map(({ minute }) => minute));
        expect(ids.toSorted()).toEqual(expected.map(({ index }) => String(index)).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  it("takes sides that are null, fields named like prototypes, deep nesting and bytes that are no text", async () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    const odd = captureLine({ metadata: { eventId: "odd" }, rest: { constructor: 1, toString: { a: 1 } } });
    const lines = [
      captureLine({ input: null as never, metadata: { eventId: "null" } }),
      odd.replace(/}$/, ',"__proto__":{"eventId":"x"}}'),
      odd.replace('"odd"', '"deep"').replace(/}$/, `,"more":${deep}}`),
    ];
    await put({
      "one.jsonl": Buffer.concat([Buffer.from(`${lines.join("\n")}\n`), Buffer.from([0xff, 0xfe, 0x0a, 0x7b])]),
    });
    const { ids, skipped } = await collect({ source: folder, onMalformed: "skip" });
    expect(ids).toEqual(["null", "odd", "deep"]);
    expect(skipped.map(({ line, reason }) => [line, reason])).toEqual([
      [4, "malformed"],
      [5, "malformed"],
    ]);
  });

  it("never holds a line that is longer than any capture, and goes on behind it", async () => {
    await put({
      "one.jsonl": Buffer.concat([Buffer.alloc(45 * 1024 * 1024, 0x61), Buffer.from(`\n${lineAt("a", at(1))}`)]),
    });
    const { ids, skipped } = await collect({ source: folder, onMalformed: "skip" });
    expect(ids).toEqual(["a"]);
    expect(skipped).toMatchObject([{ line: 1, message: expect.stringMatching(/more than 41943040 bytes/) }]);
  });

  it("decodes an image when it is looked at, and not before", async () => {
    const broken = captureLine({ input: side("iVBO*", { observedContentType: "image/png", encoding: "BASE64" }) });
    await put({ "one.jsonl": `${captureLine()}\n${broken.replace('"e-1"', '"e-2"')}` });
    const seen: Observation[] = [];
    for await (const one of readCaptures({ source: folder, images: "lazy" })) seen.push(one);
    expect(seen[0]?.image).toHaveLength(8);
    expect(seen[0]?.image).toBe(seen[0]?.image);
    expect(() => seen[1]?.image).toThrow(/not base64/);
  });
});

describe("readCaptures that follows", () => {
  it("reads what is new, once, until it is stopped", async () => {
    await put({ [keyAt("08", 1)]: lineAt("a", at(0)) });
    const abort = new AbortController();
    const seen: string[] = [];
    const run = async () => {
      for await (const { eventId } of readCaptures({
        source: folder,
        follow: { intervalMs: 5 },
        signal: abort.signal,
      })) {
        seen.push(eventId);
        if (eventId === "a") await put({ [keyAt("09", 2)]: `${lineAt("b", at(1))}\n${lineAt("a", at(0))}\n` });
        if (eventId === "b") abort.abort(new Error("enough"));
      }
    };
    await expect(run()).rejects.toThrow("enough");
    expect(seen).toEqual(["a", "b"]);
  });

  it("stops when the loop is left", async () => {
    await put({ [keyAt("08", 1)]: lineAt("a", at(0)) });
    for await (const { eventId } of readCaptures({ source: folder, follow: { intervalMs: 86_400_000 } })) {
      expect(eventId).toBe("a");
      break;
    }
  });
});

describe("readCaptures from S3, by hour", () => {
  let local: LocalAws;
  beforeEach(async () => {
    local = await createLocalAws();
  });
  afterEach(async () => {
    await local.close();
  });

  it("lists the hours of the range only, of the endpoints and variants that are asked for", async () => {
    const { s3 } = local.clients;
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const hours = ["06", "07", "08", "09", "10", "11"];
    let n = 0;
    for (const hour of hours) {
      for (const [endpoint, variant] of [
        ["e", "A"],
        ["e", "B"],
        ["f", "A"],
        ["g", "A"],
      ] as const) {
        const Body = lineAt(`${endpoint}${variant}${hour}`, `2025-10-04T${hour}:00:00Z`);
        await s3.send(
          new PutObjectCommand({ Bucket: "scones", Key: `captures/${keyAt(hour, ++n, endpoint, variant)}`, Body }),
        );
      }
    }
    const commands: string[] = [];
    const listed: string[] = [];
    s3.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        const { commandName = "" } = context as { commandName?: string };
        commands.push(commandName);
        const { Contents = [] } = result.output as { Contents?: readonly { Key?: string }[] };
        if (commandName === "ListObjectsV2Command") listed.push(...Contents.map(({ Key = "" }) => Key));
        return result;
      },
      { step: "initialize", name: "watch" },
    );
    const { ids } = await collect({
      source: "s3://scones/captures",
      from: new Date("2025-10-04T08:00:00Z"),
      to: new Date("2025-10-04T10:00:00Z"),
      endpointName: ["e", "f"],
      variantName: "A",
      clients: { s3 },
    });
    expect(ids).toEqual(["eA08", "fA08", "eA09", "fA09"]);
    expect(commands.filter((name) => name === "GetObjectCommand")).toHaveLength(4);
    // One listing brings a page; with pages as large as a day's files, everything behind the range is cut off.
    expect(listed.filter((key) => key.includes("/06/") || key.startsWith("captures/g"))).toEqual([]);
    const all = await collect({ source: "s3://scones/captures", clients: { s3 }, readAhead: 0 });
    expect(all.ids).toHaveLength(24);
  });
});
