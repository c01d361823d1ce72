import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CifarExtractor, type CifarImage, encodePng, stageDataset } from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint, shiftTraffic } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { compareVariants, type GroundTruth, joinGroundTruth, readCaptures } from "scones-ml/monitoring";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "./shared/command.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "./shared/training-data.js";

/** Two models behind one endpoint, until the answers tell which is better; then the better one gets all the traffic. */
export const abTest: Example = {
  name: "ab-test",
  summary: "Runs an A/B test on the local AWS: a model of one epoch against a longer trained one, 90 to 10.",
  options: {
    ...TRAINING_OPTIONS,
    requests: { value: "N", default: "4000", help: "most requests; the test ends earlier when the verdict is there" },
    look: { value: "N", default: "250", help: "requests between two looks at the answers" },
  },

  async run(args, { display, signal, write }) {
    const [seed, epochs] = [args.whole("seed", 0), args.whole("epochs", 1)];
    const [requests, look] = [args.whole("requests", 1), args.whole("look", 1)];
    await using local = await createLocalAws({ seed });
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const extractor = new CifarExtractor({ source: openArchive(args), classes: ["bicycle", "motorcycle"] });
    const { labels } = extractor;
    const images: CifarImage[] = [];
    for await (const image of extractor.images({ signal })) images.push(image);
    const dataset = await stageDataset({ images, labels, destination: { bucket: "scones" }, clients, signal });

    display.start("Train");
    const train = (epochs: number) =>
      trainImageClassifier({
        dataset,
        roleArn: ROLE_ARN,
        output: "s3://scones/models",
        hyperparameters: { epochs },
        clients,
        signal,
      });
    const [today, tomorrow] = [await train(1), await train(epochs)];
    display.finish(`"today" after 1 epoch, "tomorrow" after ${epochs}`);

    await using endpoint = await deployEndpoint({
      roleArn: ROLE_ARN,
      variants: [
        { name: "today", model: today, weight: 90 },
        { name: "tomorrow", model: tomorrow, weight: 10 },
      ],
      clients,
      signal,
    });
    const source = endpoint.captures ?? "";
    const truth: GroundTruth[] = [];
    const judge = async (variantName: string) => {
      const observations = readCaptures({ source, variantName, clients, signal });
      return { name: variantName, truth: await joinGroundTruth({ observations, truth, labels }) };
    };
    const compare = async () => compareVariants({ control: await judge("today"), candidate: await judge("tomorrow") });

    display.start("Compare");
    const tests = images.filter(({ split }) => split === "test").map((image) => ({ ...image, png: encodePng(image) }));
    let comparison = await compare();
    while (comparison.verdict === "undecided" && truth.length < requests) {
      const image = tests[truth.length % tests.length];
      if (image === undefined) throw new Error("the data set has no test images");
      const id = `request-${truth.length}`;
      await invokeEndpoint({ endpoint, image: image.png, inferenceId: id, clients, signal });
      truth.push({ id, label: image.label });
      display.update(`${truth.length} requests`, truth.length / requests);
      // The interval may be looked at as often as one likes.
      if (truth.length % look === 0 || truth.length === requests) comparison = await compare();
    }
    display.finish(`${truth.length} requests: ${comparison.verdict}`);
    display.note(comparison.text);
    await write("comparison.json", `${JSON.stringify(comparison, undefined, 2)}\n`);

    if (comparison.verdict === "candidate") {
      await shiftTraffic({ endpoint, weights: { today: 0, tomorrow: 1 }, clients, signal });
      const png = tests[0]?.png ?? new Uint8Array();
      const { variant } = await invokeEndpoint({ endpoint, image: png, clients, signal });
      display.note(`The traffic was shifted; "${variant}" answers now.`);
    } else {
      display.note("The traffic stays as it was.");
    }
    return 0;
  },
};

if (isProgram(import.meta.url)) await runProgram(abTest);
