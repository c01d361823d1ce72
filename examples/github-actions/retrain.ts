import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { type DeployedEndpoint, DeployedEndpointSchema, type TrainedModel } from "scones-ml/core";
import { CifarExtractor, type CifarImage, encodePng, stageDataset } from "scones-ml/etl";
import { deployEndpoint, invokeEndpoint, updateEndpoint } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { type Example, isProgram, runProgram } from "../shared/command.js";
import { openArchive, ROLE_ARN, TRAINING_OPTIONS } from "../shared/training-data.js";
import { createTrainingDisplay, describeTraining } from "../training-display.js";

/** AWS clients of a retraining. */
interface Clients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly sagemakerRuntime: SageMakerRuntimeClient;
}

/** Where the record of the endpoint lies: `updateEndpoint` needs it to remove what the endpoint no longer uses. */
const RECORD_KEY = "retrain/endpoint.json";

/** Retrains, asks the new model about every test image through an endpoint of its own, and deploys it when it is good. */
export function createRetrain(connect: () => Clients = connectToAws): Example {
  return {
    name: "github-actions/retrain",
    summary:
      "Retrains, checks the new model through an endpoint of its own, and puts it into service when it is good enough.\nWithout --bucket and --role-arn on the local AWS; with them on AWS, which bills the training and the endpoints.",
    options: {
      ...TRAINING_OPTIONS,
      gate: { value: "P", default: "0.8", help: "least accuracy through the endpoint, 0 to 1" },
      bucket: { value: "NAME", help: "bucket of your account for data, models and captures" },
      "role-arn": { value: "ARN", help: "role that SageMaker runs as" },
    },

    async run(args, { display, signal, write }) {
      const [seed, epochs, gate] = [args.whole("seed", 0), args.whole("epochs", 1), args.number("gate", 0, 1)];
      const [bucket, roleArn] = [args.text("bucket"), args.text("role-arn")];
      if ((bucket === undefined) !== (roleArn === undefined)) throw args.wrong("--bucket and --role-arn go together.");
      // A model of drawn images has no place on AWS, where its training is billed.
      if (bucket !== undefined && args.text("data") === undefined) throw args.wrong("--bucket needs --data, too.");
      const extractor = new CifarExtractor({ source: openArchive(args), classes: ["bicycle", "motorcycle"] });
      const { labels } = extractor;
      await using local = bucket === undefined ? await createLocalAws({ seed }) : undefined;
      const account = {
        bucket: bucket ?? "scones",
        roleArn: roleArn ?? ROLE_ARN,
        clients: local?.clients ?? connect(),
      };
      const { clients } = account;
      if (local !== undefined) await clients.s3.send(new CreateBucketCommand({ Bucket: account.bucket }));

      display.start("Stage");
      const images: CifarImage[] = [];
      for await (const image of extractor.images({ signal })) images.push(image);
      const destination = { bucket: account.bucket, prefix: "retrain" };
      const dataset = await stageDataset({ images, labels, destination, clients, signal });
      display.finish(`${dataset.train.count} training and ${dataset.validation.count} test images`);

      display.start("Train");
      const model = await trainImageClassifier({
        dataset,
        roleArn: account.roleArn,
        output: `s3://${account.bucket}/retrain/models`,
        hyperparameters: { epochs },
        clients,
        signal,
        onProgress: createTrainingDisplay(display, { isLog: false, showCost: bucket !== undefined }),
      });
      display.finish(describeTraining(model));

      display.start("Check");
      const tests = images.filter(({ split }) => split === "test");
      const accuracy = await measureAccuracy(model, tests, account, signal);
      const passed = accuracy >= gate;
      display.finish(`${(accuracy * 100).toFixed(1)} % right through the endpoint, the gate is ${gate * 100} %`);
      await write("gate.json", `${JSON.stringify({ accuracy, gate, passed, job: model.trainingJobName })}\n`);
      if (!passed) {
        display.note(
          "The gate failed: what was deployed for the check is removed, the endpoint in service is untouched.",
        );
        return 1;
      }

      display.start("Deploy");
      const { endpointName } = await putIntoService(model, account, signal);
      display.finish(`endpoint ${endpointName} serves the new model`);
      return 0;
    },
  };
}

interface Account {
  readonly bucket: string;
  readonly roleArn: string;
  readonly clients: Clients;
}

/** Asks a new endpoint about every test image; it is deleted however this ends. */
async function measureAccuracy(
  model: TrainedModel,
  tests: readonly CifarImage[],
  { roleArn, clients }: Account,
  signal: AbortSignal,
): Promise<number> {
  await using endpoint = await deployEndpoint({ model, roleArn, capture: false, lease: "2h", clients, signal });
  let right = 0;
  for (const image of tests) {
    const { label } = await invokeEndpoint({ endpoint, image: encodePng(image), clients, signal });
    if (label === image.label) right++;
  }
  return right / tests.length;
}

/** Updates the endpoint of the last time without downtime, or makes the first one, and keeps its record. */
async function putIntoService(model: TrainedModel, account: Account, signal: AbortSignal): Promise<DeployedEndpoint> {
  const { bucket, roleArn, clients } = account;
  const capture = { destination: `s3://${bucket}/retrain/data_capture` };
  const serving = { model, roleArn, capture, lease: false, clients, signal } as const;
  const before = await readRecord(account, signal);
  const after =
    before === undefined ? await deployEndpoint(serving) : await updateEndpoint({ ...serving, endpoint: before });
  const Body = JSON.stringify(after);
  await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: RECORD_KEY, Body }));
  return after;
}

async function readRecord(
  { bucket, clients }: Account,
  abortSignal: AbortSignal,
): Promise<DeployedEndpoint | undefined> {
  try {
    const stored = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: RECORD_KEY }), { abortSignal });
    return DeployedEndpointSchema.parse(JSON.parse((await stored.Body?.transformToString()) ?? ""));
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

function connectToAws(): Clients {
  return {
    s3: new S3Client({}),
    sagemaker: new SageMakerClient({}),
    sagemakerRuntime: new SageMakerRuntimeClient({}),
  };
}

if (isProgram(import.meta.url)) await runProgram(createRetrain());
