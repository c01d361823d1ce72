import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListTagsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { type DeployProgressEvent, deployEndpoint } from "../../src/inference/endpoints/deploy-endpoint.js";
import { ROLE_ARN, trainedModel } from "../helpers/contracts.js";

/* What cannot happen on the local AWS: refusals, throttling, endpoints that never come, deletes that are denied. */

const client = new SageMakerClient({ region: "us-east-1" });
const aws = mockClient(client);
const refusal = (name: string, message: string) =>
  Object.assign(new Error(message), { name, $fault: "client" as const });

beforeEach(() => {
  aws.reset();
  aws.rejects(new Error("an unexpected call"));
  aws.on(CreateModelCommand).resolves({});
  aws.on(CreateEndpointConfigCommand).resolves({});
  aws.on(CreateEndpointCommand).resolves({ EndpointArn: "arn" });
  aws.on(DescribeEndpointCommand).resolves({ EndpointStatus: "InService" });
  aws.on(DeleteModelCommand).resolves({});
  aws.on(DeleteEndpointConfigCommand).resolves({});
  aws.on(DeleteEndpointCommand).resolves({});
});

function deploy(changes: object = {}) {
  const events: DeployProgressEvent[] = [];
  const promise = deployEndpoint({
    model: trainedModel(),
    roleArn: ROLE_ARN,
    endpointName: "scones-1",
    pollIntervalMs: 1,
    clients: { sagemaker: client },
    onProgress: (event) => events.push(event),
    ...changes,
  });
  return { promise, events };
}

const deletes = () =>
  aws
    .calls()
    .map(({ args }) => args[0].constructor.name)
    .filter((name) => name.startsWith("Delete"))
    .sort();

describe("deployEndpoint", () => {
  it("hands a refusal of AWS on unchanged and removes exactly what it had created", async () => {
    const quota = refusal("ResourceLimitExceeded", "The account-level service limit is 0 Instances");
    aws.on(CreateEndpointCommand).rejects(quota);
    const { promise, events } = deploy();
    await expect(promise).rejects.toBe(quota);
    expect(deletes()).toEqual(["DeleteEndpointConfigCommand", "DeleteModelCommand"]);
    expect(events.at(-1)).toEqual({
      type: "cleanup",
      removed: ["endpoint-config scones-1", "model scones-1"],
      left: [],
    });
  });

  it("removes nothing when the first step is refused", async () => {
    aws.on(CreateModelCommand).rejects(refusal("AccessDeniedException", "not authorized"));
    const { promise } = deploy();
    await expect(promise).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(deletes()).toEqual([]);
  });

  it("also removes what may have been created although no answer came", async () => {
    aws.on(CreateEndpointConfigCommand).rejects(new Error("socket hang up"));
    aws
      .on(DeleteEndpointConfigCommand)
      .rejects(refusal("ValidationException", 'Could not find endpoint configuration "x".'));
    const { promise, events } = deploy();
    await expect(promise).rejects.toThrow("socket hang up");
    expect(events.at(-1)).toMatchObject({ left: [] });
    expect(deletes()).toContain("DeleteEndpointConfigCommand");
  });

  it("says what is left when AWS denies the clean-up", async () => {
    aws.on(DescribeEndpointCommand).resolves({ EndpointStatus: "Failed", FailureReason: "CannotStartContainerError" });
    aws.on(DeleteModelCommand).rejects(refusal("AccessDeniedException", "not authorized to delete"));
    const { promise } = deploy();
    await expect(promise).rejects.toMatchObject({
      code: "ENDPOINT_FAILED",
      message: expect.stringMatching(/CannotStartContainerError\. Still there and to be deleted: model scones-1\.$/),
      details: { endpointName: "scones-1", status: "Failed", left: ["model scones-1"] },
    });
  });

  it("gives up on an endpoint that never comes, and removes it", async () => {
    aws.on(DescribeEndpointCommand).resolves({ EndpointStatus: "Creating" });
    const { promise } = deploy({ timeoutMs: 20 });
    await expect(promise).rejects.toMatchObject({ code: "WAIT_TIMEOUT", details: { lastStatus: "Creating" } });
    expect(deletes()).toHaveLength(3);
  });

  it("removes everything after an abort and rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    aws.on(DescribeEndpointCommand).callsFake(async () => {
      controller.abort(reason);
      return { EndpointStatus: "Creating" };
    });
    const { promise } = deploy({ signal: controller.signal });
    await expect(promise).rejects.toBe(reason);
    expect(deletes()).toHaveLength(3);
  });
});

describe("deleteEndpoint", () => {
  const gone = refusal("ValidationException", 'Could not find endpoint "arn".');

  it("finds configuration and models by the endpoint's name, leaves models of others, and waits until it is gone", async () => {
    aws
      .on(DescribeEndpointCommand)
      .resolvesOnce({ EndpointConfigName: "config-7", EndpointArn: "arn:endpoint" })
      .resolvesOnce({ EndpointStatus: "Deleting" })
      .rejects(gone);
    const ours = { Tags: [{ Key: "created-by", Value: "scones-ml" }] };
    for (const ResourceArn of ["arn:endpoint", "arn:config"]) aws.on(ListTagsCommand, { ResourceArn }).resolves(ours);
    aws.on(DescribeEndpointConfigCommand).resolves({
      EndpointConfigArn: "arn:config",
      ProductionVariants: [
        { VariantName: "a", ModelName: "model-a" },
        { VariantName: "b", ModelName: "model-b" },
      ],
    } as never);
    for (const name of ["model-a", "model-b"]) {
      aws.on(DescribeModelCommand, { ModelName: name }).resolves({ ModelArn: `arn:${name}` } as never);
    }
    aws.on(ListTagsCommand, { ResourceArn: "arn:model-a" }).resolves(ours);
    aws
      .on(ListTagsCommand, { ResourceArn: "arn:model-b" })
      .resolves({ Tags: [{ Key: "created-by", Value: "others" }] });
    const names: string[] = [];
    await deleteEndpoint({
      endpoint: "scones-1",
      pollIntervalMs: 1,
      clients: { sagemaker: client },
      onProgress: ({ resource, name }) => names.push(`${resource} ${name}`),
    });
    expect(names).toEqual(["endpoint scones-1", "endpoint-config config-7", "model model-a"]);
  });

  it("hands on what AWS denies, and says when an endpoint does not go", async () => {
    const endpoint = {
      endpointName: "scones-1",
      endpointArn: "arn",
      endpointConfigName: "scones-1",
      modelNames: ["scones-1"],
      labels: ["bicycle", "motorcycle"],
    };
    aws.on(DescribeEndpointCommand).resolves({ EndpointStatus: "Deleting" });
    const options = { endpoint, timeoutMs: 10, pollIntervalMs: 1, clients: { sagemaker: client } };
    await expect(deleteEndpoint(options)).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
    aws.on(DeleteEndpointCommand).rejects(refusal("AccessDeniedException", "no"));
    await expect(deleteEndpoint(options)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
