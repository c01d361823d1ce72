import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, type CifarImage, encodePng, openImageFolder, stageDataset } from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint } from "scones-ml/inference";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { createBaseline, type GroundTruth, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
import { trainImageClassifier } from "scones-ml/training";
import { generateArchive } from "../end-to-end/generate-archive.js";
import type { ProgressDisplay } from "../end-to-end/progress-display.js";
import { createRandom } from "../end-to-end/random.js";
import type { TrafficArguments } from "./arguments.js";
import { nextImage } from "./drift-images.js";
import { type LiveReport, writeReport } from "./live-report.js";
import { sendTraffic, type TrafficClock, type TrafficCounts } from "./send-traffic.js";

/** What traffic is sent to. */
interface Target {
  readonly endpoint: string;
  readonly labels: readonly string[];
  readonly captures: string;
  readonly images: readonly CifarImage[];
  readonly clients: Partial<LocalAws["clients"]>;
}

/** What became of the traffic. */
export interface TrafficResult {
  readonly counts: TrafficCounts;
  readonly report: LiveReport;
  readonly file: string;
}

const ROLE_ARN = "arn:aws:iam::000000000000:role/scones";

/** Sends the traffic and keeps the report up to date. */
export async function runTraffic(
  options: TrafficArguments,
  tools: { readonly display: ProgressDisplay; readonly clock: TrafficClock; readonly signal: AbortSignal },
): Promise<TrafficResult> {
  const { display, clock, signal } = tools;
  // Every request that is under way listens to it.
  setMaxListeners(0, signal);
  await using local = options.remote === undefined ? await createLocalAws({ seed: options.seed }) : undefined;
  const target = local === undefined ? await openRemote(options) : await startLocal(local, options, tools);
  const { labels, captures, clients } = target;
  const output = resolve(options.output);
  await mkdir(output, { recursive: true });
  const file = join(output, "report.html");
  const random = createRandom(options.seed + 1);
  const truth: GroundTruth[] = [];
  const ask = async (image: CifarImage) => {
    const inferenceId = randomUUID();
    truth.push({ id: inferenceId, label: image.label });
    const png = encodePng(image);
    await invokeEndpoint({ endpoint: target.endpoint, image: png, labels, inferenceId, clients, signal });
  };

  // What the endpoint says of the images as they are is what later answers are compared with.
  display.start("Baseline");
  for (const image of target.images) await ask(image);
  const usual = readCaptures({ source: captures, onMalformed: "skip", clients, signal });
  const baseline = createBaseline(await summarizeCaptures(usual, { labels }));
  display.finish(`${baseline.count} answers`);

  display.start("Traffic");
  // Captures have whole seconds: the traffic begins with one, so that it is told from the baseline.
  const from = new Date((Math.floor(Date.now() / 1000) + 1) * 1000);
  await clock.sleep(from.getTime() - Date.now(), signal);
  const report = () => writeReport({ captures, labels, from, truth, baseline, file, clients, signal });
  await report();
  display.note(`Open ${pathToFileURL(file)}: it reloads itself.`);
  let reportAt = clock.now();
  let writing: Promise<unknown> = Promise.resolve();
  const counts = await sendTraffic({
    rate: options.rate,
    seconds: options.seconds,
    clock,
    signal,
    send: (_, elapsed) =>
      ask(nextImage(target.images, options.drift, elapsed >= options.driftAfter, () => random.next())),
    onProgress: ({ answered, failed }) => {
      display.update(`${answered} answered, ${failed} failed`, (answered + failed) / (options.rate * options.seconds));
      if (clock.now() - reportAt < options.every * 1000) return;
      reportAt = clock.now();
      writing = writing.then(report);
    },
  });
  await writing;
  signal.throwIfAborted();
  const last = await report();
  display.finish(
    `${counts.answered} answered, ${counts.failed} failed${counts.reason === undefined ? "" : `: ${counts.reason}`}`,
  );
  display.note(last.verdict);
  return { counts, report: last, file };
}

async function openRemote({ remote }: TrafficArguments): Promise<Target> {
  if (remote === undefined) throw new Error("no endpoint was named");
  const folder = await openImageFolder({ directory: remote.images });
  const images: CifarImage[] = [];
  for await (const image of folder.images()) images.push(image);
  return { endpoint: remote.endpoint, captures: remote.captures, labels: folder.labels, images, clients: {} };
}

/** A trained endpoint on the local AWS; with two variants the second one has learnt less. */
async function startLocal(
  local: LocalAws,
  options: TrafficArguments,
  { display, signal }: { readonly display: ProgressDisplay; readonly signal: AbortSignal },
): Promise<Target> {
  const { clients } = local;
  await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const source = options.data ?? generateArchive({ seed: options.seed });
  const extractor = new CifarExtractor({ source, classes: ["bicycle", "motorcycle"] });
  const all: CifarImage[] = [];
  for await (const image of extractor.images({ signal })) all.push(image);
  const { labels } = extractor;
  const dataset = await stageDataset({ images: all, labels, destination: { bucket: "scones" }, clients, signal });
  const train = async (epochs: number) => {
    const job = { dataset, roleArn: ROLE_ARN, output: "s3://scones/models", hyperparameters: { epochs } };
    return trainImageClassifier({ ...job, clients, signal });
  };
  display.start("Train");
  const model = await train(12);
  const other = options.variants ? await train(3) : undefined;
  display.finish(`validation accuracy ${model.metrics.validationAccuracy}`);
  const endpoint = await deployEndpoint({
    roleArn: ROLE_ARN,
    clients,
    signal,
    ...(other === undefined
      ? { model }
      : {
          variants: [
            { name: "A", model },
            { name: "B", model: other },
          ],
        }),
  });
  const images = all.filter(({ split }) => split === "test");
  return { endpoint: endpoint.endpointName, labels, captures: endpoint.captures ?? "", images, clients };
}
