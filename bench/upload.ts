import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { CifarExtractor, writeDataset } from "scones-ml/etl";
import { generateArchive } from "../examples/end-to-end/generate-archive.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { compareSides } from "./compare-medians.js";
import { isRunnable, runProgram } from "./run-program.js";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Debian's AWS CLI. */
const AWS = "/usr/bin/aws";
const BUCKET = "scones-bench";
/** 1,200 images and two manifests. */
const OBJECTS = 1202;
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Stores the data set under a prefix, in a process of its own. */
type Upload = (prefix: string) => Promise<{ readonly seconds: number; readonly sent: number }>;

/** What the rounds of one side gave. */
interface Side {
  readonly name: string;
  readonly upload: Upload;
  readonly rates: number[];
  readonly repeatSeconds: number[];
}

/**
 * 1,200 PNGs and two manifests to the local S3 over HTTP, and the same once more, where nothing may be sent; against
 * `aws s3 sync` on the same server. All in turn, each in a process of its own whose start counts. Ours reads an archive
 * and encodes the PNGs; `aws s3 sync` finds them on disk.
 */
export async function runUploadBench({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const work = await mkdtemp(join(tmpdir(), "scones-bench-"));
  const server = spawn(process.execPath, [script("s3-server.mjs"), BUCKET], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [endpoint] = (await once(createInterface(server.stdout), "line")) as [string];
    const archive = join(work, "archive.tar.gz");
    await pipeline(generateArchive({ trainPerClass: 500, testPerClass: 100 }), createWriteStream(archive));
    const ours = side("stageDataset", stage(archive, endpoint));
    const peers: Side[] = [];
    if (await isRunnable(AWS, ["--version"])) {
      const folder = join(work, "vehicles");
      const extractor = new CifarExtractor({ source: archive });
      await writeDataset({ images: extractor.images(), labels: extractor.labels, directory: folder });
      peers.push(side("aws s3 sync", sync(folder, endpoint)));
    } else {
      log("without a peer: Debian's awscli is not installed");
    }
    for (let round = 0; round < rounds; round++) {
      for (const each of [ours, ...peers]) log(`round ${round}: ${await measure(each, `${each.name}-${round}`)}`);
    }
    const compare = compareSides(ours, peers);
    return [
      compare("objects per second, median", "1/s", ({ rates }) => rates),
      compare("second run, which sends nothing, median", "s", ({ repeatSeconds }) => repeatSeconds),
    ];
  } finally {
    server.stdin.end();
    if (server.exitCode === null) await once(server, "exit");
    await rm(work, { recursive: true, force: true });
  }
}

function side(name: string, upload: Upload): Side {
  return { name, upload, rates: [], repeatSeconds: [] };
}

async function measure({ name, upload, rates, repeatSeconds }: Side, prefix: string): Promise<string> {
  const first = await upload(prefix.replaceAll(" ", "-"));
  if (first.sent !== OBJECTS) throw new Error(`${name} sent ${first.sent} objects, not ${OBJECTS}`);
  const second = await upload(prefix.replaceAll(" ", "-"));
  if (second.sent !== 0) throw new Error(`${name} sent ${second.sent} objects again`);
  rates.push(first.sent / first.seconds);
  repeatSeconds.push(second.seconds);
  const [sent, repeated] = [first, second].map(({ seconds }) => seconds.toFixed(2));
  return `${name}: ${first.sent} objects in ${sent} s; again: ${second.sent} sent in ${repeated} s`;
}

function stage(archive: string, endpoint: string): Upload {
  return async (prefix) => {
    const args = [script("stage-once.mjs"), archive, endpoint, BUCKET, prefix];
    const { seconds, output } = await runProgram(process.execPath, args, ENVIRONMENT);
    const { sent, skipped } = JSON.parse(output) as { readonly sent: number; readonly skipped: number };
    if (sent + skipped !== OBJECTS) throw new Error(`stageDataset sent ${sent} and skipped ${skipped} objects`);
    return { seconds, sent };
  };
}

function sync(folder: string, endpoint: string): Upload {
  return async (prefix) => {
    const args = ["--endpoint-url", endpoint, "s3", "sync", folder, `s3://${BUCKET}/${prefix}/`, "--no-progress"];
    const { seconds, output } = await runProgram(AWS, args, ENVIRONMENT);
    return { seconds, sent: output.split("\n").filter((line) => line.startsWith("upload: ")).length };
  };
}
