import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDirectoryStore } from "../../../src/local/s3/directory-store.js";
import { decodeFileName, encodeFileName } from "../../../src/local/s3/file-names.js";
import { createMemoryStore } from "../../../src/local/s3/memory-store.js";
import { type ObjectStore, readObject } from "../../../src/local/s3/object-store.js";
import { HOSTILE_KEYS } from "../../contract/s3-listing.contract.js";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "scones-store-"));
});
afterAll(() => rm(root, { recursive: true }));
let count = 0;
const newDirectory = () => join(root, String(count++));

const filesBelow = async (directory: string) =>
  (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half of it");
  throw new Error("the sender went away");
}

for (const [name, create] of [
  ["memory", async () => createMemoryStore()],
  ["a directory", async () => createDirectoryStore({ directory: newDirectory() })],
] as const) {
  describe(`an object store in ${name}`, () => {
    it("keeps the old object when a write fails", async () => {
      const store = await create();
      await store.createBucket("b", "us-east-1");
      await store.put("b", "k", Buffer.from("old"));
      await expect(store.put("b", "k", failing())).rejects.toThrow("the sender went away");
      const refusal = store.put("b", "k", Buffer.from("new"), {}, (current) => {
        throw new Error(`refused over ${current?.size} bytes`);
      });
      await expect(refusal).rejects.toThrow("refused over 3 bytes");
      expect(Buffer.from(await readObject(store, "b", "k")).toString()).toBe("old");
    });

    it("gives a reader the object that it opened, whatever happens to the key then", async () => {
      const store = await create();
      await store.createBucket("b", "us-east-1");
      await store.put("b", "k", Buffer.from("old"));
      const { body } = await store.get("b", "k");
      await store.put("b", "k", Buffer.from("newer"));
      await store.delete("b", "k");
      const chunks: Uint8Array[] = [];
      for await (const chunk of body instanceof Uint8Array ? [body] : body) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe("old");
    });

    it("is not changed through the bytes that went in or came out", async () => {
      const store = await create();
      await store.createBucket("b", "us-east-1");
      const bytes = Buffer.from("abc");
      await store.put("b", "k", bytes);
      bytes.fill(0);
      (await readObject(store, "b", "k")).fill(0);
      expect(Buffer.from(await readObject(store, "b", "k")).toString()).toBe("abc");
    });

    it("tells what is missing, what exists and what is not empty", async () => {
      const store = await create();
      await expect(store.put("b", "k", Buffer.from(""))).rejects.toMatchObject({ reason: "no-bucket" });
      await store.createBucket("b", "us-east-1");
      await expect(store.createBucket("b", "us-east-1")).rejects.toMatchObject({ reason: "bucket-exists" });
      await expect(store.head("b", "k")).rejects.toMatchObject({ reason: "no-key" });
      await expect(store.get("b", "k")).rejects.toMatchObject({ reason: "no-key" });
      await store.put("b", "k", Buffer.from(""));
      await expect(store.deleteBucket("b")).rejects.toMatchObject({ reason: "bucket-not-empty" });
      await store.delete("b", "k");
      await store.deleteBucket("b");
      await expect(store.list("b")).rejects.toMatchObject({ reason: "no-bucket" });
      await store.createBucket("b", "us-east-1");
      expect((await store.list("b")).objects).toEqual([]);
    });

    it("keeps an upload's parts apart from other uploads, and from uploads that end meanwhile", async () => {
      const store = await create();
      await store.createBucket("b", "us-east-1");
      const uploadId = await store.createUpload("b", "k", { metadata: {} });
      await store.putPart("b", "k", uploadId, 2, Buffer.from("2"));
      await store.putPart("b", "k", uploadId, 2, Buffer.from("two"), () => "checksum");
      expect(await store.listParts("b", "k", uploadId)).toMatchObject([
        { partNumber: 2, size: 3, checksum: "checksum" },
      ]);
      await expect(store.completeUpload("b", "k", uploadId, [1], {})).rejects.toMatchObject({ reason: "no-part" });
      await expect(store.headUpload("b", "other", uploadId)).rejects.toMatchObject({ reason: "no-upload" });
      const unknown = "00000000-0000-4000-8000-000000000000";
      await expect(store.headUpload("b", "k", unknown)).rejects.toMatchObject({ reason: "no-upload" });
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Buffer.from("1");
        await store.abortUpload("b", "k", uploadId);
      }
      await expect(store.putPart("b", "k", uploadId, 1, slow())).rejects.toMatchObject({ reason: "no-upload" });
      await expect(store.abortUpload("b", "k", uploadId)).rejects.toMatchObject({ reason: "no-upload" });
    });

    it("keeps a description of any length", async () => {
      const store = await create();
      await store.createBucket("b", "us-east-1");
      const userMetadata = { label: "é".repeat(3000) };
      await store.put("b", "k", Buffer.from("1"), { userMetadata });
      const { info, body } = await store.get("b", "k");
      expect(info.metadata.userMetadata).toEqual(userMetadata);
      // An open file is the reader's to close.
      if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.();
    });

    it("pages through a listing as S3 does", async () => {
      const key = fc.string({
        unit: fc.constantFrom("a", "b", "/", "\u{1f6b2}", "\uffee", "Z"),
        minLength: 1,
        maxLength: 5,
      });
      const prefix = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 2 });
      const store = await create();
      let bucket = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          prefix,
          fc.constantFrom("", "/"),
          fc.integer({ min: 1, max: 4 }),
          async (keys, start, delimiter, limit) => {
            const name = `bucket-${bucket++}`;
            await store.createBucket(name, "us-east-1");
            for (const [index, each] of keys.entries()) {
              await store.put(name, each, Buffer.from(each));
              // Listing in between exercises both ways of sorting.
              if (index % 5 === 0) await store.list(name);
            }
            const gone = keys[0];
            if (gone !== undefined) await store.delete(name, gone);
            expect(await listAll(store, name, { prefix: start, delimiter, limit })).toEqual(
              naiveListing(keys.slice(1), start, delimiter),
            );
          },
        ),
        { numRuns: name === "memory" ? 300 : 60 },
      );
    });
  });
}

async function listAll(
  store: ObjectStore,
  bucket: string,
  options: { readonly prefix: string; readonly delimiter: string; readonly limit: number },
): Promise<readonly string[]> {
  const items: string[] = [];
  let startAfter = "";
  for (;;) {
    const page = await store.list(bucket, { ...options, startAfter });
    const found = [...page.objects.map((object) => object.key), ...page.commonPrefixes.map((prefix) => `${prefix}*`)];
    expect(found.length).toBeLessThanOrEqual(options.limit);
    items.push(...found.sort(byBytes));
    if (page.next === undefined) return items.sort(byBytes);
    startAfter = page.next;
  }
}

function naiveListing(keys: readonly string[], prefix: string, delimiter: string): readonly string[] {
  const items = new Set<string>();
  for (const key of keys.filter((each) => each.startsWith(prefix))) {
    const at = delimiter === "" ? -1 : key.slice(prefix.length).indexOf(delimiter);
    items.add(at === -1 ? key : `${key.slice(0, prefix.length + at + 1)}*`);
  }
  return [...items].sort(byBytes);
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("an object store in a directory", () => {
  it("still holds everything after a restart", async () => {
    const directory = newDirectory();
    const before = await createDirectoryStore({ directory });
    await before.createBucket("b", "eu-west-1");
    const metadata = {
      headers: { "content-type": "image/png" },
      userMetadata: { a: "ü".repeat(2000) },
      checksum: { algorithm: "CRC32", value: "AAAAAA==", type: "FULL_OBJECT" },
    } as const;
    for (const key of HOSTILE_KEYS) await before.put("b", key, Buffer.from(key), metadata);
    const uploadId = await before.createUpload("b", "up", { metadata });
    await before.putPart("b", "up", uploadId, 1, Buffer.from("part"));

    const after = await createDirectoryStore({ directory });
    expect(await after.listBuckets()).toEqual(await before.listBuckets());
    expect(await after.list("b")).toEqual(await before.list("b"));
    for (const key of HOSTILE_KEYS) {
      expect(Buffer.from(await readObject(after, "b", key)).toString()).toBe(key);
      expect((await after.head("b", key)).metadata).toEqual(metadata);
    }
    await after.completeUpload("b", "up", uploadId, [1], {});
    expect(Buffer.from(await readObject(after, "b", "up")).toString()).toBe("part");
  });

  it("leaves no file behind after failures, deletions and uploads given up", async () => {
    const directory = newDirectory();
    const store = await createDirectoryStore({ directory });
    await store.createBucket("b", "us-east-1");
    await store.put("b", "k", failing()).catch(() => {});
    await store
      .put("b", "k", Buffer.from("1"), {}, () => {
        throw new Error("refused");
      })
      .catch(() => {});
    await store.put("b", "k", Buffer.alloc(3_000_000));
    await store.delete("b", "k");
    const uploadId = await store.createUpload("b", "up", { metadata: {} });
    await store.putPart("b", "up", uploadId, 1, failing()).catch(() => {});
    await store.putPart("b", "up", uploadId, 1, Buffer.from("1"));
    await store.abortUpload("b", "up", uploadId);
    await store.createBucket("c", "us-east-1");
    await store.createUpload("b", "another", { metadata: {} });
    const kept = await store.createUpload("c", "another", { metadata: {} });
    await store.deleteBucket("b");
    expect(await store.listParts("c", "another", kept)).toEqual([]);
    await store.deleteBucket("c");
    expect(await filesBelow(directory)).toEqual([]);
  });

  it("clears away what an earlier process left half written", async () => {
    const directory = newDirectory();
    await createDirectoryStore({ directory });
    await writeFile(join(directory, "temporary", "torn"), "half an obj");
    const store = await createDirectoryStore({ directory });
    expect(await store.listBuckets()).toEqual([]);
    expect(await filesBelow(directory)).toEqual([]);
  });

  it("refuses a write into a bucket that is deleted meanwhile, and leaves nothing of it", async () => {
    const directory = newDirectory();
    const store = await createDirectoryStore({ directory });
    await store.createBucket("b", "us-east-1");
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("1");
      await store.deleteBucket("b");
    }
    await expect(store.put("b", "k", slow())).rejects.toMatchObject({ reason: "no-bucket" });
    expect(await filesBelow(directory)).toEqual([]);
  });

  it("lets one of two simultaneous creations of a bucket win", async () => {
    const store = await createDirectoryStore({ directory: newDirectory() });
    const outcomes = await Promise.allSettled([store.createBucket("b", "x"), store.createBucket("b", "x")]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await store.put("b", "k", Buffer.from("1"));
    expect((await store.list("b")).objects).toHaveLength(1);
  });

  it("names a file that is not its own", async () => {
    const directory = newDirectory();
    const store = await createDirectoryStore({ directory });
    await store.createBucket("b", "us-east-1");
    await writeFile(join(directory, "buckets", "k=b", "objects", "k=stray"), "not ours");
    const again = await createDirectoryStore({ directory });
    await expect(again.list("b")).rejects.toThrow(/k=stray is not an object of the local AWS/);
    await writeFile(join(directory, "buckets", "k=b", "objects", "k=stray"), "");
    await expect(again.get("b", "stray")).rejects.toThrow(/k=stray is not an object of the local AWS/);
  });
});

describe("file names of keys", () => {
  it("never leave their folder, stay short and stay apart on a file system that folds case", () => {
    const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [first, second] = [encodeFileName(a), encodeFileName(b)];
        expect(first).toMatch(/^[kh]=[a-z0-9%_.-]{1,200}$/);
        if (first.startsWith("k=")) expect(decodeFileName(first)).toBe(a);
        else expect(decodeFileName(first)).toBeUndefined();
        expect(first.toLowerCase() === second.toLowerCase()).toBe(a === b);
      }),
    );
  });

  it.each([".", "..", "a/b", "/", "\u0000", "CON", "k=a"])("encode %j harmlessly", (key) => {
    expect(encodeFileName(key)).toMatch(/^k=[a-z0-9%_.-]+$/);
    expect(decodeFileName(encodeFileName(key))).toBe(key);
  });

  it.each(["a", "k=A", "k=%zz", "k=%61", "h=00", ".k=a"])("do not include %j", (name) => {
    expect(decodeFileName(name)).toBeUndefined();
  });
});
