import { DescribeTransformJobCommand, ListTransformJobsCommand } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { type DeployProgressEvent, deployEndpoint } from "../../src/inference/endpoints/deploy-endpoint.js";
import { invokeEndpoint } from "../../src/inference/endpoints/invoke-endpoint.js";
import { runBatchTransform } from "../../src/inference/endpoints/run-batch-transform.js";
import { sweepOrphans } from "../../src/inference/endpoints/sweep-orphans.js";
import { updateEndpoint } from "../../src/inference/endpoints/update-endpoint.js";
import { image } from "../local/sagemaker/fixture.js";
import { account, base, denied, model, remaining, useAccount } from "./endpoint-account.js";

useAccount();

describe("a deployment that goes wrong", () => {
  const deploy = () => deployEndpoint({ ...base(), model: model("one"), endpointName: "faulty" });

  it.each(["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "DescribeEndpoint"])(
    "leaves nothing when %s is refused, throttled or ill",
    async (operation) => {
      for (const kind of ["fail", "throttle"] as const) {
        using fault = account().injectFault({ service: "sagemaker", operation, kind });
        await expect(deploy()).rejects.toBeInstanceOf(Error);
        expect(fault.hits).toBeGreaterThan(0);
        expect(await remaining()).toEqual([]);
      }
    },
    30_000,
  );

  it("leaves nothing of an endpoint that fails", async () => {
    const promise = deployEndpoint({ ...base(), model: model("no-such-job"), endpointName: "faulty" });
    await expect(promise).rejects.toMatchObject({ code: "ENDPOINT_FAILED", details: { status: "Failed", left: [] } });
    expect(await remaining()).toEqual([]);
  });

  it("leaves nothing of an endpoint that somebody deletes under way", async () => {
    using _slow = account().injectFault({
      service: "sagemaker",
      operation: "DescribeEndpoint",
      kind: "delay",
      delayMs: 5,
    });
    const promise = deployEndpoint({
      ...base(),
      model: model("one"),
      endpointName: "faulty",
      onProgress: ({ type, ...event }) => {
        if (type === "created" && "resource" in event && event.resource === "endpoint") {
          void deleteEndpoint({ endpoint: "faulty", clients: account().clients });
        }
      },
    });
    await expect(promise).rejects.toThrow(/Could not find endpoint/);
    expect(await remaining()).toEqual([]);
  });

  it.each(["model", "endpoint-config", "endpoint"])(
    "leaves nothing when the signal fires after the %s",
    async (step) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const reached: string[] = [];
      const promise = deployEndpoint({
        ...base(),
        model: model("one"),
        endpointName: "faulty",
        signal: controller.signal,
        onProgress: (event) => {
          if (event.type !== "created") return;
          reached.push(event.resource);
          if (event.resource === step) controller.abort(reason);
        },
      });
      await expect(promise).rejects.toBe(reason);
      expect(reached.at(-1)).toBe(step);
      expect(await remaining()).toEqual([]);
    },
  );

  it.each([
    ["DeleteModel", "model faulty"],
    ["DeleteEndpointConfig", "endpoint-config faulty"],
    ["DeleteEndpoint", "endpoint faulty"],
  ])("names what is left of a failed endpoint when %s is denied", async (operation, name) => {
    {
      using _denied = account().injectFault(denied(operation));
      const promise = deployEndpoint({ ...base(), model: model("no-such-job"), endpointName: "faulty" });
      await expect(promise).rejects.toMatchObject({ code: "ENDPOINT_FAILED", details: { left: [name] } });
    }
    expect(await remaining()).toEqual([name]);
    await sweepOrphans({ minAge: 0, mode: "delete", clients: account().clients });
    expect(await remaining()).toEqual([]);
  });

  it("names exactly what is left when deleting is denied, and the sweep finds it", async () => {
    {
      using _create = account().injectFault(denied("CreateEndpoint"));
      using _delete = account().injectFault(denied("DeleteModel"));
      await expect(deploy()).rejects.toMatchObject({
        code: "ENDPOINT_FAILED",
        details: { left: ["model faulty"] },
        cause: { name: "AccessDeniedException" },
      });
    }
    expect(await remaining()).toEqual(["model faulty"]);
    const { removed } = await sweepOrphans({ minAge: 0, mode: "delete", clients: account().clients });
    expect(removed).toMatchObject([{ resource: "model", name: "faulty", reason: "unused" }]);
    expect(await remaining()).toEqual([]);
  });

  it("leaves nothing of an endpoint that stays in Creating", async () => {
    using stall = account().injectFault({ service: "sagemaker", operation: "CreateEndpoint", kind: "stall" });
    const promise = deployEndpoint({ ...base(), model: model("one"), endpointName: "faulty", timeoutMs: 30 });
    await expect(promise).rejects.toMatchObject({ code: "WAIT_TIMEOUT", details: { lastStatus: "Creating" } });
    expect(stall.hits).toBe(1);
    expect(await remaining()).toEqual([]);
  });

  it("tells in an event what is left when it is given up and deleting is denied", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const events: DeployProgressEvent[] = [];
    using _stall = account().injectFault({ service: "sagemaker", operation: "CreateEndpoint", kind: "stall" });
    {
      using _denied = account().injectFault(denied("DeleteEndpoint"));
      const promise = deployEndpoint({
        ...base(),
        model: model("one"),
        endpointName: "faulty",
        signal: controller.signal,
        onProgress: (event) => {
          events.push(event);
          if (event.type === "status") controller.abort(reason);
        },
      });
      await expect(promise).rejects.toBe(reason);
    }
    expect(events.at(-1)).toEqual({
      type: "cleanup",
      removed: ["endpoint-config faulty", "model faulty"],
      left: ["endpoint faulty"],
    });
    expect(await remaining()).toEqual(["endpoint faulty"]);
    await deleteEndpoint({ endpoint: "faulty", pollIntervalMs: 1, clients: account().clients });
  });
});

describe("an update that goes wrong", () => {
  const deploy = () => deployEndpoint({ ...base(), model: model("one"), endpointName: "steady" });
  const before = ["endpoint steady", "endpoint-config steady", "model steady"];
  const stall = { service: "sagemaker", operation: "UpdateEndpoint", kind: "stall" } as const;

  it.each(["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"])(
    "leaves what was there when %s is refused",
    async (operation) => {
      await using endpoint = await deploy();
      using _denied = account().injectFault(denied(operation));
      const update = updateEndpoint({ ...base(), endpoint, model: model("two") });
      await expect(update).rejects.toMatchObject({ name: "AccessDeniedException" });
      expect(await remaining()).toEqual(before);
    },
  );

  it.each(["time", "signal"] as const)(
    "goes on on AWS when the wait for it ends by %s, and serves meanwhile",
    async (how) => {
      await using endpoint = await deploy();
      using _stall = account().injectFault(stall);
      const controller = new AbortController();
      const update = updateEndpoint({
        ...base(),
        endpoint,
        model: model("two"),
        ...(how === "time" ? { timeoutMs: 30 } : { signal: controller.signal }),
        onProgress: ({ type }) => type === "status" && how === "signal" && controller.abort(new Error("enough")),
      });
      await expect(update).rejects.toMatchObject(how === "time" ? { code: "WAIT_TIMEOUT" } : { message: "enough" });
      expect(await remaining()).toHaveLength(5);
      await invokeEndpoint({ endpoint, image: image(0, 1), clients: account().clients });
    },
  );

  it("leaves nothing new when the signal fires before the update is sent, and tells what could not be removed", async () => {
    await using endpoint = await deploy();
    const controller = new AbortController();
    const events: DeployProgressEvent[] = [];
    using _denied = account().injectFault(denied("DeleteModel"));
    const update = updateEndpoint({
      ...base(),
      endpoint,
      model: model("two"),
      signal: controller.signal,
      onProgress: (event) => {
        events.push(event);
        if (event.type === "created" && event.resource === "endpoint-config") controller.abort(new Error("enough"));
      },
    });
    await expect(update).rejects.toThrow("enough");
    expect(events.at(-1)).toMatchObject({ type: "cleanup", left: [expect.stringMatching(/^model scones/)] });
    expect((await remaining()).filter((name) => name.startsWith("endpoint-config"))).toEqual([
      "endpoint-config steady",
    ]);
  });
});

describe("a batch transform that goes wrong", () => {
  const job = { input: "s3://scones/validation/", output: "s3://scones/faulty", jobName: "faulty" };
  const stall = { service: "sagemaker", operation: "CreateTransformJob", kind: "stall" } as const;
  const statusOf = async (TransformJobName: string) =>
    (await account().clients.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }))).TransformJobStatus;

  it("says why it failed, and leaves no model", async () => {
    const failed = runBatchTransform({ ...base(), ...job, model: model("no-such-job"), jobName: "failed" });
    await expect(failed).rejects.toMatchObject({
      code: "TRANSFORM_JOB_FAILED",
      details: { status: "Failed", failureReason: expect.stringContaining("model.tar.gz") },
    });
    expect(await remaining()).toEqual([]);
  });

  it("starts no job and leaves no model when the job is refused", async () => {
    using _denied = account().injectFault(denied("CreateTransformJob"));
    const refused = runBatchTransform({ ...base(), ...job, model: model("one"), jobName: "refused" });
    await expect(refused).rejects.toMatchObject({ name: "AccessDeniedException" });
    const { TransformJobSummaries = [] } = await account().clients.sagemaker.send(new ListTransformJobsCommand({}));
    expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).not.toContain("refused");
    expect(await remaining()).toEqual([]);
  });

  it.each(["time", "signal"] as const)("stops the job and leaves no model when the wait ends by %s", async (how) => {
    using _stall = account().injectFault(stall);
    const controller = new AbortController();
    const jobName = `stopped-by-${how}`;
    const promise = runBatchTransform({
      ...base(),
      ...job,
      jobName,
      model: model("one"),
      ...(how === "time" ? { timeoutMs: 30 } : { signal: controller.signal }),
      onProgress: ({ type }) => type === "status" && how === "signal" && controller.abort(new Error("enough")),
    });
    await expect(promise).rejects.toMatchObject(how === "time" ? { code: "WAIT_TIMEOUT" } : { message: "enough" });
    await expect.poll(() => statusOf(jobName)).toBe("Stopped");
    expect(await remaining()).toEqual([]);
  });
});
