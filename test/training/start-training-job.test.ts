import { HeadBucketCommand } from "@aws-sdk/client-s3";
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { type TrainImageClassifierOptions, trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { adviseOnTrainingError } from "../../src/training/training-error-advice.js";
import { TrainingPreflightError } from "../../src/training/training-errors.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { putDataset, single } from "./preflight/dataset.js";

let local: LocalAws;
let events: { readonly type: string; readonly finding?: { readonly code: string; readonly remedy: string } }[];
beforeEach(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
  await putDataset(local);
  events = [];
});
afterEach(() => local.close());

const train = (changes: Partial<TrainImageClassifierOptions> = {}) =>
  trainImageClassifier({
    dataset: single,
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    hyperparameters: { miniBatchSize: 4, epochs: 1 },
    clients: local.clients,
    onProgress: (event) => events.push(event),
    ...changes,
  });
const jobs = async () =>
  (await local.clients.sagemaker.send(new ListTrainingJobsCommand({}))).TrainingJobSummaries?.length;
const found = () => events.flatMap(({ finding }) => (finding === undefined ? [] : [finding.code]));

describe("before a job starts", () => {
  it("is checked, and starts in spite of warnings, which are told", async () => {
    const model = await train({ hyperparameters: { miniBatchSize: 4, epochs: 1, kvStore: "dist_sync" } });
    expect(model.artifact).toMatch(/^s3:\/\/scones\/models\//);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["finding", "created"]);
    expect(found()).toEqual(["KV_STORE_WITHOUT_EFFECT"]);
  });

  it("is refused for an error, with all that was found; nothing was started", async () => {
    const refused = train({
      jobName: "refused",
      instanceType: "ml.m5.xlarge",
      output: "s3://nowhere/models",
      spot: { maxWaitSeconds: 3600 },
    });
    await expect(refused).rejects.toBeInstanceOf(TrainingPreflightError);
    await expect(refused).rejects.toMatchObject({
      code: "TRAINING_PREFLIGHT_FAILED",
      name: "TrainingPreflightError",
      message:
        "Training job refused was not started: The algorithm does not train on ml.m5.xlarge: it takes GPU machines, of ml.p2, ml.p3, ml.p3dn, ml.g4dn and ml.g5. Set instanceType to one of these, such as ml.g4dn.xlarge. There is 1 more error in details.findings.",
      details: {
        trainingJobName: "refused",
        findings: [
          { code: "INSTANCE_TYPE_UNSUPPORTED", severity: "error" },
          { code: "BUCKET_NOT_FOUND", severity: "error" },
          { code: "SPOT_WITHOUT_CHECKPOINTS", severity: "warning" },
        ],
      },
    });
    expect(found()).toEqual(["INSTANCE_TYPE_UNSUPPORTED", "BUCKET_NOT_FOUND", "SPOT_WITHOUT_CHECKPOINTS"]);
    expect(await jobs()).toBe(0);
  });

  it("is not looked at with preflight: false, so that AWS's own refusal arrives", async () => {
    const s3 = mockClient(local.clients.s3);
    const dataset = { ...single, train: { ...single.train, images: "s3://scones/none/" } };
    await expect(train({ dataset, preflight: false })).rejects.toMatchObject({ name: "ValidationException" });
    expect(s3.commandCalls(HeadBucketCommand)).toHaveLength(0);
    expect(found()).toEqual([]);
    s3.restore();
  });

  it("is refused before any call for what breaks a rule", async () => {
    const s3 = mockClient(local.clients.s3);
    await expect(train({ hyperparameters: { optimizer: "adam", momentum: 0.9 } })).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringMatching(/hyperparameters\.momentum: .* leave it out, or set optimizer to sgd or nag/),
    });
    await expect(train({ spot: { maxWaitSeconds: 60 } })).rejects.toThrow(/spot\.maxWaitSeconds/);
    expect(s3.calls()).toHaveLength(0);
    expect(await jobs()).toBe(0);
    s3.restore();
  });

  it("can be given up, and then nothing was started", async () => {
    const reason = new Error("enough");
    await expect(train({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await jobs()).toBe(0);
    expect(events).toEqual([]);
  });
});

describe("what AWS refuses a start for arrives as it is, after what to do about it", () => {
  const quota =
    "The account-level service limit 'ml.p3.2xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances.";
  it.each([
    [
      "a quota",
      "ResourceLimitExceeded",
      quota,
      /Set instanceType to ml\.g4dn\.xlarge, or ask for more of "ml\.p3\.2xl/,
    ],
    ["denied access", "AccessDeniedException", "User: x is not authorized", /needs sagemaker:CreateTrainingJob/],
    ["expired credentials", "ExpiredTokenException", "The security token is expired", /Sign in again/],
    ["throttling that does not end", "ThrottlingException", "Rate exceeded", /Call again in a minute/],
  ])("%s", async (_, error, message, remedy) => {
    using __ = local.injectFault({
      service: "sagemaker",
      operation: "CreateTrainingJob",
      kind: "fail",
      error,
      message,
    });
    const sagemaker = new SageMakerClient({ ...local.clientConfig, maxAttempts: 1 });
    await expect(train({ clients: { ...local.clients, sagemaker } })).rejects.toMatchObject({
      name: error,
      message,
      $metadata: { httpStatusCode: 400 },
    });
    expect(events).toEqual([
      { type: "finding", finding: expect.objectContaining({ code: "START_REFUSED", severity: "error" }) },
    ]);
    expect(events[0]?.finding?.remedy).toMatch(remedy);
    expect(await jobs()).toBe(0);
  });

  it("a name that is taken, without the checks", async () => {
    await train({ jobName: "taken" });
    await expect(train({ jobName: "taken", preflight: false })).rejects.toMatchObject({ name: "ResourceInUse" });
    expect(found()).toEqual(["START_REFUSED"]);
  });

  it("credentials that cannot be had, also while the job is checked", async () => {
    const missing = Object.assign(new Error("Token is expired."), { name: "CredentialsProviderError" });
    const credentials = () => Promise.reject(missing);
    const sagemaker = new SageMakerClient({ ...local.clientConfig, credentials });
    await expect(train({ clients: { sagemaker } })).rejects.toBe(missing);
    expect(events[0]?.finding?.remedy).toMatch(/Sign in again/);
  });

  it("no advice where the error says enough, or the caller gave up", async () => {
    using _ = local.injectFault({
      service: "sagemaker",
      operation: "CreateTrainingJob",
      kind: "fail",
      error: "ValidationException",
      message: "no",
    });
    await expect(train()).rejects.toMatchObject({ name: "ValidationException", message: "no" });
    expect(events).toEqual([]);
  });
});

it("a job that found no capacity fails with AWS's reason, and there is advice on it", async () => {
  const FailureReason = "CapacityError: Unable to provision requested ML compute capacity. Please retry.";
  const sagemaker = new SageMakerClient(local.clientConfig);
  const mock = mockClient(sagemaker).rejects("not expected");
  mock.on(CreateTrainingJobCommand).resolves({ TrainingJobArn: "arn:aws:sagemaker:us-east-1:1:training-job/job" });
  mock.on(DescribeTrainingJobCommand).resolves({ TrainingJobStatus: "Failed", FailureReason });
  const error: unknown = await train({
    clients: { ...local.clients, sagemaker },
    preflight: false,
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "TRAINING_JOB_FAILED", details: { failureReason: FailureReason } });
  expect(adviseOnTrainingError(error)).toMatchObject({ trouble: "capacity", canRetry: true });
});
