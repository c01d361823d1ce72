import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  TagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { describe, expect, it } from "vitest";
import { deleteStateMachine } from "../../src/workflow/machine/delete-state-machine.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { buildInferenceWorkflow } from "../../src/workflow/workflows/inference-workflow.js";
import { ROLE_ARN } from "../helpers/contracts.js";

const ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:scones";
const definition = buildInferenceWorkflow({ functions: { serialize: "s", classify: "c", filter: "f" } });
const LISTED = { stateMachineArn: ARN, name: "scones", type: "STANDARD" as const, creationDate: new Date(0) };
const DESCRIBED = {
  ...LISTED,
  definition: JSON.stringify(definition, undefined, 2),
  roleArn: ROLE_ARN,
  status: "ACTIVE" as const,
};

/** A client whose every command is refused unless the test allows it. */
function fakeSfn() {
  const client = new SFNClient({ region: "us-east-1" });
  const mock = mockClient(client);
  mock.onAnyCommand().rejects(new Error("not expected"));
  const sent = () => mock.calls().map(({ args }) => args[0].constructor.name.replace("Command", ""));
  return { client, mock, sent };
}

function deploy(client: SFNClient, options: object = {}) {
  return deployStateMachine({ name: "scones", definition, roleArn: ROLE_ARN, clients: { sfn: client }, ...options });
}

describe("deployStateMachine", () => {
  it("creates what is not there, with its tags", async () => {
    const { client, mock, sent } = fakeSfn();
    mock.on(ListStateMachinesCommand).resolves({ stateMachines: [{ ...LISTED, name: "other" }] });
    mock.on(CreateStateMachineCommand).resolves({ stateMachineArn: ARN, creationDate: new Date() });
    expect(await deploy(client, { tags: { team: "scones" } })).toEqual({ stateMachineArn: ARN, created: "created" });
    expect(sent()).toEqual(["ListStateMachines", "CreateStateMachine"]);
    expect(mock.commandCalls(CreateStateMachineCommand)[0]?.args[0].input).toEqual({
      name: "scones",
      type: "STANDARD",
      definition: JSON.stringify(definition),
      roleArn: ROLE_ARN,
      tags: [{ key: "team", value: "scones" }],
    });
  });

  it("finds the machine on a later page, and changes nothing when nothing differs", async () => {
    const { client, mock, sent } = fakeSfn();
    mock
      .on(ListStateMachinesCommand)
      .resolvesOnce({ stateMachines: [], nextToken: "more" })
      .resolvesOnce({ stateMachines: [LISTED] });
    mock.on(DescribeStateMachineCommand, { stateMachineArn: ARN }).resolves(DESCRIBED);
    expect(await deploy(client)).toEqual({ stateMachineArn: ARN, created: "unchanged" });
    expect(sent()).toEqual(["ListStateMachines", "ListStateMachines", "DescribeStateMachine"]);
  });

  it.each([
    ["definition", { ...DESCRIBED, definition: "{}" }, { definition: JSON.stringify(definition) }],
    ["role", { ...DESCRIBED, roleArn: `${ROLE_ARN}-old` }, { roleArn: ROLE_ARN }],
    ["unreadable definition", { ...DESCRIBED, definition: "{" }, { definition: JSON.stringify(definition) }],
  ])("updates another %s, and that alone", async (_what, described, changed) => {
    const { client, mock } = fakeSfn();
    mock.on(ListStateMachinesCommand).resolves({ stateMachines: [LISTED] });
    mock.on(DescribeStateMachineCommand).resolves(described);
    mock.on(UpdateStateMachineCommand).resolves({ updateDate: new Date() });
    expect(await deploy(client)).toEqual({ stateMachineArn: ARN, created: "updated" });
    const { input } = mock.commandCalls(UpdateStateMachineCommand)[0]?.args[0] ?? {};
    expect(input).toEqual({ stateMachineArn: ARN, ...changed });
  });

  it("sets only the tags that differ", async () => {
    const { client, mock } = fakeSfn();
    mock.on(ListStateMachinesCommand).resolves({ stateMachines: [LISTED] });
    mock.on(DescribeStateMachineCommand).resolves(DESCRIBED);
    mock.on(ListTagsForResourceCommand).resolves({
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "1" },
      ],
    });
    mock.on(TagResourceCommand).resolves({});
    expect(await deploy(client, { tags: { a: "1" } })).toMatchObject({ created: "unchanged" });
    expect(await deploy(client, { tags: { a: "1", b: "2" } })).toMatchObject({ created: "updated" });
    expect(mock.commandCalls(TagResourceCommand).map(({ args }) => args[0].input)).toEqual([
      { resourceArn: ARN, tags: [{ key: "b", value: "2" }] },
    ]);
  });

  it("updates the machine that somebody else created in the meantime", async () => {
    const { client, mock } = fakeSfn();
    mock
      .on(ListStateMachinesCommand)
      .resolvesOnce({ stateMachines: [] })
      .resolvesOnce({ stateMachines: [LISTED] });
    mock.on(CreateStateMachineCommand).rejects(new StateMachineAlreadyExists({ message: "exists", $metadata: {} }));
    mock.on(DescribeStateMachineCommand).resolves(DESCRIBED);
    expect(await deploy(client)).toEqual({ stateMachineArn: ARN, created: "unchanged" });
  });

  it("sends nothing when the definition has an error, and names it", async () => {
    const { client, sent } = fakeSfn();
    const broken = { StartAt: "A", States: { A: { Type: "Pass" as const, Next: "B" } } };
    await expect(deploy(client, { definition: broken })).rejects.toMatchObject({
      code: "DEFINITION_INVALID",
      details: {
        name: "scones",
        issues: [{ path: "/States/A/Next", code: "TARGET_UNKNOWN" }, { code: "TERMINAL_STATE_MISSING" }],
      },
    });
    expect(sent()).toEqual([]);
  });

  it("refuses a machine that is being deleted, and changes nothing", async () => {
    const { client, mock, sent } = fakeSfn();
    mock.on(ListStateMachinesCommand).resolves({ stateMachines: [LISTED] });
    mock.on(DescribeStateMachineCommand).resolves({ ...DESCRIBED, status: "DELETING" });
    await expect(deploy(client, { tracing: true })).rejects.toMatchObject({
      code: "STATE_MACHINE_CONFLICT",
      details: { stateMachineArn: ARN, reason: "deleting" },
    });
    expect(sent()).toEqual(["ListStateMachines", "DescribeStateMachine"]);
  });

  it.each([
    [{ alias: { name: "live" } }, /alias: leads to a version, so publish has to be true/],
    [{ publish: true, alias: { name: "2026" } }, /alias.name: .*not of digits alone/],
    [{ publish: true, alias: { name: "live", previousWeight: 100 } }, /alias.previousWeight/],
    [{ logging: { level: "ALL", logGroupArn: "/aws/scones" } }, /logging.logGroupArn: must be the ARN of a log group/],
    [{ type: "FAST" }, /type/],
  ])("refuses %j before anything is sent", async (options, message) => {
    const { client, sent } = fakeSfn();
    await expect(deploy(client, options)).rejects.toThrow(message);
    expect(sent()).toEqual([]);
  });

  it("passes AWS's own exceptions through", async () => {
    const { client, mock } = fakeSfn();
    const denied = new Error("AccessDenied");
    mock.on(ListStateMachinesCommand).rejects(denied);
    await expect(deploy(client)).rejects.toBe(denied);
  });

  it("refuses a name that AWS refuses, and stops for a signal", async () => {
    const { client, sent } = fakeSfn();
    await expect(deploy(client, { name: "two words" })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    const reason = new Error("stop");
    await expect(deploy(client, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent()).toEqual([]);
  });
});

describe("deleteStateMachine", () => {
  const gone = new StateMachineDoesNotExist({ message: "gone", $metadata: {} });

  it("waits until the machine is gone", async () => {
    const { client, mock, sent } = fakeSfn();
    mock.on(DeleteStateMachineCommand, { stateMachineArn: ARN }).resolves({});
    mock
      .on(DescribeStateMachineCommand)
      .resolvesOnce({ ...DESCRIBED, status: "DELETING" })
      .rejectsOnce(gone);
    await deleteStateMachine({ stateMachineArn: ARN, clients: { sfn: client }, pollIntervalMs: 1 });
    expect(sent()).toEqual(["DeleteStateMachine", "DescribeStateMachine", "DescribeStateMachine"]);
  });

  it("says so when it does not go", async () => {
    const { client, mock } = fakeSfn();
    mock.on(DeleteStateMachineCommand).resolves({});
    mock.on(DescribeStateMachineCommand).resolves({ ...DESCRIBED, status: "DELETING" });
    await expect(
      deleteStateMachine({ stateMachineArn: ARN, clients: { sfn: client }, pollIntervalMs: 1, timeoutMs: 5 }),
    ).rejects.toMatchObject({ code: "WAIT_TIMEOUT", details: { lastStatus: "DELETING" } });
  });

  it("passes AWS's own exceptions through", async () => {
    const { client, mock } = fakeSfn();
    const denied = new Error("AccessDenied");
    mock.on(DeleteStateMachineCommand).resolves({});
    mock.on(DescribeStateMachineCommand).rejects(denied);
    await expect(deleteStateMachine({ stateMachineArn: ARN, clients: { sfn: client } })).rejects.toBe(denied);
  });

  it("refuses what is no ARN of a state machine", async () => {
    await expect(deleteStateMachine({ stateMachineArn: "scones" })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });
});
