import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DescribeEndpointCommand, DescribeTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { CreateStateMachineCommand, DescribeExecutionCommand, GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseS3Uri } from "../../src/core/s3-uri.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import {
  createConfig,
  createEndpoint,
  createModel,
  putImages,
  runTraining,
  trainingRequest,
  variant,
} from "../local/sagemaker/fixture.js";
import { bundleChild, type JournalEntry, KILLS, killAtRandom } from "./kill-harness.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-kill-aws-"));
  await using local = await createLocalAws({ directory: join(folder, "start"), trainer: { network: "small" } });
  await putImages(local);
  await runTraining(local, trainingRequest("model"));
  await createModel(local, "model");
  const DataCaptureConfig = {
    InitialSamplingPercentage: 100,
    DestinationS3Uri: "s3://scones/captures",
    CaptureOptions: [{ CaptureMode: "Output" as const }],
  };
  await createConfig(local, "kill", [variant("A", "model")], { DataCaptureConfig });
  await createEndpoint(local, "kill", "kill");
  const Resource = `arn:aws:lambda:${local.region}:${local.accountId}:function:echo`;
  const definition = JSON.stringify({ StartAt: "Echo", States: { Echo: { Type: "Task", Resource, End: true } } });
  await local.clients.sfn.send(new CreateStateMachineCommand({ name: "echo", definition, roleArn: ROLE_ARN }));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** What a status is called in the last event of a history. */
const LAST_EVENTS: Readonly<Record<string, string>> = { SUCCEEDED: "ExecutionSucceeded", FAILED: "ExecutionFailed" };

/** What was acknowledged last of each target of a kind, by its name. */
function acknowledged(journal: readonly JournalEntry[], kind: string): ReadonlyMap<string, string> {
  const entries = journal.filter(({ step, target }) => step === "done" && target.startsWith(`${kind}:`));
  return new Map(entries.map(({ target, state }) => [target.slice(kind.length + 1), state]));
}

async function checkExecutions(local: LocalAws, journal: readonly JournalEntry[]): Promise<number> {
  const executions = acknowledged(journal, "execution");
  for (const [executionArn, seen] of executions) {
    const {
      status = "",
      cause,
      output,
      input,
    } = await local.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (seen !== "RUNNING") expect(status).toBe(seen);
    if (status === "SUCCEEDED") expect(output).toBe(input);
    else expect(cause).toContain("stopped while this execution ran");
    const { events = [] } = await local.clients.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["ExecutionStarted", LAST_EVENTS[status]]);
  }
  return executions.size;
}

async function checkCaptures(local: LocalAws, journal: readonly JournalEntry[]): Promise<number> {
  const { s3, sagemaker } = local.clients;
  const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: "kill" }));
  expect(endpoint.EndpointStatus).toBe("InService");
  const ids: string[] = [];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix: "captures/" }));
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
    const text = (await Body?.transformToString()) ?? "";
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.trimEnd().split("\n");
    for (const line of lines) {
      const record = JSON.parse(line) as { readonly eventMetadata: { readonly inferenceId: string } };
      ids.push(record.eventMetadata.inferenceId);
    }
  }
  const captured = acknowledged(journal, "capture");
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...captured.keys()]));
  const begun = journal.filter(({ target }) => target.startsWith("capture:")).map(({ target }) => target.slice(8));
  expect(begun).toEqual(expect.arrayContaining(ids));
  return captured.size;
}

async function checkJobs(local: LocalAws, journal: readonly JournalEntry[]): Promise<number> {
  const jobs = acknowledged(journal, "job");
  for (const [TrainingJobName, seen] of jobs) {
    const job = await local.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    if (seen !== "InProgress") expect(job.TrainingJobStatus).toBe(seen);
    expect(job.SecondaryStatusTransitions?.at(-1)?.Status).toBe(job.TrainingJobStatus);
    if (job.TrainingJobStatus === "Completed") {
      const { bucket, key } = parseS3Uri(job.ModelArtifacts?.S3ModelArtifacts ?? "");
      await local.clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    } else {
      expect(job.TrainingJobStatus).toBe("Failed");
      expect(job.FailureReason).toContain("stopped while this job ran");
    }
  }
  return jobs.size;
}

describe("a local AWS with a directory, killed at any moment", () => {
  it(
    `loses no job, capture or execution that it acknowledged and shows nothing torn, ${KILLS} times (SCONES_KILLS)`,
    async () => {
      const program = await bundleChild("aws-child", folder);
      const checked = { executions: 0, captures: 0, jobs: 0 };
      for (let round = 0; round < KILLS; round++) {
        const directory = join(folder, `round-${round}`);
        cpSync(join(folder, "start"), directory, { recursive: true });
        const journal = await killAtRandom(program, directory, round, 500);
        await using local = await createLocalAws({ directory });
        checked.executions += await checkExecutions(local, journal);
        checked.captures += await checkCaptures(local, journal);
        checked.jobs += await checkJobs(local, journal);
        await rm(directory, { recursive: true });
      }
      expect(Math.min(...Object.values(checked))).toBeGreaterThan(0);
      if (process.env["SCONES_KILLS"] !== undefined) process.stdout.write(`${JSON.stringify(checked)}\n`);
    },
    60_000 + KILLS * 10_000,
  );
});
