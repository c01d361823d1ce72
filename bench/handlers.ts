import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { createClassifyHandler, createFilterHandler, createSerializeHandler } from "scones-ml/inference";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { bundleHandler } from "./bundle-handler.js";
import { type ColdStart, measureColdStart } from "./cold-start.js";
import { compareMedians, median } from "./compare-medians.js";
import { figure } from "./measure.js";
import { listPythonHandlers } from "./python-handlers.js";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** As long as a CIFAR-100 photo as PNG at most. */
const IMAGE = Buffer.alloc(3000, 7);
const REFERENCE = { s3_bucket: "scones", s3_key: "test/one.png" };
const EVENTS = {
  serialize: { ...REFERENCE, image_data: "", inferences: [] },
  classify: { ...REFERENCE, image_data: IMAGE.toString("base64"), inferences: [] },
  filter: { ...REFERENCE, image_data: IMAGE.toString("base64"), inferences: [0.03, 0.97] },
};
const WARM_EVENTS = 2000;

/**
 * The three handlers of `examples/lambda`, bundled as for Lambda: their size, the time from the start of a fresh process
 * to the end of its first answer beside Python with boto3, in turn, and what our code costs in a warm process.
 */
export async function runHandlersBench({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  // Inside the checkout, so that an SDK that is left out of the bundle is found.
  const work = await mkdtemp(fileURLToPath(new URL("../node_modules/.bench-", import.meta.url)));
  const server = spawn(process.execPath, [script("handlers-server.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [endpoint] = (await once(createInterface(server.stdout), "line")) as [string];
    const imageFile = join(work, "image.txt");
    await writeFile(imageFile, IMAGE.toString("base64"));
    const env = { ...environment(endpoint), SCONES_IMAGE_B64: imageFile };
    const results: BenchResult[] = [];
    for (const step of Object.keys(EVENTS)) results.push(...(await measureStep(step, work, env, rounds, log)));
    return [...results, ...(await measureWarm())];
  } finally {
    server.stdin.end();
    await rm(work, { recursive: true, force: true });
  }
}

/** One handler: its bundles, and its cold starts in turn with those of the peers. */
async function measureStep(
  step: string,
  work: string,
  env: Readonly<Record<string, string>>,
  rounds: number,
  log: BenchContext["log"],
): Promise<readonly BenchResult[]> {
  const file = join(work, `${step}.json`);
  await writeFile(file, JSON.stringify(EVENTS[step as keyof typeof EVENTS]));
  const included = await bundleHandler(step, work, "included");
  const external = await bundleHandler(step, work, "external");
  const node = [process.execPath, script("handler-once.cjs")];
  const python = await listPythonHandlers(step, file);
  if (Object.keys(python).length === 0) log("without a peer: Debian's python3-boto3 is not installed");
  const programs = {
    "SDK included": [...node, included.file, file],
    "SDK external": [...node, external.file, file],
    ...python,
    "Node alone": [process.execPath, "-e", "0"],
  };
  const starts: Record<string, ColdStart[]> = {};
  // The first round fills the disk cache.
  for (let round = 0; round <= rounds; round++) {
    for (const [side, command] of Object.entries(programs)) {
      const start = await measureColdStart(command, env);
      if (round === 0) continue;
      starts[side] = [...(starts[side] ?? []), start];
      log(`${step}, ${side}, round ${round}: ${start.wall.toFixed(0)} ms, ${start.cpu.toFixed(0)} ms of CPU`);
    }
  }
  const { "SDK included": ours = [], "SDK external": withRuntime = [], ...peers } = starts;
  const compare = (name: string, side: readonly ColdStart[], read: (start: ColdStart) => number) =>
    compareMedians({
      name: `${step}: ${name}`,
      unit: "ms",
      ours: side.map(read),
      peers: Object.fromEntries(Object.entries(peers).map(([peer, measured]) => [peer, measured.map(read)])),
    });
  return [
    figure(`${step}: bundle, SDK included`, Math.round(included.bytes / 1000), "kB"),
    figure(`${step}: bundle, SDK external`, Math.round(external.bytes / 1000), "kB"),
    compare("cold start, SDK included", ours, ({ wall }) => wall),
    compare("CPU of a cold start, SDK included", ours, ({ cpu }) => cpu),
    compare("cold start, SDK external", withRuntime, ({ wall }) => wall),
  ];
}

/** Clients that answer at once, so that only our code takes time. */
async function measureWarm(): Promise<readonly BenchResult[]> {
  const s3 = {
    send: async () => ({ Body: Readable.from([IMAGE]), ContentLength: IMAGE.length }),
  } as unknown as S3Client;
  const sagemakerRuntime = {
    send: async () => ({ Body: Buffer.from("[0.03, 0.97]") }),
  } as unknown as SageMakerRuntimeClient;
  const handlers = {
    serialize: createSerializeHandler({ clients: { s3 } }),
    classify: createClassifyHandler({ endpointName: "scones", labels: ["a", "b"], clients: { sagemakerRuntime } }),
    filter: createFilterHandler(),
  };
  const context = { getRemainingTimeInMillis: () => 30_000 };
  const results: BenchResult[] = [];
  for (const [name, event] of Object.entries(EVENTS)) {
    const handler = handlers[name as keyof typeof handlers];
    const times: number[] = [];
    for (let round = 0; round < WARM_EVENTS; round++) {
      const startedAt = performance.now();
      await handler(event, context);
      times.push(performance.now() - startedAt);
    }
    results.push(figure(`${name}: our code in a warm process, median`, median(times), "ms"));
  }
  return results;
}

function environment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    SCONES_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    // Nothing is written beside the baselines.
    PYTHONDONTWRITEBYTECODE: "1",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}
