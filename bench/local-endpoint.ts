import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { CifarExtractor, stageDataset } from "scones-ml/etl";
import { deployEndpoint } from "scones-ml/inference";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { generateArchive } from "../examples/end-to-end/generate-archive.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { bestOf, figure, percentile, ratePerSecond } from "./measure.js";

const BUCKET = "bench";
const ROLE_ARN = "arn:aws:iam::000000000000:role/bench";
const INVOCATIONS = 1000;
const CONCURRENCY = 8;

/** Measures InvokeEndpoint through the SDK client: one at a time, and several at once, with and without capture. */
export async function measureEndpoint({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const local = await createLocalAws();
  try {
    const { endpoints, image } = await deploy(local);
    const results: BenchResult[] = [];
    for (const [name, EndpointName] of Object.entries(endpoints)) {
      const invoke = async () => {
        const request = { EndpointName, ContentType: "image/png", Body: image };
        await local.clients.sagemakerRuntime.send(new InvokeEndpointCommand(request));
      };
      await ratePerSecond(INVOCATIONS, 1, invoke);
      const times: number[] = [];
      await ratePerSecond(rounds * INVOCATIONS, 1, async () => {
        const startedAt = performance.now();
        await invoke();
        times.push(performance.now() - startedAt);
      });
      const perSecond = await bestOf(rounds, () => ratePerSecond(INVOCATIONS, CONCURRENCY, invoke));
      log(`InvokeEndpoint, ${name}: ${perSecond.toFixed(0)} per second`);
      results.push(
        figure(`InvokeEndpoint, ${name}, median`, percentile(times, 0.5), "ms"),
        figure(`InvokeEndpoint, ${name}, 99 of 100`, percentile(times, 0.99), "ms"),
        figure(`InvokeEndpoint, ${name}, ${CONCURRENCY} at once`, perSecond, "1/s"),
      );
    }
    return results;
  } finally {
    await local.close();
  }
}

async function deploy(local: LocalAws) {
  const { clients } = local;
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const extractor = new CifarExtractor({ source: generateArchive({ trainPerClass: 100, testPerClass: 20 }) });
  const { labels } = extractor;
  const destination = { bucket: BUCKET };
  const dataset = await stageDataset({ images: extractor.images(), labels, destination, clients });
  const model = await trainImageClassifier({
    dataset,
    roleArn: ROLE_ARN,
    output: `s3://${BUCKET}/models`,
    hyperparameters: { epochs: 1 },
    clients,
  });
  const settings = { model, roleArn: ROLE_ARN, clients };
  const plain = await deployEndpoint(settings);
  const capture = { destination: `s3://${BUCKET}/captures`, samplingPercentage: 100 };
  const captured = await deployEndpoint({ ...settings, capture });
  const endpoints = { "without capture": plain.endpointName, "with capture": captured.endpointName };
  return { endpoints, image: await readTestImage(clients.s3) };
}

async function readTestImage(s3: S3Client): Promise<Uint8Array> {
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "test/", MaxKeys: 1 }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: listed.Contents?.[0]?.Key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}
