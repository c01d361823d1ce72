import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DeployedEndpointSchema } from "../../src/core/contracts.js";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import type { LocalAws } from "../../src/local/local-aws.js";
import type { BuildTrainingWorkflowOptions } from "../../src/workflow/index.js";
import {
  createTrainingAccount,
  leftovers as listLeftovers,
  runTrainingWorkflow,
  type TrainingAccount,
} from "./training-account.js";

let account: TrainingAccount;
let local: LocalAws;
beforeAll(async () => {
  account = await createTrainingAccount();
  local = account.local;
});
afterAll(() => local.close());
beforeEach(() => {
  account.accuracy = 0.9;
  account.evaluated.length = 0;
});
const leftovers = () => listLeftovers(account);

describe.each(["JSONPath", "JSONata"] as const)("the training workflow in %s", (queryLanguage) => {
  const run = (more?: Partial<BuildTrainingWorkflowOptions>, input?: object) =>
    runTrainingWorkflow(account, queryLanguage, more, input);

  it("ends with an endpoint that has proved itself", async () => {
    const { name, status, output } = await run();
    expect(status).toBe("SUCCEEDED");
    expect(output).toMatchObject({ accuracy: 0.9, artifact: `s3://scones/models/${name}/output/model.tar.gz` });
    const endpoint = DeployedEndpointSchema.parse(output);
    expect(endpoint).toMatchObject({ endpointName: name, endpointConfigName: name, modelNames: [name] });
    expect(account.evaluated).toEqual([{ endpointName: name, labels: ["bicycle", "motorcycle"], input: { name } }]);
    expect(await leftovers()).toEqual([`endpoint ${name}`, `configuration ${name}`, `model ${name}`]);
    await deleteEndpoint({ endpoint, clients: local.clients });
    expect(await leftovers()).toEqual([]);
  });

  it("deletes an endpoint that is not accurate enough, and says so", async () => {
    account.accuracy = 0.79;
    const { name, status, error, cause } = await run();
    expect({ status, error }).toEqual({ status: "FAILED", error: "ACCURACY_TOO_LOW" });
    expect(cause).toBe(`The endpoint ${name} answers 0.79 of the images rightly, which is below 0.8.`);
    expect(await leftovers()).toEqual([]);
    const [event] = local.publishedEvents(name);
    expect(JSON.parse(event?.detail ?? "")).toMatchObject({ Error: "ACCURACY_TOO_LOW", Cause: cause });
  });

  it("makes nothing where the preflight refuses, or training fails", async () => {
    expect(await run({}, { forbidden: true })).toMatchObject({ status: "FAILED", error: "PREFLIGHT" });
    const lost = { ...account.training, OutputDataConfig: { S3OutputPath: "s3://nowhere/models" } };
    const failed = await run({ training: lost });
    expect(failed).toMatchObject({ status: "FAILED", error: "States.TaskFailed" });
    expect(JSON.parse(failed.cause ?? "")).toMatchObject({ TrainingJobStatus: "Failed" });
    expect(await leftovers()).toEqual([]);
  });

  it.each(["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])(
    "undoes what was made before %s failed",
    async (operation) => {
      const fault = local.injectFault({
        service: "sagemaker",
        operation,
        kind: "fail",
        error: "ResourceLimitExceeded",
      });
      expect(await run()).toMatchObject({ status: "FAILED", error: "SageMaker.ResourceLimitExceededException" });
      fault.remove();
      expect(await leftovers()).toEqual([]);
    },
  );

  it.each(["CreateModel", "CreateEndpoint", "DescribeEndpoint"])(
    "tries %s again while SageMaker is ill",
    async (operation) => {
      const fault = local.injectFault({ service: "sagemaker", operation, kind: "fail", on: [1, 2, 3] });
      const { status, name } = await run();
      expect(status).toBe("SUCCEEDED");
      fault.remove();
      await deleteEndpoint({ endpoint: name, clients: local.clients });
    },
  );

  it("gives up waiting at its limit, and undoes everything", async () => {
    local.injectFault({ service: "sagemaker", operation: "CreateEndpoint", kind: "delay", delayMs: 1 });
    const { status, error, cause, name } = await run({ wait: { everySeconds: 1, maxTimes: 1 } });
    expect({ status, error }).toEqual({ status: "FAILED", error: "ENDPOINT_TOO_SLOW" });
    expect(cause).toBe(`Endpoint ${name} is still Creating at the limit of the workflow.`);
    expect(await leftovers()).toEqual([]);
  });

  it("fails with the original error where something cannot be deleted", async () => {
    account.accuracy = 0.1;
    const fault = local.injectFault({ service: "sagemaker", operation: "DeleteEndpointConfig", kind: "fail" });
    const { name, error } = await run();
    expect(error).toBe("ACCURACY_TOO_LOW");
    fault.remove();
    expect(await leftovers()).toEqual([`configuration ${name}`]);
    await deleteEndpoint({ endpoint: name, clients: local.clients });
    expect(await leftovers()).toEqual([]);
  });
});
