import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, type CifarImage, encodePng, stageDataset } from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { createMetricsSink, createMonitorHandler } from "scones-ml/monitoring";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "./shared/command.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "./shared/training-data.js";

const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;
/** Moments of the schedule at which bad images have come in: from the fourth to the sixth. */
const isBad = (moment: number) => moment >= 4 && moment <= 6;

/** An endpoint that is watched every quarter of an hour, until a camera breaks, and after it was mended. */
export const alerts: Example = {
  name: "alerts",
  summary:
    "Watches an endpoint on the local AWS every quarter of an hour (of its own clock). At the fourth moment the camera\nbreaks and an alert is raised; from the seventh it works again and the alert is cleared.",
  options: {
    ...TRAINING_OPTIONS,
    moments: { value: "N", default: "10", help: "evaluations; with 5 the alert still stands at the end" },
    "fail-on-alert": { help: "exits with 1 when an alert stands at the end" },
  },

  async run(args, { display, signal, write }) {
    const [seed, epochs, moments] = [args.whole("seed", 0), args.whole("epochs", 1), args.whole("moments", 1)];
    const begin = Date.parse("2026-01-05T08:00:00Z");
    let time = begin;
    const now = () => new Date(time);
    await using local = await createLocalAws({ seed, now });
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const extractor = new CifarExtractor({ source: openArchive(args), classes: ["bicycle", "motorcycle"] });
    const { labels } = extractor;
    const images: CifarImage[] = [];
    for await (const image of extractor.images({ signal })) images.push(image);
    const dataset = await stageDataset({ images, labels, destination: { bucket: "scones" }, clients, signal });

    display.start("Train");
    const output = "s3://scones/models";
    const hyperparameters = { epochs };
    const model = await trainImageClassifier({ dataset, roleArn: ROLE_ARN, output, hyperparameters, clients, signal });
    await using endpoint = await deployEndpoint({ model, roleArn: ROLE_ARN, clients, signal });
    display.finish(`endpoint ${endpoint.endpointName} answers`);

    const metrics: string[] = [];
    const watch = createMonitorHandler({
      source: "s3://scones/data_capture",
      endpointName: endpoint.endpointName,
      labels,
      rules: labels.map((label) => ({ type: "class-share", label, over: 0.85, within: "15m" })),
      state: "s3://scones/monitoring/state.json",
      sinks: [
        // A function of your own is a sink; createSnsSink and createEventBridgeSink are others.
        ({ changes }) => {
          for (const { change, name, text } of changes) display.note(`  ${change?.toUpperCase()} ${name}: ${text}`);
        },
        // On Lambda these lines go to the log, of which CloudWatch makes metrics.
        createMetricsSink({ write: (line) => metrics.push(line) }),
      ],
      now,
      clients,
    });

    const tests = images.filter(({ split }) => split === "test");
    let stands = false;
    for (let moment = 1; moment <= moments; moment++) {
      display.start("Watch");
      for (const [index, image] of tests.entries()) {
        time = begin + moment * QUARTER_OF_AN_HOUR_MS - Math.round((1 - index / tests.length) * 840_000);
        signal.throwIfAborted();
        const seen = isBad(moment) ? breakCamera(image, index) : image;
        await invokeEndpoint({ endpoint, image: encodePng(seen), clients, signal });
      }
      time = begin + moment * QUARTER_OF_AN_HOUR_MS;
      const { isAlarming } = await watch();
      stands = isAlarming;
      const camera = isBad(moment) ? "broken" : "fine";
      const status = stands ? "an alert stands" : "all is well";
      display.finish(`${now().toISOString().slice(11, 16)}: camera ${camera}, ${status}`);
    }
    await write("metrics.jsonl", `${metrics.join("\n")}\n`);
    return stands && args.has("fail-on-alert") ? 1 : 0;
  },
};

/** A lens cap: nothing but the darkness and a little noise arrives, whatever stands before the camera. */
function breakCamera(image: CifarImage, index: number): CifarImage {
  return { ...image, rgb: image.rgb.map((_, place) => 8 + ((place * 31 + index * 17) % 5)) };
}

if (isProgram(import.meta.url)) await runProgram(alerts);
