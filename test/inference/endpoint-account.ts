import { ListEndpointConfigsCommand, ListEndpointsCommand, ListModelsCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { TrainedModel } from "../../src/core/contracts.js";
import { sweepOrphans } from "../../src/inference/endpoints/sweep-orphans.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { ROLE_ARN, trainedModel } from "../helpers/contracts.js";
import { putImages, runTraining, trainingRequest } from "../local/sagemaker/fixture.js";

let local: LocalAws;

/** The account of the running test. */
export const account = (): LocalAws => local;

/** What a training job of the account made. */
export const model = (job: string): TrainedModel =>
  trainedModel({ artifact: `s3://scones/models/${job}/output/model.tar.gz` });

/** What most calls take. */
export const base = () => ({ roleArn: ROLE_ARN, pollIntervalMs: 1, clients: local.clients });

/** Gives a test file a local AWS with the trained jobs "one" and "two", and every test an account without endpoints. */
export function useAccount(): void {
  beforeAll(async () => {
    local = await createLocalAws({ trainer: { network: "small", threads: 1 }, seed: 7 });
    await putImages(local);
    for (const name of ["one", "two"]) await runTraining(local, trainingRequest(name));
  });
  afterAll(() => local.close());
  beforeEach(async () => {
    const anyTime = { minAge: 0, idleFor: "1m", lastInvoked: async () => new Date(0) } as const;
    await sweepOrphans({ ...anyTime, mode: "delete", clients: local.clients });
  });
}

/** Everything that lies in the account, such as `model scones-1`. */
export async function remaining(): Promise<readonly string[]> {
  const { sagemaker } = local.clients;
  const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({ MaxResults: 100 }));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100 }));
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
  return [
    ...Endpoints.map(({ EndpointName }) => `endpoint ${EndpointName}`),
    ...EndpointConfigs.map(({ EndpointConfigName }) => `endpoint-config ${EndpointConfigName}`),
    ...Models.map(({ ModelName }) => `model ${ModelName}`),
  ];
}

/** A fault of SageMaker by which an operation is denied. */
export const denied = (operation: string) =>
  ({ service: "sagemaker", operation, kind: "fail", error: "AccessDeniedException", status: 400 }) as const;
