import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import {
  CifarExtractor,
  type CifarImage,
  encodePng,
  formatDatasetReport,
  inspectDataset,
  openImageFolder,
  stageDataset,
} from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "./shared/command.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "./shared/training-data.js";

/** A folder of your own images, `FOLDER/CLASS/*.png`, to an endpoint that answers. */
export const ownImages: Example = {
  name: "own-images",
  summary:
    "Trains on a folder of your own images, one folder a class, on the local AWS, and asks the model about some.",
  options: {
    ...TRAINING_OPTIONS,
    folder: { value: "DIR", help: "your images, DIR/CLASS/*; without it a folder is made of generated ones" },
    side: { value: "N", default: "32", help: "pixels a side; other sizes need the package sharp" },
    ask: { value: "FILE", help: "an image to ask about, of that size; without it the test images are asked about" },
  },

  async run(args, { display, signal, out }) {
    const [seed, epochs, side] = [args.whole("seed", 0), args.whole("epochs", 1), args.whole("side", 8)];
    display.start("Look");
    const directory = args.text("folder") ?? (await writeFolder(join(out, "images"), openArchive(args), signal));
    const folder = await openImageFolder({ directory, imageShape: { height: side, width: side } });
    const { labels } = folder;
    display.finish(`${folder.counts.train} training and ${folder.counts.test} test images of ${labels.join(", ")}`);
    const report = await inspectDataset(folder.images({ signal }), { labels, signal });
    display.note(formatDatasetReport(report));

    await using local = await createLocalAws({ seed });
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: "own-images" }));
    const destination = { bucket: "own-images" };
    const dataset = await stageDataset({ images: folder.images({ signal }), labels, destination, clients, signal });

    display.start("Train");
    const output = "s3://own-images/models";
    const hyperparameters = { epochs };
    const model = await trainImageClassifier({ dataset, roleArn: ROLE_ARN, output, hyperparameters, clients, signal });
    await using endpoint = await deployEndpoint({ model, roleArn: ROLE_ARN, clients, signal });
    display.finish(`endpoint ${endpoint.endpointName} answers`);

    const file = args.text("ask");
    if (file !== undefined) {
      const answer = await invokeEndpoint({ endpoint, image: await readFile(file), clients, signal });
      display.note(`${basename(file)}: ${answer.label}, confidence ${answer.confidence.toFixed(3)}`);
      return 0;
    }
    let right = 0;
    for await (const image of folder.images({ split: "test", signal })) {
      const { label } = await invokeEndpoint({ endpoint, image: encodePng(image), clients, signal });
      if (label === image.label) right++;
    }
    display.note(`${right} of ${folder.counts.test} test images were answered rightly`);
    return 0;
  },
};

/** Makes a folder such as a user has, of generated images or of an archive's. */
async function writeFolder(
  directory: string,
  source: ReturnType<typeof openArchive>,
  signal: AbortSignal,
): Promise<string> {
  const extractor = new CifarExtractor({ source, classes: ["bicycle", "motorcycle"] });
  for (const label of extractor.labels) await mkdir(join(directory, label), { recursive: true });
  const name = ({ split, row }: CifarImage) => `${split}-${String(row).padStart(5, "0")}.png`;
  for await (const image of extractor.images({ signal })) {
    await writeFile(join(directory, image.label, name(image)), encodePng(image));
  }
  return directory;
}

if (isProgram(import.meta.url)) await runProgram(ownImages);
