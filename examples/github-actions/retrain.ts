import { appendFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type DeployedEndpoint, DeployedEndpointSchema, isSconesError } from "scones-ml/core";
import {
  CIFAR_ARCHIVES,
  CifarExtractor,
  type CifarExtractorOptions,
  type CifarImage,
  encodePng,
  stageDataset,
} from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint, updateEndpoint } from "scones-ml/inference";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { estimateShare } from "scones-ml/monitoring";
import { trainImageClassifier } from "scones-ml/training";
import { generateArchive } from "../end-to-end/generate-archive.js";

/** What {@link retrain} works with. */
export interface RetrainOptions {
  readonly source: NonNullable<CifarExtractorOptions["source"]>;
  readonly bucket: string;
  readonly roleArn: string;
  /** The endpoint that serves; it is made if it is not there. */
  readonly endpointName: string;
  /** Accuracy through the endpoint that a model must reach, 0 to 1, with the lower end of its interval. */
  readonly minAccuracy: number;
  readonly epochs: number;
  readonly instanceType?: string;
  /** Absent: those of the SDK's default chain. */
  readonly clients: Partial<LocalAws["clients"]>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Whether the new model serves now, and why. */
export interface RetrainResult {
  readonly deployed: boolean;
  readonly text: string;
}

/**
 * Trains a model, measures it through an endpoint of its own, and puts it behind the endpoint that serves only if it is
 * good enough. The endpoint it was measured through is gone at the end, whatever happens.
 */
export async function retrain(options: RetrainOptions): Promise<RetrainResult> {
  const { bucket, roleArn, endpointName, minAccuracy, clients, signal, log } = options;
  const extractor = new CifarExtractor({ source: options.source, classes: ["bicycle", "motorcycle"] });
  const { labels } = extractor;
  const images: CifarImage[] = [];
  for await (const image of extractor.images({ signal })) images.push(image);
  const dataset = await stageDataset({ images, labels, destination: { bucket }, clients, signal });
  const model = await trainImageClassifier({
    dataset,
    roleArn,
    output: `s3://${bucket}/models/image_model`,
    hyperparameters: { epochs: options.epochs },
    ...(options.instanceType === undefined ? {} : { instanceType: options.instanceType }),
    clients,
    signal,
  });
  log(`trained ${model.trainingJobName}${model.cost === undefined ? "" : `, about ${model.cost.usd.toFixed(2)} USD`}`);

  const test = images.filter(({ split }) => split === "test");
  let right = 0;
  {
    await using candidate = await deployEndpoint({ model, roleArn, capture: false, lease: "1h", clients, signal });
    for (const image of test) {
      const { label } = await invokeEndpoint({ endpoint: candidate, image: encodePng(image), clients, signal });
      if (label === image.label) right++;
    }
  }
  const { value = 0, low } = estimateShare(right, test.length);
  const measured = `${(value * 100).toFixed(1)} % of ${test.length} test images are right through the endpoint, at least ${(low * 100).toFixed(1)} %`;
  if (low < minAccuracy) {
    return { deployed: false, text: `Not deployed: ${measured}; ${(minAccuracy * 100).toFixed(1)} % is needed.` };
  }
  const before = await readEndpoint(options);
  const serving = { model, roleArn, lease: false as const, clients, signal };
  const endpoint =
    before === undefined
      ? await deployEndpoint({ ...serving, endpointName })
      : await updateEndpoint({
          ...serving,
          endpoint: before,
          shift: { type: "canary", percent: 10, waitSeconds: 300 },
        });
  await keepEndpoint(options, endpoint);
  return { deployed: true, text: `Deployed behind ${endpointName}: ${measured}.` };
}

const keyOf = ({ endpointName }: RetrainOptions) => `endpoints/${endpointName}.json`;

async function readEndpoint(options: RetrainOptions): Promise<DeployedEndpoint | undefined> {
  const s3 = options.clients.s3 ?? new S3Client({});
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: options.bucket, Key: keyOf(options) }));
    return DeployedEndpointSchema.parse(JSON.parse((await Body?.transformToString()) ?? ""));
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function keepEndpoint(options: RetrainOptions, endpoint: DeployedEndpoint): Promise<void> {
  const s3 = options.clients.s3 ?? new S3Client({});
  await s3.send(new PutObjectCommand({ Bucket: options.bucket, Key: keyOf(options), Body: JSON.stringify(endpoint) }));
}

const USAGE = `Retrains the classifier and deploys it if it is good enough.

  node --import tsx examples/github-actions/retrain.ts      on the local AWS, with images that are drawn

With the environment variable BUCKET it works on AWS, and then needs ROLE_ARN, too. Others: ENDPOINT_NAME
(scones-vehicles), MIN_ACCURACY (0.75), EPOCHS (30), INSTANCE_TYPE (ml.g4dn.xlarge), ARCHIVE (the published one).
Exit code 1: not good enough, nothing was changed.
`;

/** As a program. */
async function main(env: NodeJS.ProcessEnv, argv: readonly string[]): Promise<number> {
  if (argv.length > 0) {
    process.stdout.write(USAGE);
    return argv[0] === "--help" ? 0 : 2;
  }
  env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interrupt.abort(new Error(`ended by ${name}`)));
  }
  const bucket = env["BUCKET"];
  await using local = bucket === undefined ? await createLocalAws() : undefined;
  await local?.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const archive = env["ARCHIVE"];
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const result = await retrain({
    source: archive ?? (local ? generateArchive() : new URL(CIFAR_ARCHIVES["cifar-100-python"].url)),
    bucket: bucket ?? "scones",
    roleArn: env["ROLE_ARN"] ?? "arn:aws:iam::000000000000:role/scones",
    endpointName: env["ENDPOINT_NAME"] ?? "scones-vehicles",
    minAccuracy: Number(env["MIN_ACCURACY"] ?? 0.75),
    epochs: Number(env["EPOCHS"] ?? 30),
    instanceType: env["INSTANCE_TYPE"] ?? "ml.g4dn.xlarge",
    clients: local?.clients ?? {},
    signal: interrupt.signal,
    log,
  });
  log(result.text);
  if (env["GITHUB_STEP_SUMMARY"] !== undefined) await appendFile(env["GITHUB_STEP_SUMMARY"], `${result.text}\n`);
  return result.deployed ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await main(process.env, process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(
      `${isSconesError(error) ? `${error.code}: ` : ""}${error instanceof Error ? error.message : error}\n`,
    );
    return 1;
  });
}
