import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { buildBatchWorkflow } from "scones-ml/workflow";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { figure } from "./measure.js";

const IMAGES = 10_000;
/** One image in a hundred is refused by the function. */
const FAILS_EVERY = 100;
const BUCKET = "scones";
const functions = { classify: "classify" };

/**
 * Runs 10,000 images through `buildBatchWorkflow` on the local AWS, one per child execution and in batches, with 1 %
 * planted failures, and checks that every one of them is accounted for in what the Distributed Map wrote.
 */
export async function runBatchBench({ log }: BenchContext): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const imagesPerBatch of [50, 1]) {
    const { seconds, peakMiB, succeeded, failed } = await runImages(imagesPerBatch);
    const name = `${IMAGES} images, ${imagesPerBatch} at once`;
    log(`${name}: ${seconds.toFixed(1)} s, peak ${peakMiB.toFixed(0)} MiB; ${succeeded} succeeded, ${failed} failed`);
    results.push(
      figure(`${name}, time`, seconds, "s"),
      figure(`${name}, peak memory of the process so far`, peakMiB, "MiB"),
    );
  }
  return results;
}

async function runImages(imagesPerBatch: number) {
  await using local = await createLocalAws();
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const keys = Array.from({ length: IMAGES }, (_, index) => `${String(index).padStart(5, "0")}.png`);
  const items = JSON.stringify(keys.map((key) => ({ s3_bucket: BUCKET, s3_key: key })));
  await local.clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "images.json", Body: items }));
  local.registerFunction("classify", async (event) => ({ statusCode: 200, body: classify(event) }));
  const collects = imagesPerBatch > 1 ? ({ failedImages: "collect" } as const) : {};
  const definition = buildBatchWorkflow({
    functions,
    source: { type: "json", bucket: BUCKET, key: "images.json" },
    imagesPerBatch,
    ...collects,
    toleratedFailures: { percentage: 2 },
    results: { bucket: BUCKET, prefix: "answers" },
  });
  const request = {
    name: "batch",
    definition: JSON.stringify(definition),
    roleArn: `arn:aws:iam::${local.accountId}:role/bench`,
  };
  const { stateMachineArn = "" } = await local.clients.sfn.send(new CreateStateMachineCommand(request));
  const startedAt = performance.now();
  const { status, output, error, cause } = await local.runExecution({ stateMachineArn, input: "{}" });
  const seconds = (performance.now() - startedAt) / 1000;
  // The highest of the process so far, in KiB: no timer gets its turn while the executions run.
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  if (status !== "SUCCEEDED") throw new Error(`The batch ended as ${status}: ${error} ${cause}`);
  const { succeeded, failed } = await readResults(local, output ?? "");
  const seen = [...succeeded, ...failed].sort();
  const planted = keys.filter((key) => isPlanted(key));
  if (seen.join() !== keys.join() || [...failed].sort().join() !== planted.join()) {
    throw new Error(`${seen.length} of ${IMAGES} images are accounted for, ${failed.length} as failed.`);
  }
  return { seconds, peakMiB, succeeded: succeeded.length, failed: failed.length };
}

interface Image {
  readonly s3_key: string;
  readonly error?: object;
}

const isPlanted = (key: string) => Number.parseInt(key, 10) % FAILS_EVERY === FAILS_EVERY / 2;

/** Does no work: what is measured is what runs it. One image throws, one of several keeps its error, as the handlers do. */
function classify(event: unknown): unknown {
  const { Items: items, body } = event as { readonly Items?: readonly Image[]; readonly body?: Image };
  const answer = (image: Image) => {
    if (isPlanted(image.s3_key)) throw Object.assign(new Error(image.s3_key), { name: "PLANTED" });
    return { ...image, inferences: [0.93, 0.07] };
  };
  if (items === undefined) return answer(body ?? { s3_key: "" });
  const answers = items.map((image) => {
    return isPlanted(image.s3_key) ? { ...image, error: { name: "PLANTED", message: "" } } : answer(image);
  });
  return { items: answers, failed: answers.filter((each) => "error" in each).length };
}

/** Keys of all images in the files that the Distributed Map wrote. */
async function readResults(local: LocalAws, output: string) {
  const read = async (Key: string) => {
    const { Body } = await local.clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  };
  const { ResultFiles: files } = await read(JSON.parse(output).ResultWriterDetails.Key);
  const load = async (kind: "SUCCEEDED" | "FAILED") => {
    const children: { readonly Input: string; readonly Output?: string }[] = [];
    for (const { Key } of files[kind]) children.push(...(await read(Key)));
    return children;
  };
  const images = (await load("SUCCEEDED")).flatMap(({ Output = "{}" }): readonly Image[] => {
    const result = JSON.parse(Output);
    return result.items ?? [result];
  });
  const lost = (await load("FAILED")).map(({ Input }): Image => JSON.parse(Input));
  const [bad, good] = [images.filter(({ error }) => error !== undefined), images.filter(({ error }) => !error)];
  return { succeeded: good.map(({ s3_key }) => s3_key), failed: [...bad, ...lost].map(({ s3_key }) => s3_key) };
}
