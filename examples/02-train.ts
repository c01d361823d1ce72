import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { StagedDataset, TrainedModel } from "scones-ml/core";
import { CifarExtractor, stageDataset } from "scones-ml/etl";
import { createLocalAws } from "scones-ml/local";
import { renderTrainingCurve, type TrainingProgressEvent, trainImageClassifier } from "scones-ml/training";
import { generateArchive } from "./end-to-end/generate-archive.js";
import { createProgressDisplay } from "./end-to-end/progress-display.js";
import { createTrainingDisplay, describeTraining } from "./training-display.js";

/** Trains SageMaker's built-in image-classification algorithm on the staged images. */
export async function train(options: {
  readonly dataset: StagedDataset;
  readonly roleArn: string;
  readonly epochs: number;
  readonly clients: { readonly sagemaker: SageMakerClient };
  readonly signal: AbortSignal;
  readonly onProgress: (event: TrainingProgressEvent) => void;
}): Promise<TrainedModel> {
  const { epochs, ...rest } = options;
  return trainImageClassifier({
    ...rest,
    output: `s3://${options.dataset.bucket}/models/image_model`,
    hyperparameters: { epochs },
  });
}

/*
 * As a program: trains on a generated data set, against the local AWS, and draws the curve.
 *
 *   npx tsx examples/02-train.ts [epochs] [curve.svg]
 */
async function main(epochs: number, file: string | undefined): Promise<void> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
  const isPlain = process.stdout.isTTY !== true || (process.env["NO_COLOR"] ?? "") !== "";
  const write = (text: string) => process.stdout.write(text);
  const display = createProgressDisplay(isPlain ? { write } : process.stdout, !isPlain);

  await using local = await createLocalAws();
  const { clients } = local;
  const bucket = "scones-unlimited";
  await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const extractor = new CifarExtractor({ source: generateArchive() });
  const { labels } = extractor;
  const dataset = await stageDataset({ images: extractor.images(), labels, destination: { bucket }, clients });

  display.start("Train");
  const model = await train({
    dataset,
    roleArn: "arn:aws:iam::000000000000:role/scones-unlimited",
    epochs,
    clients,
    signal: interrupt.signal,
    onProgress: createTrainingDisplay(display, { isLog: isPlain, showCost: true }),
  });
  display.finish(describeTraining(model));
  for (const { severity, message } of model.advice ?? []) display.note(`  ${severity}: ${message}`);
  if (model.cost)
    display.note(
      `  ${model.cost.seconds} s would be $${model.cost.usd.toFixed(3)} on AWS, by the price of ${model.cost.priceSource}`,
    );
  if (file !== undefined) await writeFile(file, renderTrainingCurve(model, { classes: labels.length }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(Number(process.argv[2] ?? "10"), process.argv[3]);
}
