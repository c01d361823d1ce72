import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { S3Client } from "@aws-sdk/client-s3";
import { DescribeEndpointCommand, DescribeEndpointConfigCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { CifarExtractor, type CifarImage } from "scones-ml/etl";
import { createLocalAws } from "scones-ml/local";
import { createRandom } from "../end-to-end/random.js";
import { type Example, isProgram, runProgram } from "../shared/command.js";
import { openArchive, TRAINING_OPTIONS } from "../shared/training-data.js";
import { DRIFTS } from "./degrade.js";
import { writeReport } from "./live-report.js";
import { deployLocally } from "./local-endpoint.js";
import { type Clock, sendTraffic } from "./send-traffic.js";

const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  waitUntil: async (time, signal) => {
    await sleep(Math.max(0, time - Date.now()), undefined, { signal });
  },
};

/** A stream of test images to an endpoint, and a report that is written anew while it runs. */
export function createTraffic(clock: Clock = SYSTEM_CLOCK): Example {
  return {
    name: "traffic/main",
    summary: "Sends test images to an endpoint at a rate, and rewrites report.html while it runs.",
    options: {
      ...TRAINING_OPTIONS,
      rate: { value: "N", default: "20", help: "requests each second" },
      seconds: { value: "N", default: "60", help: "how long" },
      drift: { value: "KIND", default: "none", help: `what changes after a while: ${DRIFTS.join(", ")}` },
      "drift-after": { value: "SECONDS", default: "30", help: "when that begins" },
      variants: {
        value: "N",
        default: "1",
        help: "with 2, a model of one epoch gets one request in five (local only)",
      },
      every: { value: "SECONDS", default: "5", help: "how often report.html is written" },
      endpoint: { value: "NAME", help: "a real endpoint of your account, which bills; without it a local one is made" },
      labels: { value: "A,B", default: "bicycle,motorcycle", help: "classes, in label order" },
    },

    async run(args, { display, signal, out }) {
      const [rate, seconds] = [args.number("rate", 0.01, 1000), args.number("seconds", 0.01, 86_400)];
      const [drift, driftAfter] = [args.choice("drift", DRIFTS), args.number("drift-after", 0, 86_400)];
      const [every, variants] = [args.number("every", 0.01, 3600), Number(args.choice("variants", ["1", "2"]))];
      const [seed, epochs] = [args.whole("seed", 0), args.whole("epochs", 1)];
      const classes = (args.text("labels") ?? "").split(",");
      const extractor = new CifarExtractor({ source: openArchive(args), classes });
      const { labels } = extractor;
      const images: CifarImage[] = [];
      for await (const image of extractor.images({ signal })) images.push(image);
      const name = args.text("endpoint");
      await using local = name === undefined ? await createLocalAws({ seed }) : undefined;
      const clients = local?.clients ?? {
        s3: new S3Client({}),
        sagemaker: new SageMakerClient({}),
        sagemakerRuntime: new SageMakerRuntimeClient({}),
      };

      display.start("Deploy");
      const endpoint =
        local !== undefined
          ? await deployLocally({ local, images, labels, epochs, variants, signal })
          : { endpointName: name ?? "", labels, captures: await findCaptures(clients.sagemaker, name ?? "", signal) };
      const { endpointName, captures: source = "" } = endpoint;
      display.finish(`endpoint ${endpointName} answers`);
      await mkdir(out, { recursive: true });

      display.start("Traffic");
      // A capture tells its whole second, so that is where the reading begins.
      const from = new Date(Math.floor(Date.now() / 1000) * 1000);
      const report = { source, endpointName, labels, from, directory: out, clients, signal };
      const tests = images.filter(({ split }) => split === "test");
      let reportedAt = clock.now();
      let reports = 0;
      let writing: Promise<void> | undefined;
      let problem: unknown;
      const traffic = await sendTraffic({
        endpointName,
        labels,
        images: tests,
        ...{ rate, seconds, drift, driftAfter, clock, clients, signal },
        random: createRandom(seed),
        onRequest: ({ sent, failed }, total) => {
          display.update(`${sent} of ${total} requests, ${failed} failed, ${reports} reports`, sent / total);
          if (clock.now() - reportedAt < every * 1000 || writing !== undefined) return;
          reportedAt = clock.now();
          writing = writeReport(report).then(
            () => {
              reports++;
              writing = undefined;
            },
            (error: unknown) => {
              problem = error;
            },
          );
        },
      });
      await writing;
      if (problem !== undefined) throw problem;
      const { records } = await writeReport(report);
      const right = traffic.sent === traffic.failed ? 0 : traffic.right / (traffic.sent - traffic.failed);
      display.finish(`${traffic.sent} requests, ${records} captured, ${(right * 100).toFixed(1)} % right`);
      for (const [kind, count] of Object.entries(traffic.failures)) display.note(`  ${count} failed: ${kind}`);
      if (traffic.late > 0)
        display.note(`  ${traffic.late} were sent late: the endpoint does not keep up with the rate`);
      if (name !== undefined)
        display.note("SageMaker delivers captures some minutes late: run longer to see the last ones.");
      display.note(`Look at ${pathToFileURL(join(out, "report.html"))}, which was written ${reports + 1} times`);
      return 0;
    },
  };
}

/** Where an endpoint of your account captures to. */
async function findCaptures(sagemaker: SageMakerClient, name: string, abortSignal: AbortSignal): Promise<string> {
  const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }), { abortSignal });
  const EndpointConfigName = found.EndpointConfigName;
  const config = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }), { abortSignal });
  const destination = config.DataCaptureConfig?.DestinationS3Uri;
  if (destination === undefined)
    throw new Error(`The endpoint ${name} captures nothing, so there is nothing to report.`);
  return destination;
}

if (isProgram(import.meta.url)) await runProgram(createTraffic());
