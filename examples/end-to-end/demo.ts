import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { isSconesError } from "scones-ml/core";
import {
  createClassifyHandler,
  createFilterHandler,
  createSerializeHandler,
  deleteEndpoint,
} from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { type RenderReportOptions, renderConfidenceChart, renderReport } from "scones-ml/monitoring";
import { renderTrainingCurve } from "scones-ml/training";
import { stage } from "../01-stage.js";
import { train } from "../02-train.js";
import { deploy } from "../03-deploy.js";
import { type RunSummary, run } from "../04-run.js";
import { monitor } from "../05-monitor.js";
import { createTrainingDisplay, describeTraining } from "../training-display.js";
import { type DemoArguments, readArguments, UsageError } from "./arguments.js";
import { findArchive } from "./find-archive.js";
import { createProgressDisplay, type ProgressDisplay } from "./progress-display.js";
import { type StageTime, withStageTimes } from "./stage-times.js";

const BUCKET = "scones-unlimited";
const ROLE_ARN = "arn:aws:iam::000000000000:role/scones-unlimited";
const CACHED_ARCHIVE = join(homedir(), ".cache", "scones-ml", "cifar-100-python.tar.gz");
const EXIT_INTERRUPTED = 130;

/** What `summary.json` holds. */
interface DemoResult {
  readonly dataset: {
    readonly source: string;
    readonly labels: readonly string[];
    readonly train: number;
    readonly test: number;
  };
  readonly training: {
    readonly seconds: number;
    readonly epochs: number;
    readonly validationAccuracy: number | undefined;
  };
  readonly endpoint: { readonly name: string; readonly accuracy: number };
  readonly executions: Omit<RunSummary, "reasons" | "pictures">;
  readonly captures: { readonly records: number; readonly skipped: number };
  readonly stages: readonly StageTime[];
  readonly seconds: number;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The whole workflow, against an AWS that lives in this process. */
async function demo(options: DemoArguments, plain: ProgressDisplay, signal: AbortSignal): Promise<void> {
  const display = withStageTimes(plain);
  const startedAt = Date.now();
  const archive = await findArchive(options, CACHED_ARCHIVE, signal, (text) => display.note(text));
  await using local = await createLocalAws({ seed: options.seed });
  const { clients } = local;
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));

  display.start("Stage");
  let uploaded = 0;
  const { dataset, report, contactSheet } = await stage({
    source: archive.source,
    bucket: BUCKET,
    clients,
    signal,
    onProgress: (event) => {
      if (event.type === "uploaded") display.update(`${++uploaded} objects in S3`);
    },
  });
  display.finish(`${dataset.train.count} training and ${dataset.validation.count} test images in s3://${BUCKET}`);
  for (const { severity, message } of report.findings) display.note(`  ${severity}: ${message}`);

  display.start("Train");
  const trainingStartedAt = Date.now();
  const model = await train({
    dataset,
    roleArn: ROLE_ARN,
    epochs: options.epochs,
    clients,
    signal,
    onProgress: createTrainingDisplay(display, { isLog: false, showCost: false }),
  });
  const trainingSeconds = (Date.now() - trainingStartedAt) / 1000;
  const { validationAccuracy } = model.metrics;
  display.finish(describeTraining(model));
  for (const { severity, message } of model.advice ?? []) display.note(`  ${severity}: ${message}`);

  display.start("Deploy");
  const endpoint = await deploy({ model, roleArn: ROLE_ARN, bucket: BUCKET, clients, signal, onProgress: () => {} });
  display.finish(`endpoint ${endpoint.endpointName} is in service`);

  display.start("Run");
  const functions = {
    serialize: local.registerFunction("scones-serialize", createSerializeHandler({ clients })),
    classify: local.registerFunction(
      "scones-classify",
      createClassifyHandler({ endpointName: endpoint.endpointName, labels: endpoint.labels, clients }),
    ),
    filter: local.registerFunction("scones-filter", createFilterHandler({ threshold: options.threshold })),
  };
  const executions = await run({
    functions,
    roleArn: ROLE_ARN,
    dataset,
    concurrency: 8,
    clients,
    signal,
    onProgress: (done, total) => display.update(`${done} of ${total} executions`, done / total),
  });
  for (const reason of executions.reasons) display.note(`  ${reason}`);
  display.finish(
    `${executions.total} executions: ${executions.succeeded} answered, ${executions.belowThreshold} failed loudly below ${options.threshold}, ${executions.failed} broke`,
  );

  display.start("Monitor");
  const captures = endpoint.captures ?? "";
  const monitored = await monitor({ captures, dataset, threshold: options.threshold, clients, signal });
  const { summary, truth, images, skipped } = monitored;
  const accuracy = truth.accuracy.value ?? 0;
  display.finish(`${summary.records} captures, ${percent(accuracy)} of the answers were right`);
  await deleteEndpoint({ endpoint, clients, signal });

  const result: DemoResult = {
    dataset: {
      source: archive.description,
      labels: dataset.labels,
      train: dataset.train.count,
      test: dataset.validation.count,
    },
    training: { seconds: trainingSeconds, epochs: options.epochs, validationAccuracy },
    endpoint: { name: endpoint.endpointName, accuracy },
    executions: {
      total: executions.total,
      succeeded: executions.succeeded,
      belowThreshold: executions.belowThreshold,
      failed: executions.failed,
    },
    captures: { records: summary.records, skipped: summary.skipped + skipped.length },
    stages: display.stageTimes(),
    seconds: (Date.now() - startedAt) / 1000,
  };
  const output = resolve(options.output);
  await mkdir(output, { recursive: true });
  await writeFile(join(output, "summary.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  await writeFile(join(output, "dataset.png"), contactSheet);
  await writeFile(join(output, "training.svg"), renderTrainingCurve(model, { classes: dataset.labels.length }));
  const { workflow, execution } = executions.pictures;
  await writeFile(join(output, "workflow.svg"), workflow);
  if (execution !== undefined) await writeFile(join(output, "execution.svg"), execution);
  await writeFile(join(output, "report.svg"), renderConfidenceChart(summary, { theme: "auto" }));
  await writeFile(
    join(output, "report.html"),
    renderReport({ summary, truth, images, skipped, title: "Scones Unlimited", sections: describe(result) }),
  );
  display.note(
    `\nDone in ${result.seconds.toFixed(1)} s. Look at the result: ${pathToFileURL(join(output, "report.html"))}`,
  );
}

/** What the report says about this run, beside the captures. */
function describe({
  dataset,
  training,
  endpoint,
  executions,
}: DemoResult): NonNullable<RenderReportOptions["sections"]> {
  const fact = (name: string, value: string | number) => ({ name, value: String(value) });
  return [
    {
      heading: "This run",
      facts: [
        fact("Data set", dataset.source),
        fact("Classes", dataset.labels.join(", ")),
        fact("Training and test images", `${dataset.train} and ${dataset.test}`),
        fact("Training", `${training.epochs} epochs in ${training.seconds.toFixed(1)} s`),
        fact("Accuracy through the endpoint", percent(endpoint.accuracy)),
        fact("Executions that answered", `${executions.succeeded} of ${executions.total}`),
        fact("Executions that failed loudly", executions.belowThreshold),
      ],
    },
  ];
}

/** Runs the demo as a program: Ctrl-C ends it cleanly, errors say what to do next. */
async function main(): Promise<number> {
  // The SDK says on Node 20 that its releases of 2027 will need Node 22; the first screen is no place for that.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const display = createProgressDisplay(process.stdout, process.env["NO_COLOR"] === undefined);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    const options = readArguments(process.argv.slice(2));
    if ("help" in options) {
      process.stdout.write(options.help);
      return 0;
    }
    await demo(options, display, interrupt.signal);
    return 0;
  } catch (error) {
    display.stop();
    if (interrupt.signal.aborted) {
      process.stderr.write("Interrupted: everything was stopped, nothing was written.\n");
      return EXIT_INTERRUPTED;
    }
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    const isExpected = isSconesError(error);
    process.stderr.write(
      `${isExpected ? `${error.code}: ${error.message}` : String((error as Error).stack ?? error)}\n`,
    );
    return 1;
  } finally {
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
  }
}

process.exitCode = await main();
