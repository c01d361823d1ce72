import {
  AddTagsCommand,
  CreateModelCommand,
  DeleteModelCommand,
  DeleteTagsCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  type ListModelsCommandInput,
  ListTagsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
  paginateListModels,
} from "@aws-sdk/client-sagemaker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import {
  createConfig,
  createEndpoint,
  createModel,
  putImages,
  runTraining,
  trainingRequest,
  variant,
} from "./fixture.js";

let local: LocalAws;
let minute = 0;
beforeEach(async () => {
  minute = 0;
  local = await createLocalAws({
    trainer: { network: "small", threads: 1 },
    now: () => new Date(Date.UTC(2026, 0, 1, 0, minute)),
  });
});
afterEach(() => local.close());

const models = async (input: ListModelsCommandInput) => {
  const { Models = [] } = await local.clients.sagemaker.send(new ListModelsCommand(input));
  return Models.map(({ ModelName }) => ModelName);
};

describe("lists of the local SageMaker", () => {
  beforeEach(async () => {
    for (const [at, name] of ["delta", "alpha", "charlie", "bravo"].entries()) {
      minute = at;
      await createModel(local, name);
    }
  });

  it("are sorted, filtered and the newest first, as SageMaker's are", async () => {
    expect(await models({})).toEqual(["bravo", "charlie", "alpha", "delta"]);
    expect(await models({ SortBy: "Name", SortOrder: "Ascending" })).toEqual(["alpha", "bravo", "charlie", "delta"]);
    expect(await models({ NameContains: "AR" })).toEqual(["charlie"]);
    const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes));
    expect(await models({ CreationTimeAfter: at(0), CreationTimeBefore: at(3) })).toEqual(["charlie", "alpha"]);
  });

  it("come in pages that stay right while models come and go", async () => {
    const { sagemaker } = local.clients;
    const first = await sagemaker.send(
      new ListModelsCommand({ MaxResults: 2, SortBy: "Name", SortOrder: "Ascending" }),
    );
    await sagemaker.send(new DeleteModelCommand({ ModelName: "alpha" }));
    await createModel(local, "aaa");
    expect(await models({ MaxResults: 2, SortBy: "Name", SortOrder: "Ascending", NextToken: first.NextToken })).toEqual(
      ["charlie", "delta"],
    );
    const names: (string | undefined)[] = [];
    for await (const page of paginateListModels({ client: sagemaker, pageSize: 1 }, {})) {
      names.push(...(page.Models ?? []).map(({ ModelName }) => ModelName));
    }
    expect(names).toHaveLength(4);
    await expect(models({ NextToken: "made-up" })).rejects.toThrow(/NextToken is not valid/);
    await expect(models({ MaxResults: 101 })).rejects.toThrow(/less than or equal to 100/);
  });

  it("show what each kind of resource is like", async () => {
    const { sagemaker } = local.clients;
    await putImages(local);
    await runTraining(local, trainingRequest("job"));
    await createModel(local, "job");
    await createConfig(local, "config", [variant("one", "job")]);
    await createEndpoint(local, "endpoint", "config");
    const jobs = await sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: "Completed" }));
    expect(jobs.TrainingJobSummaries).toMatchObject([{ TrainingJobName: "job", TrainingJobStatus: "Completed" }]);
    expect(
      (await sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: "Failed" }))).TrainingJobSummaries,
    ).toEqual([]);
    const endpoints = await sagemaker.send(new ListEndpointsCommand({ StatusEquals: "InService" }));
    expect(endpoints.Endpoints).toMatchObject([{ EndpointName: "endpoint", EndpointStatus: "InService" }]);
    const configs = await sagemaker.send(new ListEndpointConfigsCommand({}));
    expect(configs.EndpointConfigs?.map(({ EndpointConfigName }) => EndpointConfigName)).toEqual(["config"]);
    expect((await sagemaker.send(new ListTransformJobsCommand({}))).TransformJobSummaries).toEqual([]);
  });
});

describe("tags of the local SageMaker", () => {
  it("are those of the creation, added, changed and deleted, and gone with the resource", async () => {
    const { sagemaker } = local.clients;
    const created = await sagemaker.send(
      new CreateModelCommand({
        ModelName: "model",
        PrimaryContainer: { Image: "image" },
        Tags: [{ Key: "owner", Value: "me" }],
      }),
    );
    const ResourceArn = created.ModelArn ?? "";
    const list = async () => (await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags;
    expect(await list()).toEqual([{ Key: "owner", Value: "me" }]);
    const Tags = [
      { Key: "owner", Value: "you" },
      { Key: "expiry", Value: "2h" },
    ];
    await sagemaker.send(new AddTagsCommand({ ResourceArn, Tags }));
    await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ["expiry", "never-there"] }));
    expect(await list()).toEqual([{ Key: "owner", Value: "you" }]);
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: "" }));
    await expect(sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: many }))).rejects.toThrow(/51 tags/);
    await sagemaker.send(new DeleteModelCommand({ ModelName: "model" }));
    await expect(list()).rejects.toMatchObject({ name: "ValidationException" });
  });
});
