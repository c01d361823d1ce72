import { DescribeTrainingJobCommand, ListTagsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { afterEach, describe, expect, it } from "vitest";
import type { LocalAws } from "../../src/local/local-aws.js";
import { stopTraining } from "../../src/training/stop-training.js";
import { trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { until } from "../local/sagemaker/fixture.js";
import { createListener, createTrainingAws, NOTHING, trainOptions, watchLeftovers } from "./training-fixture.js";

let local: LocalAws;
afterEach(() => local.close());

const statusOf = async (name: string) => {
  const job = await local.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  return job.TrainingJobStatus;
};

describe("a training job on the local AWS", () => {
  it("is told as it runs, and ends with its epochs, the best one, its cost and advice", async () => {
    local = await createTrainingAws();
    const { events, of, onProgress } = createListener();
    const model = await trainImageClassifier({ ...trainOptions(local, 6), onProgress });
    expect(events[0]).toMatchObject({ type: "created", trainingJobName: model.trainingJobName });
    expect(of("status").at(-1)).toMatchObject({ status: "Completed" });
    expect(of("log").map(({ line }) => line)).toContainEqual(expect.stringMatching(/ Epoch\[5\] Train-accuracy=/));
    const epochs = of("epoch");
    expect(epochs.map(({ metrics }) => metrics.epoch)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(epochs.at(-1)).toMatchObject({ plannedEpochs: 6, secondsLeft: 0 });
    expect(model.epochs).toHaveLength(6);
    expect(model.lastEpoch).toEqual(model.epochs?.[5]);
    // The local trainer keeps the last epoch.
    expect(model.bestEpoch).toEqual(model.lastEpoch);
    expect(model.lastEpoch?.validationAccuracy).toBeCloseTo(model.metrics.validationAccuracy ?? -1, 6);
    expect(model.cost).toMatchObject({ instanceType: "ml.p3.2xlarge", usdPerHour: 3.825, instanceCount: 1 });
    expect(model.cost?.seconds).toBe(model.billableSeconds);
    expect(model.advice?.map(({ code }) => code)).not.toContain("NUM_TRAINING_SAMPLES");
    expect(of("estimate").at(-1)?.cost?.usdPerHour).toBe(3.825);
    const arn = model.trainingJobArn;
    const tags = await local.clients.sagemaker.send(new ListTagsCommand({ ResourceArn: arn }));
    expect(tags.Tags).toContainEqual({ Key: "scones-ml:labels", Value: "bicycle / motorcycle" });
  });

  it("is followed without its log where that is off", async () => {
    local = await createTrainingAws();
    const { of, onProgress } = createListener();
    const model = await trainImageClassifier({ ...trainOptions(local), logs: "off", onProgress });
    expect([model.epochs, model.bestEpoch, model.advice]).toEqual([undefined, undefined, undefined]);
    expect([...of("log"), ...of("epoch"), ...of("logUnavailable")]).toEqual([]);
  });
});

describe("with faults", () => {
  it("bears two questions for the status that fail, and a log that is throttled", async () => {
    local = await createTrainingAws();
    // The SDK itself tries three times.
    local.injectFault({ service: "sagemaker", operation: "DescribeTrainingJob", on: [1, 2, 3, 4, 5, 6], kind: "fail" });
    local.injectFault({ service: "logs", operation: "DescribeLogStreams", on: [1, 2, 3], kind: "throttle" });
    const { of, onProgress } = createListener();
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const model = await trainImageClassifier({ ...trainOptions(local), onProgress, signal });
    expect(
      of("retry")
        .filter((event) => event.of === "status")
        .map(({ attempt }) => attempt),
    ).toEqual([1, 2]);
    expect(of("retry").find((event) => event.of === "log")?.error.name).toBe("ThrottlingException");
    expect(model.epochs).toHaveLength(3);
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it("ends with AWS's own error where it does not pass, and leaves the job running", async () => {
    local = await createTrainingAws();
    local.injectFault({
      service: "sagemaker",
      operation: "DescribeTrainingJob",
      on: 1,
      kind: "fail",
      error: "ExpiredTokenException",
    });
    const { of, onProgress } = createListener();
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const options = { ...trainOptions(local, 40), onProgress, signal };
    await expect(trainImageClassifier(options)).rejects.toMatchObject({ name: "ExpiredTokenException" });
    const name = of("created")[0]?.trainingJobName ?? "";
    expect(of("leftRunning")).toMatchObject([{ trainingJobName: name }]);
    expect(of("leftRunning")[0]?.message).toMatch(/attachTrainingJob.*stopTraining/);
    expect(["InProgress", "Completed"]).toContain(await statusOf(name));
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it("goes on where the log may not be read", async () => {
    local = await createTrainingAws();
    local.injectFault({ service: "logs", kind: "fail", error: "AccessDeniedException" });
    const { of, onProgress } = createListener();
    const model = await trainImageClassifier({ ...trainOptions(local), onProgress });
    expect(of("logUnavailable")).toMatchObject([{ message: expect.stringContaining("logs:GetLogEvents") }]);
    expect([model.metrics.trainAccuracy === undefined, model.epochs]).toEqual([false, undefined]);
  });

  it("gives up after nine failures in a row", async () => {
    local = await createTrainingAws();
    local.injectFault({ service: "sagemaker", operation: "DescribeTrainingJob", kind: "throttle" });
    const { of, onProgress } = createListener();
    // The SDK's own retries would only take time.
    const sagemaker = new SageMakerClient({ ...local.clientConfig, maxAttempts: 1 });
    const options = { ...trainOptions(local, 1), clients: { sagemaker }, pollIntervalMs: 1, onProgress };
    await expect(trainImageClassifier(options)).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(of("retry").filter((event) => event.of === "status")).toHaveLength(8);
    expect(of("leftRunning")).toHaveLength(1);
  });

  it("tells why a job failed, with the last lines of its log", async () => {
    local = await createTrainingAws();
    const options = trainOptions(local);
    const dataset = { ...options.dataset, imageShape: { channels: 3 as const, height: 16, width: 16 } };
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const error = await trainImageClassifier({ ...options, dataset, preflight: false, signal }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      code: "TRAINING_JOB_FAILED",
      details: {
        failureReason: expect.any(String),
        logTail: expect.arrayContaining([expect.stringMatching(/ ERROR \d+\] /)]),
      },
    });
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it("ends when somebody stops the job", async () => {
    local = await createTrainingAws();
    const trainingJobName = "stopped-by-hand";
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    let stopping: Promise<void> | undefined;
    const options = trainOptions(local, 500);
    const training = trainImageClassifier({
      ...options,
      signal,
      onProgress: (event) => {
        if (event.type !== "epoch" || stopping !== undefined) return;
        stopping = stopTraining({ trainingJobName, clients: options.clients });
      },
      jobName: trainingJobName,
    });
    await expect(training).rejects.toMatchObject({
      code: "TRAINING_JOB_STOPPED",
      details: {
        secondaryStatus: "Stopped",
        logTail: expect.arrayContaining([expect.stringContaining("Train-accuracy=")]),
      },
    });
    await stopping;
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it.each(["stop", "leave"] as const)("ends a wait that takes too long, and does with the job: %s", async (onAbort) => {
    local = await createTrainingAws();
    const { of, onProgress } = createListener();
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const options = { ...trainOptions(local, 2000), timeoutMs: 60, onAbort, onProgress, signal };
    await expect(trainImageClassifier(options)).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
    const name = of("created")[0]?.trainingJobName ?? "";
    expect(await statusOf(name)).toMatch(onAbort === "stop" ? /^Stopp/ : /^InProgress$/);
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it("ends in time although AWS does not answer at all", async () => {
    local = await createTrainingAws();
    local.injectFault({ service: "sagemaker", operation: "DescribeTrainingJob", kind: "delay", delayMs: 600_000 });
    const options = { ...trainOptions(local, 1), timeoutMs: 50 };
    await expect(trainImageClassifier(options)).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
  });

  it("stops the job at an abort, and rejects with its reason", async () => {
    local = await createTrainingAws();
    const controller = new AbortController();
    const { signal } = controller;
    const leftovers = watchLeftovers();
    const reason = new Error("enough");
    const { of, onProgress } = createListener();
    const training = trainImageClassifier({
      ...trainOptions(local, 2000),
      signal,
      onProgress: (event) => {
        onProgress(event);
        if (event.type === "epoch") controller.abort(reason);
      },
    });
    await expect(training).rejects.toBe(reason);
    const name = of("created")[0]?.trainingJobName ?? "";
    await until(
      () => statusOf(name),
      (status) => status === "Stopped",
    );
    expect(leftovers(signal)).toEqual(NOTHING);
  });

  it("ends with the error of a callback, and leaves the job running", async () => {
    local = await createTrainingAws();
    const failure = new Error("the display broke");
    const training = trainImageClassifier({
      ...trainOptions(local, 500),
      jobName: "left",
      onProgress: ({ type }) => {
        if (type === "log") throw failure;
      },
    });
    await expect(training).rejects.toBe(failure);
    expect(await statusOf("left")).toBe("InProgress");
  });
});
