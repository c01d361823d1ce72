import { CreateTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { afterEach, describe, expect, it } from "vitest";
import type { LocalAws } from "../../src/local/local-aws.js";
import { attachTrainingJob } from "../../src/training/attach-training-job.js";
import { formatLabelTags, parseLabelTags } from "../../src/training/follow/label-tags.js";
import { trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { trainingRequest } from "../local/sagemaker/fixture.js";
import { createListener, createTrainingAws, trainOptions } from "./training-fixture.js";

let local: LocalAws;
afterEach(() => local.close());

const options = () => ({ clients: { sagemaker: local.clients.sagemaker }, pollIntervalMs: 5 });

describe("attaching to a job", () => {
  it("that runs elsewhere follows it to its end", async () => {
    local = await createTrainingAws();
    await local.clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("elsewhere", { epochs: "5" })));
    const { of, onProgress } = createListener();
    const model = await attachTrainingJob({ ...options(), trainingJobName: "elsewhere", onProgress });
    expect(of("epoch").at(-1)).toMatchObject({ plannedEpochs: 5, metrics: { epoch: 4 } });
    expect(model).toMatchObject({
      trainingJobName: "elsewhere",
      artifact: "s3://scones/models/elsewhere/output/model.tar.gz",
      labels: ["class 0", "class 1"],
      imageShape: { channels: 3, height: 8, width: 8 },
    });
    expect(model.epochs).toHaveLength(5);
  });

  it("that is over gives the same model as was given to who started it", async () => {
    local = await createTrainingAws();
    const model = await trainImageClassifier(trainOptions(local));
    const { trainingJobName } = model;
    const trainingImages = 24;
    expect(await attachTrainingJob({ ...options(), trainingJobName, trainingImages })).toEqual(model);
    const labels = ["a", "b"];
    expect((await attachTrainingJob({ ...options(), trainingJobName, labels })).labels).toEqual(labels);
    await expect(attachTrainingJob({ ...options(), trainingJobName, labels: ["a", "b", "c"] })).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringContaining("2 classes"),
    });
    local.injectFault({ service: "sagemaker", operation: "ListTags", kind: "fail", error: "AccessDeniedException" });
    expect((await attachTrainingJob({ ...options(), trainingJobName })).labels).toEqual(["class 0", "class 1"]);
  });

  it("leaves it running at an abort", async () => {
    local = await createTrainingAws();
    await local.clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("long", { epochs: "2000" })));
    const reason = new Error("enough");
    const controller = new AbortController();
    const attached = attachTrainingJob({
      ...options(),
      trainingJobName: "long",
      signal: controller.signal,
      onProgress: ({ type }) => type === "epoch" && controller.abort(reason),
    });
    await expect(attached).rejects.toBe(reason);
    const again = attachTrainingJob({ ...options(), trainingJobName: "long", timeoutMs: 50, onAbort: "stop" });
    await expect(again).rejects.toMatchObject({ code: "WAIT_TIMEOUT", details: { lastStatus: "Training" } });
    await expect(attachTrainingJob({ ...options(), trainingJobName: "long" })).rejects.toMatchObject({
      code: "TRAINING_JOB_STOPPED",
    });
  });

  it("that is not there, or has other images, is refused", async () => {
    local = await createTrainingAws();
    await expect(attachTrainingJob({ ...options(), trainingJobName: "none" })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await local.clients.sagemaker.send(new CreateTrainingJobCommand(trainingRequest("grey", { image_shape: "1,8,8" })));
    await expect(attachTrainingJob({ ...options(), trainingJobName: "grey" })).rejects.toMatchObject({
      code: "TRAINING_JOB_FOREIGN",
      details: { reason: expect.stringContaining("1,8,8") },
    });
  });
});

describe("class names in a tag", () => {
  it("come back, and are left out where a tag cannot hold them", () => {
    const labels = ["aquarium_fish", "Fahrrad 2", "自転車"];
    expect(parseLabelTags(formatLabelTags(labels))).toEqual(labels);
    expect(formatLabelTags(["a/b", "c"])).toEqual([]);
    expect(formatLabelTags(["a*", "c"])).toEqual([]);
    expect(formatLabelTags(Array.from({ length: 100 }, (_, label) => `class ${label}`))).toEqual([]);
    expect(parseLabelTags([])).toBeUndefined();
  });
});
