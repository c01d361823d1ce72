import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ListEndpointConfigsCommand, ListEndpointsCommand, ListModelsCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { encodePng } from "../../src/etl/images/encode-png.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { buildTrainingJobRequest } from "../../src/training/request/build-training-job-request.js";
import {
  type BuildTrainingWorkflowOptions,
  buildTrainingWorkflow,
  type QueryLanguage,
} from "../../src/workflow/index.js";
import { ROLE_ARN, stagedDataset } from "../helpers/contracts.js";
import { runDefinition } from "./run-definition.js";

const COUNT = 16;
const SIDE = 16;
let count = 0;

const image = (label: number) =>
  encodePng({ width: SIDE, height: SIDE, rgb: new Uint8Array(SIDE * SIDE * 3).fill(label * 200) });

/** A local AWS with images, a training job's request, and the functions of the training workflow. */
export interface TrainingAccount {
  readonly local: LocalAws;
  readonly training: BuildTrainingWorkflowOptions["training"];
  /** What `evaluate` was given. */
  readonly evaluated: unknown[];
  /** What `evaluate` answers. */
  accuracy: number;
}

export async function createTrainingAccount(): Promise<TrainingAccount> {
  const local = await createLocalAws({ clock: "virtual", trainer: { network: "small" } });
  const { s3 } = local.clients;
  await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const put = (Key: string, Body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
  for (const split of ["train", "test"]) {
    const rows = Array.from({ length: COUNT }, (_, index) => `${index}\t${index % 2}\t${index}.png\n`);
    for (let index = 0; index < COUNT; index++) await put(`${split}/${index}.png`, image(index % 2));
    await put(`${split}.lst`, rows.join(""));
  }
  const dataset = stagedDataset({
    imageShape: { channels: 3, height: SIDE, width: SIDE },
    train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count: COUNT },
    validation: { images: "s3://scones/test/", manifest: "s3://scones/test.lst", count: COUNT },
  });
  const hyperparameters = { epochs: 1, miniBatchSize: 8 };
  const training = buildTrainingJobRequest({
    dataset,
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    region: "us-east-1",
    hyperparameters,
  });
  const account: TrainingAccount = { local, training, evaluated: [], accuracy: 0.9 };
  local.registerFunction("evaluate", async (event) => {
    const { endpointName } = event as { readonly endpointName: string };
    account.evaluated.push(event);
    // The endpoint really answers before its accuracy is told.
    const input = { EndpointName: endpointName, ContentType: "image/png", Body: image(1) };
    await local.clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
    return { statusCode: 200, body: { accuracy: account.accuracy } };
  });
  local.registerFunction("preflight", async (event) => {
    if ((event as { readonly forbidden?: boolean }).forbidden)
      throw Object.assign(new Error("no"), { name: "PREFLIGHT" });
    return { statusCode: 200, body: {} };
  });
  return account;
}

/** Everything of SageMaker that is there. */
export async function leftovers({ local }: TrainingAccount): Promise<readonly string[]> {
  const { sagemaker } = local.clients;
  const [endpoints, configs, models] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
  ]);
  return [
    ...(endpoints.Endpoints ?? []).map(({ EndpointName }) => `endpoint ${EndpointName}`),
    ...(configs.EndpointConfigs ?? []).map(({ EndpointConfigName }) => `configuration ${EndpointConfigName}`),
    ...(models.Models ?? []).map(({ ModelName }) => `model ${ModelName}`),
  ];
}

/** Runs the training workflow once, under a name of its own. */
export async function runTrainingWorkflow(
  { local, training }: TrainingAccount,
  queryLanguage: QueryLanguage,
  more: Partial<BuildTrainingWorkflowOptions> = {},
  input: object = {},
) {
  const name = `run-${count++}`;
  const definition = buildTrainingWorkflow({
    queryLanguage,
    functions: { evaluate: "evaluate", preflight: "preflight" },
    training,
    labels: ["bicycle", "motorcycle"],
    endpoint: {},
    minAccuracy: 0.8,
    // The endpoint is made in real time, while the waits of the workflow cost none.
    wait: { everySeconds: 1, maxTimes: 2000 },
    onFailure: { type: "eventBridge", eventBusName: name },
    ...more,
  });
  return { name, ...(await runDefinition(local, definition, { name, ...input })) };
}
