import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, type CifarImage, encodePng, stageDataset } from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { type GroundTruth, joinGroundTruth, readCaptures, renderConfusionMatrix } from "scones-ml/monitoring";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "./shared/command.js";
import { generateVehicles } from "./shared/generate-vehicles.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "./shared/training-data.js";
import { createTrainingDisplay, describeTraining } from "./training-display.js";

/** All vehicles of CIFAR-100, from the archive to an endpoint, and how each class fares there. */
export const multiClass: Example = {
  name: "multi-class",
  summary: "Trains all ten vehicle classes of CIFAR-100 on the local AWS and prints how each of them fares.",
  options: { ...TRAINING_OPTIONS, epochs: { ...TRAINING_OPTIONS.epochs, default: "15" } },

  async run(args, { display, signal, write }) {
    const [seed, epochs] = [args.whole("seed", 0), args.whole("epochs", 1)];
    const extractor = new CifarExtractor({
      source: openArchive(args, generateVehicles),
      // The superclasses vehicles_1 and vehicles_2, class by class; the order is that of the labels.
      classes: [
        "bicycle",
        "bus",
        "motorcycle",
        "pickup_truck",
        "train",
        "lawn_mower",
        "rocket",
        "streetcar",
        "tank",
        "tractor",
      ],
    });
    const { labels } = extractor;
    await using local = await createLocalAws({ seed });
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));

    display.start("Stage");
    const images: CifarImage[] = [];
    for await (const image of extractor.images({ signal })) images.push(image);
    const dataset = await stageDataset({ images, labels, destination: { bucket: "scones" }, clients, signal });
    display.finish(`${dataset.train.count} training and ${dataset.validation.count} test images`);

    display.start("Train");
    const model = await trainImageClassifier({
      dataset,
      roleArn: ROLE_ARN,
      output: "s3://scones/models",
      hyperparameters: { epochs },
      clients,
      signal,
      onProgress: createTrainingDisplay(display, { isLog: false, showCost: false }),
    });
    display.finish(describeTraining(model));

    display.start("Answer");
    await using endpoint = await deployEndpoint({ model, roleArn: ROLE_ARN, clients, signal });
    const truth: GroundTruth[] = [];
    for (const image of images.filter(({ split }) => split === "test")) {
      const id = `image-${image.row}`; // It is captured with the answer, so both find each other again.
      await invokeEndpoint({ endpoint, image: encodePng(image), inferenceId: id, clients, signal });
      truth.push({ id, label: image.label });
      display.update(`${truth.length} answers`, truth.length / dataset.validation.count);
    }
    const observations = readCaptures({ source: endpoint.captures ?? "", clients, signal });
    const judged = await joinGroundTruth({ observations, truth, labels });
    display.finish(`${judged.counts.matched} answers, ${percent(judged.accuracy.value)} right`);

    display.note(`\n${"class".padEnd(14)}  images  found  answers right`);
    for (const { label, images: count, recall, precision } of judged.perLabel) {
      display.note(
        `${label.padEnd(14)}${String(count).padStart(8)}${percent(recall.value).padStart(8)}${percent(precision.value).padStart(9)}`,
      );
    }
    await write("accuracy.json", `${JSON.stringify(judged, undefined, 2)}\n`);
    await write("confusion.svg", renderConfusionMatrix(judged));
    return 0;
  },
};

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${(share * 100).toFixed(1)} %`;
}

if (isProgram(import.meta.url)) await runProgram(multiClass);
