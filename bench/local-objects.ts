import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "scones-ml/local";
import { createRequestHandler } from "../src/local/request-handler.js";
import { createDirectoryStore } from "../src/local/s3/directory-store.js";
import { createMemoryStore } from "../src/local/s3/memory-store.js";
import type { ObjectStore } from "../src/local/s3/object-store.js";
import type { WireService } from "../src/local/wire.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { bestOf, compared, figure, ratePerSecond } from "./measure.js";

const OBJECTS = 3000;
const CONCURRENCY = 16;
const LISTED_OBJECTS = 100_000;
/** As long as a CIFAR-100 photo as PNG. */
const BODY = Buffer.alloc(2400, "scones");
const FLOOR = "the SDK client's floor";

interface Rates {
  readonly puts: number;
  readonly gets: number;
}

/** Measures puts and gets through the SDK client, beside a client whose every request is answered with nothing. */
export async function measureObjects(context: BenchContext): Promise<readonly BenchResult[]> {
  const { rounds, log } = context;
  const directory = await mkdtemp(join(tmpdir(), "scones-bench-"));
  try {
    const floor = openFloor();
    const memory = await createLocalAws();
    const disk = await createLocalAws({ directory });
    const best = { floor: { puts: 0, gets: 0 }, memory: { puts: 0, gets: 0 }, disk: { puts: 0, gets: 0 } };
    for (const s3 of [memory.clients.s3, disk.clients.s3]) await s3.send(new CreateBucketCommand({ Bucket: "bench" }));
    // In turn, so that all of them see the same machine.
    for (let round = 0; round <= rounds; round++) {
      for (const [name, s3] of Object.entries({ floor, memory: memory.clients.s3, disk: disk.clients.s3 })) {
        const rates = await measureRates(s3);
        const kept = best[name as keyof typeof best];
        // The first round pays for compiling.
        if (round === 0) continue;
        kept.puts = Math.max(kept.puts, rates.puts);
        kept.gets = Math.max(kept.gets, rates.gets);
        log(`${name}: ${rates.puts.toFixed(0)} puts and ${rates.gets.toFixed(0)} gets per second`);
      }
    }
    floor.destroy();
    await Promise.all([memory.close(), disk.close()]);
    return [
      compared("S3 puts of 2.4 kB, memory", best.memory.puts, "1/s", FLOOR, best.floor.puts),
      compared("S3 gets of 2.4 kB, memory", best.memory.gets, "1/s", FLOOR, best.floor.gets),
      compared("S3 puts of 2.4 kB, directory", best.disk.puts, "1/s", FLOOR, best.floor.puts),
      compared("S3 gets of 2.4 kB, directory", best.disk.gets, "1/s", FLOOR, best.floor.gets),
      ...(await measureListing(directory, context)),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureRates(s3: S3Client): Promise<Rates> {
  const Key = (index: number) => `train/bicycle_s_${String(index).padStart(6, "0")}.png`;
  const puts = await ratePerSecond(OBJECTS, CONCURRENCY, (index) =>
    s3.send(new PutObjectCommand({ Bucket: "bench", Key: Key(index), Body: BODY })),
  );
  const gets = await ratePerSecond(OBJECTS, CONCURRENCY, async (index) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bench", Key: Key(index) }));
    await Body?.transformToByteArray();
  });
  return { puts, gets };
}

function openFloor(): S3Client {
  const nothing: WireService = async ({ body }) => {
    for await (const _ of body);
    return { status: 200, headers: {}, body: new Uint8Array() };
  };
  return new S3Client({
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    endpoint: "http://127.0.0.1",
    forcePathStyle: true,
    requestHandler: createRequestHandler(nothing),
  });
}

/** 100,000 objects: how long all pages of them take, in the store itself, and how long a directory of them takes to open. */
async function measureListing(directory: string, { rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const kind of ["memory", "directory"] as const) {
    const folder = join(directory, "listing");
    const open = async () => (kind === "memory" ? createMemoryStore() : createDirectoryStore({ directory: folder }));
    let store = await open();
    await store.createBucket("many", "us-east-1");
    // An order of its own, so that sorting has work to do.
    const put = (index: number) => store.put("many", `train/${(index * 7919) % LISTED_OBJECTS}.png`, BODY);
    log(
      `${kind}: ${LISTED_OBJECTS} objects at ${(await ratePerSecond(LISTED_OBJECTS, CONCURRENCY, put)).toFixed(0)}/s`,
    );
    results.push(figure(`first listing of ${LISTED_OBJECTS} objects, ${kind}`, await listAll(store), "ms"));
    results.push(figure(`listing of ${LISTED_OBJECTS} objects, ${kind}`, await fastest(rounds, store), "ms"));
    if (kind === "directory") {
      const startedAt = performance.now();
      store = await open();
      results.push(figure(`opening a directory of ${LISTED_OBJECTS} objects`, performance.now() - startedAt, "ms"));
      results.push(figure("first listing after it", await listAll(store), "ms"));
    }
  }
  return results;
}

async function fastest(rounds: number, store: ObjectStore): Promise<number> {
  return 1000 / (await bestOf(rounds, async () => 1000 / (await listAll(store))));
}

async function listAll(store: ObjectStore): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  for (let startAfter: string | undefined = ""; startAfter !== undefined; ) {
    const page = await store.list("many", { startAfter });
    count += page.objects.length;
    startAfter = page.next;
  }
  if (count !== LISTED_OBJECTS) throw new Error(`${count} objects were listed instead of ${LISTED_OBJECTS}.`);
  return performance.now() - startedAt;
}
