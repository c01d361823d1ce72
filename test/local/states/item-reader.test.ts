import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createDistributed, distributedMap, itemReader } from "./distributed-fixture.js";

/** Runs a Distributed Map over one file. */
async function readFile(body: string | Uint8Array, config: object, more: object = {}, input: object = {}) {
  const { put, runState } = await createDistributed();
  await put("in", body);
  return runState(distributedMap({ ...itemReader("in", config), ...more }), input);
}

describe("ItemReader of CSV", () => {
  const csv = { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" };

  it("makes an object of each row, by the headers of the first", async () => {
    const text = '\ufeffname,"said, quoted"\r\n"Ann ""A""","two\nlines"\r\n\r\nBob\nCid,x,too many\n';
    expect((await readFile(text, csv)).output).toEqual([
      { name: 'Ann "A"', "said, quoted": "two\nlines" },
      { name: "Bob", "said, quoted": "" },
      { name: "Cid", "said, quoted": "x" },
    ]);
  });

  it("takes given headers and other delimiters, and keeps an empty last field", async () => {
    const config = { InputType: "CSV", CSVHeaderLocation: "GIVEN", CSVHeaders: ["__proto__", "b"] };
    const { output } = await readFile("1|2\n3|", { ...config, CSVDelimiter: "PIPE" });
    expect(JSON.stringify(output)).toBe('[{"__proto__":"1","b":"2"},{"__proto__":"3","b":""}]');
  });

  it("reads no more than MaxItems or MaxItemsPath say, also from a packed file", async () => {
    const rows = gzipSync("n\n1\n2\n3\n");
    expect((await readFile(rows, { ...csv, MaxItems: 2 })).output).toEqual([{ n: "1" }, { n: "2" }]);
    expect((await readFile(rows, { ...csv, MaxItemsPath: "$.most" }, {}, { most: 1 })).output).toEqual([{ n: "1" }]);
  });
});

describe("ItemReader of JSON", () => {
  it("takes an array, at the top or where ItemsPointer leads", async () => {
    expect((await readFile("[1,[2]]", { InputType: "JSON" })).output).toEqual([1, [2]]);
    const config = { InputType: "JSON", ItemsPointer: "/a~1b/1" };
    expect((await readFile('{"a/b":[0,["x","y"]]}', config)).output).toEqual(["x", "y"]);
  });

  it("takes the members of an object as pairs", async () => {
    const selector = { "k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source" };
    expect((await readFile('{"a":1,"b":{"c":2}}', { InputType: "JSON" }, { ItemSelector: selector })).output).toEqual([
      { k: "a", v: 1, s: "S3://data/in" },
      { k: "b", v: { c: 2 }, s: "S3://data/in" },
    ]);
    expect((await readFile('{"a":1}', { InputType: "JSON" })).output).toEqual([{ Key: "a", Value: 1 }]);
  });

  it("takes one value a line from JSONL", async () => {
    expect((await readFile('{"a":1}\n\n[2]\r\n"x"', { InputType: "JSONL" })).output).toEqual([{ a: 1 }, [2], "x"]);
  });

  it.each<[string, object, string]>([
    ["7", { InputType: "JSON" }, "Attempting to map over non-iterable node."],
    ["{", { InputType: "JSON" }, "not valid JSON"],
    ['{"a":1}', { InputType: "JSON", ItemsPointer: "/b" }, "non-iterable"],
    ['1\n{"a"', { InputType: "JSONL" }, "Line 2 of the file is not valid JSON"],
  ])("fails on %s with %j", async (text, config, cause) => {
    expect(await readFile(text, config)).toMatchObject({
      status: "FAILED",
      error: "States.ItemReaderFailed",
      cause: expect.stringContaining(cause),
    });
  });
});

describe("ItemReader of S3", () => {
  it("lists objects, or loads them and takes their items together", async () => {
    const { put, runState } = await createDistributed();
    await put("in/a.json", "[1,2]");
    await put("in/b.json", "[3]");
    await put("other", "[]");
    const list = (config: object) => ({
      ItemReader: {
        Resource: "arn:aws:states:::s3:listObjectsV2",
        Parameters: { Bucket: "data", "Prefix.$": "$.prefix" },
        ReaderConfig: config,
      },
    });
    const selector = { ItemSelector: { "item.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source" } };
    const listed = await runState(distributedMap({ ...list({ MaxItems: 1 }), ...selector }), { prefix: "in/" });
    expect(listed.output).toEqual([
      {
        from: "S3://data",
        item: {
          Etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
          Key: "in/a.json",
          LastModified: Date.UTC(2026, 0, 1) / 1000,
          Size: 5,
          StorageClass: "STANDARD",
        },
      },
    ]);
    const flat = list({ InputType: "JSON", Transformation: "LOAD_AND_FLATTEN" });
    expect((await runState(distributedMap({ ...flat, ...selector }), { prefix: "in/" })).output).toEqual([
      { from: "S3://data/in/a.json", item: 1 },
      { from: "S3://data/in/a.json", item: 2 },
      { from: "S3://data/in/b.json", item: 3 },
    ]);
  });

  it("reads an S3 inventory through its manifest", async () => {
    const { put, runState } = await createDistributed();
    await put("inventory/1.csv.gz", gzipSync('"data","a.png","10"\n"data","b.png","20"\n'));
    const manifest = {
      destinationBucket: "arn:aws:s3:::data",
      fileFormat: "CSV",
      fileSchema: "Bucket, Key, Size",
      files: [{ key: "inventory/1.csv.gz", size: 1 }],
    };
    await put("manifest.json", JSON.stringify(manifest));
    await put("orc.json", JSON.stringify({ ...manifest, fileFormat: "ORC" }));
    const read = (key: string) => runState(distributedMap(itemReader(key, { InputType: "MANIFEST" })));
    expect((await read("manifest.json")).output).toEqual([
      { Bucket: "data", Key: "a.png", Size: "10" },
      { Bucket: "data", Key: "b.png", Size: "20" },
    ]);
    expect(await read("orc.json")).toMatchObject({
      error: "States.ItemReaderFailed",
      cause: expect.stringContaining("ORC"),
    });
  });

  it("reads the files that a manifest of Athena names", async () => {
    const { put, runState } = await createDistributed();
    await put("1.jsonl", "1\n2\n");
    await put("2.jsonl", "3\n");
    await put("manifest.csv", "s3://data/1.jsonl\ns3://data/2.jsonl\n");
    const reader = itemReader("manifest.csv", { InputType: "JSONL", ManifestType: "ATHENA_DATA" });
    expect((await runState(distributedMap(reader))).output).toEqual([1, 2, 3]);
  });

  it("fails by the name of what is not there, which can be caught", async () => {
    const { runStates, runState, history } = await createDistributed();
    const map = distributedMap(itemReader("nothing", { InputType: "JSON" }));
    const { output } = await runStates({
      M: { ...map, Catch: [{ ErrorEquals: ["States.ItemReaderFailed"], Next: "C" }], End: true },
      C: { Type: "Pass", End: true },
    });
    expect(output).toEqual({ Error: "States.ItemReaderFailed", Cause: expect.stringContaining("NoSuchKey") });
    const { ItemReader } = itemReader("nothing", { InputType: "JSON" });
    const elsewhere = { ...ItemReader, Parameters: { Bucket: "none", Key: "k" } };
    const failed = await runState({ ...map, ItemReader: elsewhere });
    expect(failed.cause).toContain("NoSuchBucket");
    expect((await history(failed.executionArn)).map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "MapStateEntered",
      "MapStateStarted",
      "MapRunStarted",
      "MapRunFailed",
      "MapStateFailed",
      "ExecutionFailed",
    ]);
  });

  it("takes its fields from expressions of JSONata", async () => {
    const { put, runState } = await createDistributed();
    await put("in.json", "[1,2,3]");
    const { output, cause } = await runState(
      distributedMap({
        ItemReader: {
          Resource: "arn:aws:states:::s3:getObject",
          Arguments: { Bucket: "data", Key: "{% $states.input.key %}" },
          ReaderConfig: { InputType: "JSON", MaxItems: "{% $states.input.most %}" },
        },
        ItemSelector: { n: "{% $states.context.Map.Item.Value * 2 %}", i: "{% $states.context.Map.Item.Index %}" },
        Output: "{% $states.result.n %}",
      }),
      { key: "in.json", most: 2 },
      { QueryLanguage: "JSONata" },
    );
    expect(cause).toBeUndefined();
    expect(output).toEqual([2, 4]);
  });
});
