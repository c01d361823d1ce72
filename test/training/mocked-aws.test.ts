import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from "@aws-sdk/client-sagemaker";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { ROLE_ARN, stagedDataset } from "../helpers/contracts.js";
import { createListener, NOTHING, watchLeftovers } from "./training-fixture.js";

/* What cannot happen locally: several instances, hours, and lines that arrive late. */

const sagemaker = mockClient(SageMakerClient);
const credentials = { accessKeyId: "none", secretAccessKey: "none" };
const options = () => ({
  dataset: stagedDataset(),
  roleArn: ROLE_ARN,
  output: "s3://scones/models",
  preflight: false,
  pollIntervalMs: 1,
  clients: {
    sagemaker: new SageMakerClient({ region: "us-east-1", credentials }),
    logs: new CloudWatchLogsClient({ region: "us-east-1", credentials }),
  },
});

beforeEach(() => sagemaker.reset());
afterEach(() => vi.restoreAllMocks());

const job = (members: object) => ({
  TrainingJobArn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/job",
  TrainingJobName: "job",
  ModelArtifacts: { S3ModelArtifacts: "s3://scones/models/job/output/model.tar.gz" },
  ResourceConfig: { InstanceType: "ml.p3.2xlarge" as const, InstanceCount: 2, VolumeSizeInGB: 30 },
  AlgorithmSpecification: { TrainingInputMode: "File" as const },
  StoppingCondition: {},
  SecondaryStatus: "Training" as const,
  CreationTime: new Date(0),
  ...members,
});
const line = (text: string) => `[07/09/2022 09:16:03 INFO 140319757993792] ${text}`;

describe("a job on several spot instances", () => {
  it("has the mean of their accuracies, what spot saved, and the lines that arrive when it is over", async () => {
    const logs = mockClient(CloudWatchLogsClient);
    logs.onAnyCommand().callsFake((input: { readonly logStreamName?: string; readonly nextToken?: string }) => {
      if (input.logStreamName === undefined) {
        return { logStreams: [{ logStreamName: "job/algo-1-1" }, { logStreamName: "job/algo-2-1" }] };
      }
      const isFirst = input.logStreamName.includes("algo-1");
      const read = Number(input.nextToken ?? "0");
      const lines = isFirst
        ? ["Epoch[0] Train-accuracy=0.500000", "Epoch[0] Validation-accuracy=0.700000"]
        : ["Epoch[0] Train-accuracy=0.700000", "Epoch[0] Validation-accuracy=0.600000"];
      // Each look finds one line more.
      const events = lines.slice(read, read + 1).map((text) => ({ message: line(text), timestamp: 1 }));
      return {
        events,
        nextForwardToken: read > 0 && events.length === 0 ? input.nextToken : String(read + events.length),
      };
    });
    sagemaker.on(CreateTrainingJobCommand).resolves({});
    sagemaker
      .on(DescribeTrainingJobCommand)
      .resolves(job({ TrainingJobStatus: "Completed", BillableTimeInSeconds: 100, TrainingTimeInSeconds: 500 }));
    const { of, onProgress } = createListener();
    const { signal } = new AbortController();
    const leftovers = watchLeftovers();
    const hyperparameters = { epochs: 1, kvStore: "dist_sync" as const };
    const model = await trainImageClassifier({ ...options(), instanceCount: 2, hyperparameters, signal, onProgress });
    expect(leftovers(signal)).toEqual(NOTHING);
    expect(model.epochs).toEqual([{ epoch: 0, trainAccuracy: 0.6, validationAccuracy: 0.7 }]);
    expect(model.cost?.usd).toBeCloseTo((100 / 3600) * 3.825 * 2, 9);
    expect(model.cost?.spotSavings).toBeCloseTo(0.8, 9);
    expect(
      of("log")
        .map(({ instance }) => instance)
        .toSorted(),
    ).toEqual([1, 1, 2, 2]);
    logs.restore();
  });
});

describe("a start that is aborted", () => {
  it("sends nothing where the signal has fired already", async () => {
    const reason = new Error("enough");
    await expect(trainImageClassifier({ ...options(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sagemaker.calls()).toHaveLength(0);
  });

  it("stops a job that AWS may have accepted, but never one whose name is the caller's", async () => {
    for (const jobName of [undefined, "mine"]) {
      sagemaker.reset();
      const controller = new AbortController();
      sagemaker.on(StopTrainingJobCommand).resolves({});
      sagemaker.on(CreateTrainingJobCommand).callsFake(() => {
        controller.abort(new Error("enough"));
        throw new Error("the connection was closed");
      });
      const name = jobName === undefined ? {} : { jobName };
      const training = trainImageClassifier({ ...options(), ...name, signal: controller.signal });
      await expect(training).rejects.toThrow("enough");
      expect(sagemaker.commandCalls(StopTrainingJobCommand)).toHaveLength(jobName === undefined ? 1 : 0);
    }
  });
});

describe("a wait of hours", () => {
  it("ends at its limit although the log hangs, and stops the job", async () => {
    vi.useFakeTimers();
    const logs = mockClient(CloudWatchLogsClient);
    logs.onAnyCommand().callsFake(() => new Promise(() => {}));
    sagemaker.on(CreateTrainingJobCommand).resolves({});
    sagemaker.on(StopTrainingJobCommand).resolves({});
    sagemaker.on(DescribeTrainingJobCommand).resolves(job({ TrainingJobStatus: "InProgress" }));
    const { pollIntervalMs: _, ...rest } = options();
    const training = trainImageClassifier({ ...rest, maxRuntimeSeconds: 3600 });
    const outcome = expect(training).rejects.toMatchObject({ code: "WAIT_TIMEOUT", details: { elapsedMs: 5_400_000 } });
    await vi.advanceTimersByTimeAsync(5_400_000);
    await outcome;
    expect(sagemaker.commandCalls(StopTrainingJobCommand)).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    logs.restore();
  });

  it("gives its result although the log hangs", async () => {
    vi.useFakeTimers();
    const logs = mockClient(CloudWatchLogsClient);
    logs.onAnyCommand().callsFake(() => new Promise(() => {}));
    sagemaker.on(CreateTrainingJobCommand).resolves({});
    sagemaker.on(DescribeTrainingJobCommand).resolves(job({ TrainingJobStatus: "Completed" }));
    const training = trainImageClassifier(options());
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await training).artifact).toBe("s3://scones/models/job/output/model.tar.gz");
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    logs.restore();
  });
});
