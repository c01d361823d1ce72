import { readFileSync } from "node:fs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { DescribeEndpointCommand, ListEndpointsCommand, ListModelsCommand } from "@aws-sdk/client-sagemaker";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { generateArchive } from "../../examples/end-to-end/generate-archive.js";
import { type RetrainOptions, retrain } from "../../examples/github-actions/retrain.js";
import { createLocalAws } from "../../src/local/index.js";

it("deploys a model that is good enough, renews it, and changes nothing when it is not", async () => {
  await using local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
  const { clients } = local;
  const { sagemaker } = clients;
  await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const run = (changes: Partial<RetrainOptions> = {}) =>
    retrain({
      source: generateArchive({ trainPerClass: 60, testPerClass: 30 }),
      bucket: "scones",
      roleArn: "arn:aws:iam::000000000000:role/scones",
      endpointName: "serving",
      minAccuracy: 0,
      epochs: 2,
      clients,
      signal: new AbortController().signal,
      log: () => {},
      ...changes,
    });
  const look = async () => {
    const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({}));
    const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
    const names = Endpoints.map(({ EndpointName }) => EndpointName);
    if (!names.includes("serving")) return { names, models: Models.length, config: undefined };
    const { EndpointConfigName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: "serving" }));
    return { names, models: Models.length, config: EndpointConfigName };
  };

  const refused = await run({ minAccuracy: 1 });
  expect(refused).toMatchObject({
    deployed: false,
    text: expect.stringMatching(/^Not deployed: .*100\.0 % is needed\.$/),
  });
  expect(await look()).toEqual({ names: [], models: 0, config: undefined });

  expect(await run()).toMatchObject({ deployed: true, text: expect.stringContaining("of 60 test images") });
  const first = await look();
  expect(first).toMatchObject({ names: ["serving"], models: 1 });

  expect(await run({ minAccuracy: 1 })).toMatchObject({ deployed: false });
  expect(await look()).toEqual(first);

  expect(await run()).toMatchObject({ deployed: true });
  const renewed = await look();
  expect(renewed).toMatchObject({ names: ["serving"], models: 1 });
  expect(renewed.config).not.toBe(first.config);
});

it("is a workflow that takes on a role by OIDC and keeps no key", () => {
  const text = readFileSync(new URL("../../examples/github-actions/retrain.yml", import.meta.url), "utf8");
  const { permissions, jobs } = parse(text);
  expect(permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(text).not.toMatch(/secrets\.|AWS_SECRET/);
  const env = jobs.retrain.steps.find(({ run = "" }: { run?: string }) => run.includes("retrain.ts")).env;
  const program = readFileSync(new URL("../../examples/github-actions/retrain.ts", import.meta.url), "utf8");
  for (const name of Object.keys(env)) expect(program).toContain(`env["${name}"]`);
});
