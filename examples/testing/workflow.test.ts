import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { DeployedEndpoint } from "scones-ml/core";
import { type CifarImage, stageDataset } from "scones-ml/etl";
import { deleteEndpoint, deployEndpoint } from "scones-ml/inference";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { trainImageClassifier } from "scones-ml/training";
import { deployStateMachine, runExecution } from "scones-ml/workflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWorkflow, createHandlers } from "./workflow.js";

const labels = ["bicycle", "motorcycle"];
const roleArn = "arn:aws:iam::000000000000:role/scones";
const bucket = "scones";

/** Red and blue squares are enough: it is the workflow that is tested, not the model. */
function makeImages(split: "train" | "test", count: number): CifarImage[] {
  return Array.from({ length: count }, (_, row) => {
    const labelId = row % 2;
    const rgb = new Uint8Array(32 * 32 * 3).map((_, place) =>
      place % 3 === labelId * 2 ? 180 + ((row * 7 + place) % 60) : (row * 13 + place) % 40,
    );
    const label = labels[labelId] ?? "";
    return { filename: `${label}-${row}.png`, split, label, labelId, row, width: 32, height: 32, rgb };
  });
}

describe("the dispatch workflow", () => {
  let local: LocalAws;
  let endpoint: DeployedEndpoint;

  beforeAll(async () => {
    local = await createLocalAws({ clock: "virtual" }); // Pauses before a retry of a state cost no time.
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const images = [...makeImages("train", 64), ...makeImages("test", 8)];
    const dataset = await stageDataset({ images, labels, destination: { bucket }, clients });
    const hyperparameters = { epochs: 5 };
    const model = await trainImageClassifier({
      dataset,
      roleArn,
      output: "s3://scones/models",
      hyperparameters,
      clients,
    });
    endpoint = await deployEndpoint({ model, roleArn, clients });
  });
  afterAll(() => local.close());

  /** Deploys the workflow under a name of its own and runs it over one test image. */
  async function run(name: string, threshold: number, key = "test/bicycle-0.png") {
    const { clients } = local;
    const handlers = createHandlers({ endpointName: endpoint.endpointName, labels, threshold, clients });
    const definition = buildWorkflow({
      serialize: local.registerFunction(`${name}-serialize`, handlers.serialize),
      classify: local.registerFunction(`${name}-classify`, handlers.classify),
      dispatch: local.registerFunction(`${name}-dispatch`, handlers.dispatch),
    });
    const { stateMachineArn } = await deployStateMachine({ name, definition, roleArn, clients });
    const input = { image_data: "", s3_bucket: bucket, s3_key: key, inferences: [] };
    return runExecution({ stateMachineArn, input, clients });
  }

  it.each([
    ["bicycle", "short"],
    ["motorcycle", "long"],
  ])("sends a %s on a %s route", async (label, route) => {
    const key = `test/${label}-${labels.indexOf(label)}.png`;
    expect(await run(`success-${label}`, 0.6, key)).toMatchObject({ output: { label, route } });
  });

  it("fails loudly when the answer is not confident enough", async () => {
    await expect(run("low-confidence", 1)).rejects.toMatchObject({
      code: "EXECUTION_FAILED",
      details: { error: "THRESHOLD_CONFIDENCE_NOT_MET" },
    });
  });

  it("asks a throttled endpoint again", async () => {
    using fault = local.injectFault({ service: "sagemaker-runtime", kind: "throttle", on: [1, 2, 3, 4] });
    expect(await run("throttled", 0.6)).toMatchObject({ output: { route: "short" } });
    expect(fault.hits).toBe(4);
  });

  it("says so when the image is not there", async () => {
    await expect(run("no-image", 0.6, "test/nothing.png")).rejects.toMatchObject({ details: { error: "NoSuchKey" } });
  });

  it("says so when the endpoint is gone", async () => {
    await deleteEndpoint({ endpoint, clients: local.clients });
    await expect(run("gone", 0.6)).rejects.toMatchObject({ details: { error: "ValidationError" } });
  });
});
