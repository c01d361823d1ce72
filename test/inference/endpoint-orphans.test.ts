import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { deployEndpoint } from "../../src/inference/endpoints/deploy-endpoint.js";
import { leaseEndpoint } from "../../src/inference/endpoints/lease-endpoint.js";
import { listOrphans } from "../../src/inference/endpoints/list-orphans.js";
import { sweepOrphans } from "../../src/inference/endpoints/sweep-orphans.js";
import { createConfig, createModel, variant } from "../local/sagemaker/fixture.js";
import { account, base, denied, model, remaining, useAccount } from "./endpoint-account.js";

useAccount();

describe("orphans", () => {
  it("are found by tag, whatever they are; what others made and what is leased is not among them", async () => {
    const { clients } = account();
    await createModel(account(), "foreign", "one");
    await createConfig(account(), "foreign", [variant("A", "foreign")]);
    await deployEndpoint({ ...base(), model: model("one"), endpointName: "leased", lease: "2h" });
    await deployEndpoint({ ...base(), model: model("one"), endpointName: "late", lease: "0.00001m", owner: "ann" });
    expect(await listOrphans({ clients })).toEqual([]);
    const found = async (owner?: string) =>
      (await listOrphans({ minAge: 0, clients, ...(owner === undefined ? {} : { owner }) })).map(
        ({ resource, name, reason }) => `${resource} ${name} ${reason}`,
      );
    const late = ["endpoint late lease-expired", "endpoint-config late unused", "model late unused"];
    expect(await found()).toEqual(late);
    expect(await found("bob")).toEqual([]);
    const idle = await listOrphans({ minAge: 0, idleFor: "1h", lastInvoked: async () => new Date(0), clients });
    expect(idle.map(({ name, reason }) => `${name} ${reason}`)).toContain("leased idle");
    const [first] = idle;
    expect(first?.costUsd).toBeGreaterThanOrEqual(0);

    expect((await sweepOrphans({ minAge: 0, clients })).removed).toEqual([]);
    await leaseEndpoint({ endpoint: "late", for: "1h", clients });
    expect(await found()).toEqual([]);
    await clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: "late" }));
    await clients.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: "foreign" }));
    await clients.sagemaker.send(new DeleteModelCommand({ ModelName: "foreign" }));
  });

  it("are endpoints that failed, and configurations and models whose endpoint is gone", async () => {
    const { sagemaker } = account().clients;
    const broken = { ...base(), model: model("no-such-job"), endpointName: "broken" };
    {
      using _one = account().injectFault(denied("DeleteEndpoint"));
      using _two = account().injectFault(denied("DeleteEndpointConfig"));
      using _three = account().injectFault(denied("DeleteModel"));
      const left = ["endpoint broken", "endpoint-config broken", "model broken"];
      await expect(deployEndpoint(broken)).rejects.toMatchObject({ code: "ENDPOINT_FAILED", details: { left } });
      const {
        orphans,
        removed,
        left: kept,
      } = await sweepOrphans({ minAge: 0, mode: "delete", clients: account().clients });
      expect(orphans.map(({ name, resource, reason }) => `${resource} ${name} ${reason}`)).toEqual([
        "endpoint broken failed",
        "endpoint-config broken unused",
        "model broken unused",
      ]);
      expect([removed.length, kept.length]).toEqual([0, 3]);
    }
    await sweepOrphans({ minAge: 0, mode: "delete", clients: account().clients });
    expect(await remaining()).toEqual([]);
    await deployEndpoint({ ...base(), model: model("one"), endpointName: "gone" });
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: "gone" }));
    const orphans = await listOrphans({ minAge: 0, clients: account().clients });
    expect(orphans.map(({ resource, name }) => `${resource} ${name}`)).toEqual(["endpoint-config gone", "model gone"]);
  });
});
