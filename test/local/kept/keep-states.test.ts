import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeActivityCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  PublishStateMachineVersionCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { until } from "../sagemaker/fixture.js";
import { Restarts } from "./crash.js";

let restarts: Restarts;
let local: LocalAws;
beforeEach(async () => {
  restarts = new Restarts();
  local = await restarts.start();
});
afterEach(() => restarts.end());

const PASS = { StartAt: "P", States: { P: { Type: "Pass", Result: { done: true }, End: true } } };
const FAIL = { StartAt: "F", States: { F: { Type: "Fail", Error: "Broken", Cause: "on purpose" } } };
const WAIT = {
  StartAt: "First",
  States: { First: { Type: "Pass", Next: "W" }, W: { Type: "Wait", Seconds: 100_000, End: true } },
};

/** What a command answers, without what is of the transport. */
const ask = async (command: { readonly input: object }) => {
  // The client's own type has one overload per command.
  const { $metadata, ...answer } = await local.clients.sfn.send(command as GetExecutionHistoryCommand);
  return answer as Readonly<Record<string, unknown>>;
};
const text = (value: unknown) => String(value);
const create = async (name: string, definition: unknown, tags?: { key: string; value: string }[]) => {
  const request = { name, definition: JSON.stringify(definition), roleArn: ROLE_ARN, ...(tags ? { tags } : {}) };
  return text((await ask(new CreateStateMachineCommand(request)))["stateMachineArn"]);
};
const start = async (stateMachineArn: string, name: string, input = "{}") =>
  text((await ask(new StartExecutionCommand({ stateMachineArn, name, input })))["executionArn"]);
const describeExecution = (executionArn: string) => ask(new DescribeExecutionCommand({ executionArn }));
const historyOf = async (executionArn: string) =>
  (await local.clients.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];
const settle = (executionArn: string) =>
  until(
    () => describeExecution(executionArn),
    ({ status }) => status !== "RUNNING",
  );
const run = async (stateMachineArn: string, name: string, input?: string) => {
  const executionArn = await start(stateMachineArn, name, input);
  await settle(executionArn);
  return executionArn;
};

describe("Step Functions of a local AWS with a directory", () => {
  it("has the versions and aliases of machines again, and what was started by them", async () => {
    const stateMachineArn = await create("pass", PASS);
    const publish = async () =>
      text((await ask(new PublishStateMachineVersionCommand({ stateMachineArn })))["stateMachineVersionArn"]);
    const stateMachineVersionArn = await publish();
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const { stateMachineAliasArn } = await ask(
      new CreateStateMachineAliasCommand({ name: "live", routingConfiguration }),
    );
    const definition = JSON.stringify(FAIL);
    await ask(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    const gone = await publish();
    await ask(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: gone }));
    const executionArn = await run(text(stateMachineAliasArn), "first");
    const show = async () => ({
      versions: await ask(new ListStateMachineVersionsCommand({ stateMachineArn })),
      alias: await ask(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: text(stateMachineAliasArn) })),
      version: await ask(new DescribeStateMachineCommand({ stateMachineArn: stateMachineVersionArn })),
      execution: await describeExecution(executionArn),
    });
    const before = await show();

    local = await restarts.crash();
    expect(await show()).toEqual(before);
    expect(before.execution).toMatchObject({ stateMachineAliasArn, stateMachineVersionArn, status: "SUCCEEDED" });
    const again = await run(text(stateMachineAliasArn), "second");
    expect(await describeExecution(again)).toMatchObject({ status: "SUCCEEDED", output: '{"done":true}' });
    await expect(publish()).resolves.toBe(`${stateMachineArn}:3`);
  });

  it("has machines, activities, tags and executions again, each as it was", async () => {
    const tags = [{ key: "team", value: "scones" }];
    const pass = await create("pass", PASS, tags);
    const fail = await create("fail", FAIL);
    const gone = await create("gone", PASS, tags);
    await ask(new DeleteStateMachineCommand({ stateMachineArn: gone }));
    const activityArn = text((await ask(new CreateActivityCommand({ name: "work", tags })))["activityArn"]);
    const first = await run(pass, "first", '{"of":"the old definition"}');
    const definition = JSON.stringify({ ...PASS, Comment: "updated" });
    await ask(new UpdateStateMachineCommand({ stateMachineArn: pass, definition }));
    const second = await run(pass, "second");
    const failed = await run(fail, "failed");
    const look = async () => ({
      machines: await ask(new ListStateMachinesCommand({})),
      machine: await ask(new DescribeStateMachineCommand({ stateMachineArn: pass })),
      machineTags: await ask(new ListTagsForResourceCommand({ resourceArn: pass })),
      activity: await ask(new DescribeActivityCommand({ activityArn })),
      activityTags: await ask(new ListTagsForResourceCommand({ resourceArn: activityArn })),
      executions: await ask(new ListExecutionsCommand({ stateMachineArn: pass })),
      described: [await describeExecution(first), await describeExecution(second)],
      startedFrom: await ask(new DescribeStateMachineForExecutionCommand({ executionArn: first })),
      histories: [await historyOf(first), await historyOf(second), await historyOf(failed)],
    });
    const before = await look();
    expect(before.startedFrom["definition"]).not.toContain("updated");
    expect(before.histories.map(({ length }) => length)).toEqual([4, 4, 3]);
    local = await restarts.crash();
    expect(await look()).toEqual(before);
    local = await restarts.restart();
    expect(await look()).toEqual(before);
    // New ones join the old ones.
    await run(pass, "third");
    local = await restarts.restart();
    const { executions } = await local.clients.sfn.send(new ListExecutionsCommand({ stateMachineArn: pass }));
    expect(executions?.map(({ name }) => name)).toEqual(["third", "second", "first"]);
    await expect(start(pass, "first")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
    await expect(ask(new ListTagsForResourceCommand({ resourceArn: gone }))).rejects.toThrow("not found");
    expect(await create("gone", PASS)).toBe(gone);
    expect(await ask(new ListTagsForResourceCommand({ resourceArn: gone }))).toEqual({ tags: [] });
  });

  it("shows an execution that ran during a crash as failed, with all that was shown of it before", async () => {
    const machine = await create("wait", WAIT);
    const seen = await start(machine, "seen", '{"a":1}');
    const { executionArn, startDate } = await ask(new StartExecutionCommand({ stateMachineArn: machine }));
    const unseen = text(executionArn);
    const before = await until(
      () => historyOf(seen),
      (events) => events.length === 4,
    );
    local = await restarts.crash();
    const cause = "The local AWS was stopped while this execution ran. Start another one.";
    const failure = { error: "LocalAws.Stopped", cause };
    expect(await describeExecution(seen)).toMatchObject({ status: "FAILED", input: '{"a":1}', ...failure });
    expect(await describeExecution(unseen)).toMatchObject({ status: "FAILED", startDate, stopDate: expect.any(Date) });
    const after = await historyOf(seen);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      id: 5,
      previousEventId: 4,
      type: "ExecutionFailed",
      executionFailedEventDetails: failure,
    });
    expect((await historyOf(unseen)).map(({ type }) => type)).toEqual(["ExecutionStarted", "ExecutionFailed"]);
    const redrive = ask(new RedriveExecutionCommand({ executionArn: seen }));
    await expect(redrive).rejects.toMatchObject({
      name: "ExecutionNotRedrivable",
      message: expect.stringContaining("The local AWS was restarted since"),
    });
    const described = [await describeExecution(seen), await describeExecution(unseen)];
    local = await restarts.restart();
    expect([await describeExecution(seen), await describeExecution(unseen)]).toEqual(described);
    expect(await historyOf(seen)).toEqual(after);
  });

  it("keeps stops and redrives that were acknowledged", async () => {
    const machine = await create("wait", WAIT);
    let count = 0;
    const Resource = local.registerFunction("fails-once", () => {
      if (count++ === 0) throw new Error("the first time");
      return new Promise(() => {});
    });
    const failing = await create("fail", { StartAt: "T", States: { T: { Type: "Task", Resource, End: true } } });
    const stopped = await start(machine, "stopped");
    const redriven = await run(failing, "redriven");
    await ask(new StopExecutionCommand({ executionArn: stopped, error: "Enough", cause: "of it" }));
    const request = new RedriveExecutionCommand({ executionArn: redriven, clientToken: "token" });
    const { redriveDate } = await ask(request);
    local = await restarts.crash();
    expect(await describeExecution(stopped)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "of it" });
    expect((await historyOf(stopped)).at(-1)?.type).toBe("ExecutionAborted");
    expect(await describeExecution(redriven)).toMatchObject({
      status: "FAILED",
      error: "LocalAws.Stopped",
      redriveCount: 1,
      redriveDate,
    });
    expect((await historyOf(redriven)).map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionFailed",
      "ExecutionFailed",
      "ExecutionFailed",
    ]);
    expect(await ask(request)).toEqual({ redriveDate });
  });

  it("says that it was closed where it was", async () => {
    const executionArn = await start(await create("wait", WAIT), "closed");
    local = await restarts.restart();
    const cause = "The local AWS was closed.";
    expect(await describeExecution(executionArn)).toMatchObject({ status: "ABORTED", cause });
    expect((await historyOf(executionArn)).at(-1)).toMatchObject({ type: "ExecutionAborted" });
  });

  it("keeps a history of many events whole", async () => {
    const ItemProcessor = { StartAt: "P", States: { P: { Type: "Pass", End: true } } };
    const states = { M: { Type: "Map", ItemsPath: "$", ItemProcessor, End: true } };
    const items = JSON.stringify(Array.from({ length: 120 }, (_, index) => index));
    const executionArn = await run(await create("map", { StartAt: "M", States: states }), "long", items);
    const before = await historyOf(executionArn);
    expect(before.length).toBeGreaterThan(400);
    local = await restarts.crash();
    expect(await historyOf(executionArn)).toEqual(before);
  });

  it("names a file that is damaged, and is whole again without it", async () => {
    await run(await create("pass", PASS), "first");
    await local.close();
    const folder = join(restarts.directory, "resources", "000000000000", "us-east-1");
    const journal = join(folder, "executions.jsonl");
    appendFileSync(journal, '{"line":"end","arn":"arn:unknown","status":"FAILED","stopDate":1,"events":[]}\n');
    const damaged = (path: string) => ({ code: "LOCAL_DIRECTORY_DAMAGED", details: { path } });
    await expect(restarts.start()).rejects.toMatchObject(damaged(journal));
    rmSync(journal);
    const [file = ""] = readdirSync(join(folder, "state-machines"));
    const machine = join(folder, "state-machines", file);
    const value = { ...(JSON.parse(readFileSync(machine, "utf8")) as { value: object }).value, definition: "{}" };
    writeFileSync(machine, JSON.stringify({ name: text((value as { arn?: string }).arn), order: 0, value }));
    await expect(restarts.start()).rejects.toMatchObject(damaged(machine));
    rmSync(machine);
    local = await restarts.start();
    expect(await ask(new ListStateMachinesCommand({}))).toEqual({ stateMachines: [] });
  });
});
