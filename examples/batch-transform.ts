import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, type CifarImage, stageDataset } from "scones-ml/etl";
import { readBatchOutputs, runBatchTransform } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "./shared/command.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "./shared/training-data.js";

/** Many images at once, without an endpoint: each object below a prefix gets an answer in S3. */
export const batchTransform: Example = {
  name: "batch-transform",
  summary: "Classifies every test image with one batch transform job on the local AWS, and writes answers.csv.",
  options: { ...TRAINING_OPTIONS, images: { ...TRAINING_OPTIONS.images, default: "400" } },

  async run(args, { display, signal, write }) {
    const [seed, epochs] = [args.whole("seed", 0), args.whole("epochs", 1)];
    await using local = await createLocalAws({ seed });
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
    display.finish(`${dataset.train.count} images, ${epochs} epochs`);

    display.start("Transform");
    const batch = await runBatchTransform({
      model,
      roleArn: ROLE_ARN,
      input: dataset.validation.images,
      output: "s3://scones/answers",
      clients,
      signal,
      onProgress: (event) => {
        if (event.type === "status") display.update(event.status);
      },
    });
    const truth = new Map(images.filter(({ split }) => split === "test").map((image) => [image.filename, image.label]));
    const rows = ["key,label,confidence"];
    const counts = { answered: 0, right: 0, missing: 0 };
    for await (const { inputKey, prediction } of readBatchOutputs({ batch, clients, signal })) {
      rows.push(`${inputKey},${prediction?.label ?? ""},${prediction?.confidence.toFixed(6) ?? ""}`);
      if (prediction === undefined) counts.missing++;
      else counts.answered++;
      if (prediction?.label === truth.get(inputKey.split("/").at(-1) ?? "")) counts.right++;
    }
    display.finish(`${counts.answered} answers, ${counts.right} of them right, ${counts.missing} images without one`);
    await write("answers.csv", `${rows.join("\n")}\n`);
    return 0;
  },
};

if (isProgram(import.meta.url)) await runProgram(batchTransform);
