import { openSync, writeSync } from "node:fs";
import { createDirectoryStore } from "../../src/local/s3/directory-store.js";
import type { JournalEntry } from "./kill-harness.js";
import { bodyOf, LANES } from "./s3-bodies.js";

/*
 * Writes, overwrites, deletes and uploads in parts until it is killed; several writers share each key. The journal is
 * written in one call a line, so what the system took survives the process.
 */
const [directory = "", journalFile = "", round = "0"] = process.argv.slice(2);
const journal = openSync(journalFile, "a");
const store = await createDirectoryStore({ directory });
const bucket = `bucket-${round}`;
let count = 0;

const note = (entry: JournalEntry) => void writeSync(journal, `${JSON.stringify(entry)}\n`);

async function change(target: string, state: string, work: () => Promise<unknown>): Promise<void> {
  const id = count++;
  note({ id, step: "begun", target, state });
  await work();
  note({ id, step: "done", target, state });
}

async function* slowly(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const half = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}

async function uploadInParts(key: string, version: string): Promise<void> {
  const uploadId = await store.createUpload(bucket, key, { metadata: {} });
  const body = bodyOf(version);
  const half = Math.floor(body.length / 2);
  await store.putPart(bucket, key, uploadId, 2, body.subarray(half));
  await store.putPart(bucket, key, uploadId, 1, body.subarray(0, half));
  await change(key, version, () => store.completeUpload(bucket, key, uploadId, [1, 2], {}));
}

async function write(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const key = `key-${(lane + turn) % 3}`;
    const version = `${lane}.${turn}`;
    if (turn % 5 === 4) await change(key, "absent", () => store.delete(bucket, key));
    else if (turn % 5 === 2) await uploadInParts(key, version);
    else await change(key, version, () => store.put(bucket, key, slowly(bodyOf(version))));
  }
}

async function keepParts(): Promise<void> {
  const uploadId = await store.createUpload(bucket, "unfinished", { metadata: {} });
  for (let turn = 0; ; turn++) {
    const part = (turn % 4) + 1;
    const version = `p.${turn}`;
    await change(`part:${uploadId}:${part}`, version, () =>
      store.putPart(bucket, "unfinished", uploadId, part, bodyOf(version)),
    );
  }
}

await change(`bucket:${bucket}`, "present", () => store.createBucket(bucket, "us-east-1"));
process.stdout.write("ready\n");
await Promise.all([...Array.from({ length: LANES }, (_, lane) => write(lane)), keepParts()]);
