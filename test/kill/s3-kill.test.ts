import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDirectoryStore } from "../../src/local/s3/directory-store.js";
import { type ObjectStore, StoreFailure } from "../../src/local/s3/object-store.js";
import { allowedStates, bundleChild, KILLS, killAtRandom } from "./kill-harness.js";
import { bodyOf, versionOf } from "./s3-bodies.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-kill-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a target of the journal is now, in the journal's words. */
async function stateOf(store: ObjectStore, bucket: string, target: string): Promise<string> {
  const [kind, uploadId = "", part] = target.split(":");
  try {
    if (kind === "bucket") return (await store.headBucket(bucket)) && "present";
    if (kind === "part") {
      const parts = await store.listParts(bucket, "unfinished", uploadId);
      return parts.find(({ partNumber }) => partNumber === Number(part))?.etag ?? "absent";
    }
    const { info, body } = await store.get(bucket, target);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body instanceof Uint8Array ? [body] : body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return info.size === bytes.length ? versionOf(bytes) : "torn";
  } catch (error) {
    if (error instanceof StoreFailure) return "absent";
    throw error;
  }
}

const md5 = (version: string) => createHash("md5").update(bodyOf(version)).digest("hex");

describe("the directory store, killed at any moment", () => {
  it(
    `keeps what it acknowledged and shows nothing torn, ${KILLS} times (SCONES_KILLS)`,
    async () => {
      const program = await bundleChild("s3-child", folder);
      const directory = join(folder, "store");
      await createDirectoryStore({ directory });
      let operations = 0;
      for (let round = 0; round < KILLS; round++) {
        const journal = await killAtRandom(program, directory, round);
        operations += journal.length;
        const store = await createDirectoryStore({ directory });
        const bucket = `bucket-${round}`;
        for (const [target, states] of allowedStates(journal)) {
          const allowed = [...states].map((state) => {
            return target.startsWith("part:") && state !== "absent" ? md5(state) : state;
          });
          expect(allowed, `round ${round}, ${target}`).toContain(await stateOf(store, bucket, target));
        }
        const known = new Set(journal.map(({ target }) => target));
        for (const { key } of (await store.list(bucket)).objects) expect(known).toContain(key);
        expect(await readdir(join(directory, "temporary"))).toEqual([]);
      }
      expect(operations).toBeGreaterThan(KILLS);
    },
    30_000 + KILLS * 5000,
  );
});
