import { rmSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DeleteEndpointCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  ListModelsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAws } from "../../../src/local/local-aws.js";
import {
  createConfig,
  createEndpoint,
  createModel,
  image,
  putImages,
  runTraining,
  settledEndpoint,
  trainingRequest,
  until,
  variant,
} from "../sagemaker/fixture.js";
import { Restarts } from "./crash.js";

const restarts = new Restarts();
let local: LocalAws;
beforeAll(async () => {
  local = await restarts.start();
  await putImages(local);
  await runTraining(local, trainingRequest("one", {}, { Tags: [{ Key: "team", Value: "scones" }] }));
  for (const name of ["m", "gone"]) await createModel(local, name, "one");
  await createConfig(local, "c", [variant("A", "m"), variant("B", "gone")]);
  await createEndpoint(local, "e", "c");
}, 60_000);
afterAll(() => restarts.end());

/** What a command answers, without what is of the transport. */
const ask = async (command: { readonly input: object }) => {
  // The client's own type has one overload per command.
  const { $metadata, ...answer } = await local.clients.sagemaker.send(command as DescribeModelCommand);
  return answer as Readonly<Record<string, unknown>>;
};
const predict = async (TargetVariant: string) => {
  const input = { EndpointName: "e", Body: image(0, 1), ContentType: "image/png", TargetVariant };
  const { Body } = await local.clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
  return Buffer.from(Body ?? []).toString();
};
const transformRequest = (TransformJobName: string, S3Uri = "s3://scones/train/") => ({
  TransformJobName,
  ModelName: "m",
  TransformInput: {
    ContentType: "image/png",
    DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri } },
  },
  TransformOutput: { S3OutputPath: "s3://scones/answers" },
  TransformResources: { InstanceType: "ml.m5.xlarge" as const, InstanceCount: 1 },
});

describe("a local AWS with a directory, closed and started again", () => {
  it("describes everything as before, and answers as before", async () => {
    const TransformJobName = "transform";
    await ask(new CreateTransformJobCommand(transformRequest(TransformJobName)));
    await until(
      () => ask(new DescribeTransformJobCommand({ TransformJobName })),
      ({ TransformJobStatus }) => TransformJobStatus === "Completed",
    );
    const { EndpointArn = "" } = await local.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: "e" }));
    await ask(new AddTagsCommand({ ResourceArn: EndpointArn, Tags: [{ Key: "stage", Value: "test" }] }));
    const { TrainingJobArn = "" } = await local.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: "one" }),
    );
    const look = async () => ({
      job: await ask(new DescribeTrainingJobCommand({ TrainingJobName: "one" })),
      jobs: await ask(new ListTrainingJobsCommand({})),
      jobTags: await ask(new ListTagsCommand({ ResourceArn: TrainingJobArn })),
      transform: await ask(new DescribeTransformJobCommand({ TransformJobName })),
      model: await ask(new DescribeModelCommand({ ModelName: "m" })),
      config: await ask(new DescribeEndpointConfigCommand({ EndpointConfigName: "c" })),
      endpoint: await ask(new DescribeEndpointCommand({ EndpointName: "e" })),
      endpointTags: await ask(new ListTagsCommand({ ResourceArn: EndpointArn })),
      answers: [await predict("A"), await predict("B")],
      log: await logOf("/aws/sagemaker/TrainingJobs"),
    });
    const before = await look();
    expect(before.log.length).toBeGreaterThan(5);
    local = await restarts.restart();
    expect(await look()).toEqual(before);
  });

  it("does not bring back what was deleted, and serves on without the model's record", async () => {
    await createModel(local, "short-lived", "one");
    await ask(new DeleteModelCommand({ ModelName: "short-lived" }));
    await ask(new DeleteModelCommand({ ModelName: "gone" }));
    await createEndpoint(local, "deleted", "c").catch(() => undefined);
    await ask(new DeleteEndpointCommand({ EndpointName: "deleted" }));
    const before = await predict("B");
    local = await restarts.restart();
    expect(await ask(new ListModelsCommand({}))).toMatchObject({ Models: [{ ModelName: "m" }] });
    await expect(ask(new DescribeEndpointCommand({ EndpointName: "deleted" }))).rejects.toThrow("Could not find");
    expect(await predict("B")).toBe(before);
  });

  it("keeps weights that were shifted, and has nothing in another region", async () => {
    const DesiredWeightsAndCapacities = [{ VariantName: "A", DesiredWeight: 3 }];
    await ask(new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: "e", DesiredWeightsAndCapacities }));
    // At once, so that the answer is all that has happened.
    local = await restarts.crash();
    expect(await ask(new DescribeEndpointCommand({ EndpointName: "e" }))).toMatchObject({
      EndpointStatus: "InService",
      ProductionVariants: [
        { VariantName: "A", CurrentWeight: 3 },
        { VariantName: "B", CurrentWeight: 1 },
      ],
    });
    local = await restarts.restart({ region: "eu-west-1" });
    expect(await ask(new ListModelsCommand({}))).toMatchObject({ Models: [] });
    local = await restarts.restart();
  });
});

describe("a local AWS with a directory, after a crash", () => {
  it("shows jobs that ran as failed, with the reason, and those that were to stop as stopped", async () => {
    const endless = { epochs: "1000" };
    for (const name of ["running", "stopping"]) await ask(new CreateTrainingJobCommand(trainingRequest(name, endless)));
    await until(
      () => ask(new DescribeTrainingJobCommand({ TrainingJobName: "running" })),
      ({ FinalMetricDataList }) => FinalMetricDataList !== undefined,
    );
    const old = local;
    await ask(new CreateTransformJobCommand(transformRequest("running")));
    await ask(new StopTrainingJobCommand({ TrainingJobName: "stopping" }));
    const seen = await ask(new DescribeTrainingJobCommand({ TrainingJobName: "running" }));
    local = await restarts.crash();
    await old.close();
    const job = await ask(new DescribeTrainingJobCommand({ TrainingJobName: "running" }));
    const reason = /^InternalServerError: The local AWS was stopped while this job ran\./;
    expect(job).toMatchObject({
      TrainingJobStatus: "Failed",
      SecondaryStatus: "Failed",
      FailureReason: expect.stringMatching(reason),
      CreationTime: seen["CreationTime"],
      TrainingEndTime: expect.any(Date),
    });
    const transitions = job["SecondaryStatusTransitions"] as readonly { Status: string; EndTime?: Date }[];
    expect(transitions.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Failed"]);
    expect(job["FinalMetricDataList"]).toBeDefined();
    expect(await ask(new DescribeTransformJobCommand({ TransformJobName: "running" }))).toMatchObject({
      TransformJobStatus: "Failed",
      FailureReason: expect.stringMatching(reason),
    });
    expect(await ask(new DescribeTrainingJobCommand({ TrainingJobName: "stopping" }))).toMatchObject({
      TrainingJobStatus: "Stopped",
      SecondaryStatus: "Stopped",
    });
    expect((await logOf("/aws/sagemaker/TrainingJobs")).at(-1)).toMatch(/stopped while this job ran/);
    await expect(ask(new CreateTrainingJobCommand(trainingRequest("running")))).rejects.toThrow("must be unique");
    // It stays so.
    local = await restarts.restart();
    expect(await ask(new DescribeTrainingJobCommand({ TrainingJobName: "running" }))).toEqual(job);
  });

  it("goes on with endpoints that were being created or updated", async () => {
    await createConfig(local, "other", [variant("C", "m", 2)]);
    await ask(new UpdateEndpointCommand({ EndpointName: "e", EndpointConfigName: "other" }));
    await ask(new CreateEndpointCommand({ EndpointName: "new", EndpointConfigName: "other" }));
    local = await restarts.crash();
    for (const EndpointName of ["e", "new"]) {
      expect(await ask(new DescribeEndpointCommand({ EndpointName }))).toMatchObject({
        EndpointStatus: "InService",
        EndpointConfigName: "other",
        ProductionVariants: [{ VariantName: "C", CurrentWeight: 2 }],
      });
    }
    expect(JSON.parse(await predict("C"))).toHaveLength(2);
  });

  it("fails an endpoint whose artifact is gone, with the reason", async () => {
    const { s3 } = local.clients;
    await s3.send(new DeleteObjectCommand({ Bucket: "scones", Key: "models/one/output/model.tar.gz" }));
    local = await restarts.crash();
    expect(await settledEndpoint(local, "e")).toMatchObject({
      EndpointStatus: "Failed",
      EndpointConfigName: "other",
      FailureReason: "Could not find model data at s3://scones/models/one/output/model.tar.gz.",
    });
    await expect(predict("C")).rejects.toThrow("is not in service, its status is Failed");
  });

  it("refuses the request that it cannot keep", async () => {
    rmSync(join(restarts.directory, "temporary"), { recursive: true });
    await expect(createModel(local, "unkept", "one")).rejects.toThrow("ENOENT");
    await expect(ask(new DescribeModelCommand({ ModelName: "unkept" }))).rejects.toThrow("Could not find");
  });
});

async function logOf(logGroupName: string): Promise<readonly (string | undefined)[]> {
  const logs = new CloudWatchLogsClient(local.clientConfig);
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
  logs.destroy();
  return events.map(({ message }) => message);
}
