import {
  CreateStateMachineCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";
import { deleteStateMachine } from "../../src/workflow/machine/delete-state-machine.js";
import type {
  DeployStateMachineOptions,
  StateMachineProgressEvent,
} from "../../src/workflow/machine/deploy-options.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { ROLE_ARN } from "../helpers/contracts.js";

const LOG_GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/scones";
const giving = (Result: unknown) => ({
  StartAt: "S",
  States: { S: { Type: "Pass" as const, Result, End: true as const } },
});

let local: LocalAws | undefined;
afterEach(() => local?.close());

async function setUp() {
  local = await createLocalAws();
  const aws = local;
  const { sfn } = aws.clients;
  const sent: string[] = [];
  sfn.middlewareStack.add(
    (next, context) => (args) => {
      sent.push((context["commandName"] as string).replace(/Command$/, ""));
      return next(args);
    },
    { step: "initialize" },
  );
  const events: StateMachineProgressEvent[] = [];
  const deploy = (options: Partial<DeployStateMachineOptions> = {}) =>
    deployStateMachine({
      name: "scones",
      definition: giving(1),
      roleArn: ROLE_ARN,
      clients: aws.clients,
      onProgress: (event) => events.push(event),
      ...options,
    });
  const outputOf = async (stateMachineArn: string) =>
    (await runExecution({ stateMachineArn, clients: aws.clients, pollIntervalMs: 1 })).output;
  return {
    aws,
    sfn,
    deploy,
    outputOf,
    events,
    changes: () => sent.filter((name) => !/^(List|Describe)/.test(name)),
    sent,
  };
}

const routesOf = async (sfn: SFNClient, stateMachineAliasArn = "") => {
  const { routingConfiguration = [] } = await sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
  return routingConfiguration.map(({ stateMachineVersionArn, weight }) => [
    stateMachineVersionArn?.split(":").at(-1),
    weight,
  ]);
};
const machines = async (sfn: SFNClient) => (await sfn.send(new ListStateMachinesCommand({}))).stateMachines ?? [];
const versions = async (sfn: SFNClient, stateMachineArn: string) =>
  (await sfn.send(new ListStateMachineVersionsCommand({ stateMachineArn }))).stateMachineVersions ?? [];

describe("deployStateMachine with versions", () => {
  it("publishes what it deploys, and asks for no change when everything is there", async () => {
    const { deploy, changes, outputOf } = await setUp();
    const wanted: Partial<DeployStateMachineOptions> = {
      publish: "first",
      alias: { name: "live", description: "what users get" },
      logging: { level: "ERROR", logGroupArn: LOG_GROUP },
      tracing: true,
      tags: { team: "scones" },
    };
    const first = await deploy(wanted);
    expect(first).toMatchObject({ created: "created", versionArn: expect.stringMatching(/:1$/) });
    expect(changes()).toEqual(["CreateStateMachine", "PublishStateMachineVersion", "CreateStateMachineAlias"]);
    expect(await deploy(wanted)).toEqual({ ...first, created: "unchanged" });
    expect(await deploy({ publish: true, alias: { name: "live" } })).toEqual({ ...first, created: "unchanged" });
    expect(changes()).toHaveLength(3);
    expect(await outputOf(first.aliasArn ?? "")).toBe(1);
  });

  it("gives a new version its share beside the one before, then everything, and can go back", async () => {
    const { deploy, sfn, outputOf } = await setUp();
    const { aliasArn } = await deploy({ publish: true, alias: { name: "live", previousWeight: 50 } });
    expect(await routesOf(sfn, aliasArn)).toEqual([["1", 100]]);
    const canary = { definition: giving(2), publish: true, alias: { name: "live", previousWeight: 90 } };
    const second = await deploy(canary);
    expect(second).toMatchObject({ created: "updated", aliasArn });
    expect(await routesOf(sfn, aliasArn)).toEqual([
      ["2", 10],
      ["1", 90],
    ]);
    expect(await deploy(canary)).toMatchObject({ created: "unchanged" });
    await deploy({ ...canary, alias: { name: "live", previousWeight: 40 } });
    expect(await routesOf(sfn, aliasArn)).toEqual([
      ["2", 60],
      ["1", 40],
    ]);
    await deploy({ ...canary, alias: { name: "live" } });
    expect(await routesOf(sfn, aliasArn)).toEqual([["2", 100]]);
    expect(await outputOf(`${second.stateMachineArn}:1`)).toBe(1);
    await deploy({ publish: true, alias: { name: "live" } });
    expect(await routesOf(sfn, aliasArn)).toEqual([["3", 100]]);
    expect(await outputOf(aliasArn ?? "")).toBe(1);
  });

  it("changes logging and tracing alone, and leaves them as they are where it is not asked", async () => {
    const { deploy, sfn, changes } = await setUp();
    const { stateMachineArn } = await deploy();
    const describeIt = () => sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(await deploy({ logging: "off", tracing: false })).toMatchObject({ created: "unchanged" });
    await deploy({ logging: { level: "ALL", logGroupArn: LOG_GROUP, includeExecutionData: true }, tracing: true });
    expect(await describeIt()).toMatchObject({
      tracingConfiguration: { enabled: true },
      loggingConfiguration: {
        level: "ALL",
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${LOG_GROUP}:*` } }],
      },
    });
    expect(await deploy()).toMatchObject({ created: "unchanged" });
    expect(await deploy({ logging: "off" })).toMatchObject({ created: "updated" });
    expect(await describeIt()).toMatchObject({
      loggingConfiguration: { level: "OFF" },
      tracingConfiguration: { enabled: true },
    });
    expect(changes()).toEqual(["CreateStateMachine", "UpdateStateMachine", "UpdateStateMachine"]);
  });

  it("changes the remark of an alias alone, and takes nothing back when the alias cannot be seen", async () => {
    const { aws, deploy, sfn, changes } = await setUp();
    const { aliasArn = "", stateMachineArn } = await deploy({ publish: true, alias: { name: "live" } });
    await deploy({ publish: true, alias: { name: "live", description: "for users" } });
    expect(changes().at(-1)).toBe("UpdateStateMachineAlias");
    const alias = await sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }));
    expect(alias).toMatchObject({ description: "for users" });
    aws.injectFault({
      service: "states",
      operation: "DescribeStateMachineAlias",
      kind: "fail",
      error: "AccessDeniedException",
    });
    await expect(deploy({ publish: true, alias: { name: "live" } })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    expect(await versions(sfn, stateMachineArn)).toHaveLength(1);
  });

  it("publishes a machine that was deployed without versions", async () => {
    const { deploy } = await setUp();
    await deploy();
    expect(await deploy({ publish: true })).toMatchObject({
      created: "updated",
      versionArn: expect.stringMatching(/:1$/),
    });
  });

  it("refuses a machine that must not or cannot be changed, and sends no change", async () => {
    const { deploy, changes } = await setUp();
    await deploy();
    const conflict = (reason: string) => ({ code: "STATE_MACHINE_CONFLICT", details: { reason } });
    await expect(deploy({ definition: giving(2), existing: "refuse" })).rejects.toMatchObject(conflict("exists"));
    await expect(deploy({ type: "EXPRESS" })).rejects.toMatchObject(conflict("type"));
    expect(changes()).toEqual(["CreateStateMachine"]);
  });
});

describe("deployStateMachine when a step fails", () => {
  it("removes a new machine, and passes AWS's exception through", async () => {
    const { aws, deploy, sfn, events } = await setUp();
    aws.injectFault({
      service: "states",
      operation: "CreateStateMachineAlias",
      kind: "fail",
      error: "ConflictException",
    });
    const deploying = deploy({ publish: true, alias: { name: "live" } });
    await expect(deploying).rejects.toMatchObject({ name: "ConflictException" });
    expect(await machines(sfn)).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      type: "cleanup",
      removed: [expect.stringMatching(/^state machine arn:/)],
      left: [],
    });
  });

  it("removes a new version of a machine that was there, and nothing else", async () => {
    const { aws, deploy, sfn } = await setUp();
    const { stateMachineArn, aliasArn } = await deploy({ publish: true, alias: { name: "live" } });
    aws.injectFault({
      service: "states",
      operation: "UpdateStateMachineAlias",
      kind: "fail",
      error: "ConflictException",
    });
    await expect(deploy({ definition: giving(2), publish: true, alias: { name: "live" } })).rejects.toMatchObject({
      name: "ConflictException",
    });
    expect(await versions(sfn, stateMachineArn)).toHaveLength(1);
    expect(await routesOf(sfn, aliasArn)).toEqual([["1", 100]]);
  });

  it("says what it could not remove", async () => {
    const { aws, deploy } = await setUp();
    aws.injectFault({
      service: "states",
      operation: "PublishStateMachineVersion",
      kind: "fail",
      error: "ConflictException",
    });
    aws.injectFault({
      service: "states",
      operation: "DeleteStateMachine",
      kind: "fail",
      error: "AccessDeniedException",
    });
    await expect(deploy({ publish: true })).rejects.toMatchObject({
      code: "STATE_MACHINE_LEFT",
      details: { name: "scones", left: [expect.stringMatching(/^state machine arn:/)] },
      cause: { name: "ConflictException" },
    });
  });

  it.each(["CreateStateMachine", "PublishStateMachineVersion", "CreateStateMachineAlias"])(
    "leaves nothing after an abort during %s",
    async (operation) => {
      const { aws, deploy, sfn } = await setUp();
      const abort = new AbortController();
      const reason = new Error("enough");
      // AWS has done it when the caller gives up.
      sfn.middlewareStack.add(
        (next, context) => async (args) => {
          const result = await next(args);
          if (context["commandName"] === `${operation}Command`) {
            abort.abort(reason);
            throw new Error("the answer is lost");
          }
          return result;
        },
        { step: "initialize" },
      );
      const deploying = deploy({ publish: true, alias: { name: "live" }, signal: abort.signal });
      await expect(deploying).rejects.toBe(reason);
      expect(await machines(aws.clients.sfn)).toEqual([]);
    },
  );

  it("does not remove another machine of that name when no answer came", async () => {
    const { deploy, sfn } = await setUp();
    let isLost = false;
    sfn.middlewareStack.add(
      (next, context) => async (args) => {
        if (isLost || context["commandName"] !== "CreateStateMachineCommand") return next(args);
        isLost = true;
        const other = { name: "scones", roleArn: ROLE_ARN, definition: JSON.stringify(giving("another")) };
        await sfn.send(new CreateStateMachineCommand(other));
        throw new Error("the connection broke");
      },
      { step: "initialize" },
    );
    await expect(deploy()).rejects.toThrow("the connection broke");
    expect(await machines(sfn)).toHaveLength(1);
  });
});

describe("deleteStateMachine", () => {
  it("takes versions and aliases along, and may be repeated", async () => {
    const { aws, deploy, sfn } = await setUp();
    const {
      stateMachineArn,
      aliasArn = "",
      versionArn = "",
    } = await deploy({ publish: true, alias: { name: "live" } });
    await deleteStateMachine({ stateMachineArn, clients: aws.clients });
    await deleteStateMachine({ stateMachineArn, clients: aws.clients });
    expect(await machines(sfn)).toEqual([]);
    for (const arn of [aliasArn, versionArn])
      await expect(sfn.send(new StartExecutionCommand({ stateMachineArn: arn }))).rejects.toMatchObject({
        name: "StateMachineDoesNotExist",
      });
    expect(await deploy()).toMatchObject({ created: "created" });
  });

  it("deletes an alias and a version alone, and may be repeated", async () => {
    const { aws, deploy, sfn } = await setUp();
    const {
      stateMachineArn,
      aliasArn = "",
      versionArn = "",
    } = await deploy({ publish: true, alias: { name: "live" } });
    const remove = (arn: string) => deleteStateMachine({ stateMachineArn: arn, clients: aws.clients });
    await expect(remove(versionArn)).rejects.toMatchObject({ name: "ConflictException" });
    for (const arn of [aliasArn, aliasArn, versionArn, versionArn]) await remove(arn);
    expect(await versions(sfn, stateMachineArn)).toEqual([]);
    expect(await machines(sfn)).toHaveLength(1);
  });
});
