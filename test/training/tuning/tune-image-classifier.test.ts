import {
  DescribeHyperParameterTuningJobCommand,
  ListTagsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { afterEach, describe, expect, it } from "vitest";
import type { LocalAws } from "../../../src/local/local-aws.js";
import { stopTuning } from "../../../src/training/tuning/stop-tuning.js";
import { tuneImageClassifier } from "../../../src/training/tuning/tune-image-classifier.js";
import type { TuningProgressEvent } from "../../../src/training/tuning/tuning-progress.js";
import { until } from "../../local/sagemaker/fixture.js";
import { createTrainingAws, NOTHING, trainOptions, watchLeftovers } from "../training-fixture.js";

let local: LocalAws;
afterEach(() => local.close());

function createListener() {
  const events: TuningProgressEvent[] = [];
  const of = <Type extends TuningProgressEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<TuningProgressEvent, { readonly type: Type }> => event.type === type);
  return { of, onProgress: (event: TuningProgressEvent) => void events.push(event) };
}

/** Options of a quick tuning. */
const tuneOptions = (epochs = 2) => ({
  ...trainOptions(local, epochs),
  hyperparameters: { epochs },
  ranges: {
    miniBatchSize: { min: 8, max: 12 },
    learningRate: { min: 0.0001, max: 0.1, scale: "logarithmic" as const },
  },
  maxJobs: 3,
  maxParallelJobs: 2,
  seed: 1,
});

const statusOf = async (tuningJobName: string) => {
  const command = new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName });
  return (await local.clients.sagemaker.send(command)).HyperParameterTuningJobStatus;
};

describe("tuning on the local AWS", () => {
  it("ends with the best model, like that of a training, and tells of every job", async () => {
    local = await createTrainingAws();
    const { of, onProgress } = createListener();
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const model = await tuneImageClassifier({ ...tuneOptions(), onProgress, signal, tags: { team: "scones" } });
    expect(leftovers(signal)).toEqual(NOTHING);
    const { tuning } = model;
    expect(tuning.jobs.map(({ status }) => status)).toEqual(["Completed", "Completed", "Completed"]);
    const accuracies = tuning.jobs.map(({ validationAccuracy }) => validationAccuracy ?? -1);
    const best = tuning.jobs[accuracies.indexOf(Math.max(...accuracies))];
    expect(model.trainingJobName).toBe(best?.trainingJobName);
    expect(model.metrics.validationAccuracy).toBe(best?.validationAccuracy);
    expect(tuning.hyperparameters).toEqual(best?.hyperparameters);
    expect(Object.keys(tuning.hyperparameters).toSorted()).toEqual(["learning_rate", "mini_batch_size"]);
    expect(model.epochs).toHaveLength(2);
    expect(model).toMatchObject({ labels: ["bicycle", "motorcycle"], artifact: expect.stringContaining(".tar.gz") });
    expect(tuning.cost?.seconds).toBeGreaterThanOrEqual(0);
    expect(of("status").map(({ status }) => status)).toEqual(["InProgress", "Completed"]);
    expect(of("job").filter(({ job }) => job.status === "Completed")).toHaveLength(3);
    expect(of("estimate").at(-1)).toMatchObject({ jobsDone: 3, jobsPlanned: 3, secondsLeft: 0 });
    const epochs = of("training").filter(({ event }) => event.type === "epoch");
    expect(new Set(epochs.map(({ trainingJobName }) => trainingJobName)).size).toBe(3);
    expect(epochs).toHaveLength(6);
    const tags = await local.clients.sagemaker.send(new ListTagsCommand({ ResourceArn: tuning.tuningJobArn }));
    expect(tags.Tags).toEqual([
      { Key: "team", Value: "scones" },
      { Key: "created-by", Value: "scones-ml" },
      { Key: "scones-ml:labels", Value: "bicycle / motorcycle" },
    ]);
  });

  it("stops every training job at an abort", async () => {
    local = await createTrainingAws();
    const controller = new AbortController();
    const reason = new Error("enough");
    const leftovers = watchLeftovers();
    const tuningJobName = "aborted";
    const tuning = tuneImageClassifier({
      ...tuneOptions(20_000),
      tuningJobName,
      signal: controller.signal,
      onProgress: ({ type }) => type === "training" && controller.abort(reason),
    });
    await expect(tuning).rejects.toBe(reason);
    expect(leftovers(controller.signal)).toEqual(NOTHING);
    await until(
      () => statusOf(tuningJobName),
      (status) => status === "Stopped",
    );
    const list = new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName });
    const { TrainingJobSummaries: jobs = [] } = await local.clients.sagemaker.send(list);
    expect(jobs.every(({ TrainingJobStatus: status }) => status === "Stopped")).toBe(true);
  });

  it("bears questions that fail in passing, and ends when somebody stops it", async () => {
    local = await createTrainingAws();
    local.injectFault({
      service: "sagemaker",
      operation: "ListTrainingJobsForHyperParameterTuningJob",
      on: 1,
      kind: "throttle",
    });
    // The SDK's own retries would hide it.
    const sagemaker = new SageMakerClient({ ...local.clientConfig, maxAttempts: 1 });
    const { of, onProgress } = createListener();
    const tuningJobName = "stopped-by-hand";
    let stopping: Promise<void> | undefined;
    const tuning = tuneImageClassifier({
      ...tuneOptions(20_000),
      clients: { sagemaker },
      tuningJobName,
      onProgress: (event) => {
        onProgress(event);
        if (event.type !== "training") return;
        stopping ??= stopTuning({ tuningJobName, clients: { sagemaker } });
      },
    });
    await expect(tuning).rejects.toMatchObject({ code: "TUNING_JOB_STOPPED", details: { tuningJobName } });
    await stopping;
    expect(of("retry").map(({ attempt }) => attempt)).toEqual([1]);
  });

  it("tells why there is no model, and ends in time", async () => {
    local = await createTrainingAws();
    const options = tuneOptions();
    const dataset = { ...options.dataset, imageShape: { channels: 3 as const, height: 16, width: 16 } };
    await expect(tuneImageClassifier({ ...options, dataset })).rejects.toMatchObject({
      code: "TUNING_JOB_FAILED",
      message: expect.stringContaining("All training jobs failed"),
    });
    const late = tuneImageClassifier({
      ...tuneOptions(20_000),
      tuningJobName: "late",
      timeoutMs: 60,
      onAbort: "leave",
    });
    await expect(late).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
    expect(await statusOf("late")).toBe("InProgress");
    local.injectFault({
      service: "sagemaker",
      operation: "DescribeHyperParameterTuningJob",
      kind: "fail",
      error: "AccessDeniedException",
    });
    const { of, onProgress } = createListener();
    const denied = tuneImageClassifier({ ...tuneOptions(20_000), onProgress });
    await expect(denied).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(of("leftRunning")).toHaveLength(1);
  });
});
