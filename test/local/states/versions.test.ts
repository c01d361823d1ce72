import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { createStates } from "./states-fixture.js";

const giving = (Result: unknown) =>
  JSON.stringify({ StartAt: "S", States: { S: { Type: "Pass", Result, End: true } } });

/** A machine "m" whose versions 1 and 2 give 1 and 2. */
async function createVersions() {
  const states = createStates();
  const { sfn } = states;
  const made = await sfn.send(
    new CreateStateMachineCommand({ name: "m", definition: giving(1), roleArn: ROLE_ARN, publish: true }),
  );
  const { stateMachineArn, stateMachineVersionArn: first = "" } = made;
  const updated = await sfn.send(
    new UpdateStateMachineCommand({
      stateMachineArn,
      definition: giving(2),
      publish: true,
      versionDescription: "second",
    }),
  );
  const { stateMachineVersionArn: second = "", revisionId } = updated;
  const alias = (name: string, ...routes: readonly (readonly [string, number])[]) =>
    sfn.send(
      new CreateStateMachineAliasCommand({
        name,
        routingConfiguration: routes.map(([stateMachineVersionArn, weight]) => ({ stateMachineVersionArn, weight })),
      }),
    );
  const outputOf = async (arn: string) => {
    const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arn }));
    await states.settle(executionArn);
    return sfn.send(new DescribeExecutionCommand({ executionArn }));
  };
  return { ...states, stateMachineArn: stateMachineArn ?? "", first, second, revisionId, alias, outputOf };
}

describe("versions of a state machine", () => {
  it("are published with the machine, listed newest first and described", async () => {
    const { sfn, stateMachineArn, first, second, revisionId } = await createVersions();
    expect([first, second]).toEqual([`${stateMachineArn}:1`, `${stateMachineArn}:2`]);
    const { stateMachineVersions } = await sfn.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
    expect(stateMachineVersions?.map((version) => version.stateMachineVersionArn)).toEqual([second, first]);
    const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: second }));
    expect(described).toMatchObject({ stateMachineArn: second, name: "m", description: "second", revisionId });
    expect(described.definition).toBe(giving(2));
    expect((await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: first }))).revisionId).toBeUndefined();
  });

  it("keep what they were published with, and say so in executions", async () => {
    const { sfn, stateMachineArn, first, outputOf } = await createVersions();
    const described = await outputOf(first);
    expect(described).toMatchObject({ output: "1", stateMachineArn, stateMachineVersionArn: first });
    expect(described.stateMachineAliasArn).toBeUndefined();
    expect(await outputOf(stateMachineArn)).not.toHaveProperty("stateMachineVersionArn");
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: first }));
    expect(executions?.map(({ stateMachineVersionArn }) => stateMachineVersionArn)).toEqual([first]);
    const { executionArn } = described;
    const machine = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    expect(machine).toMatchObject({ stateMachineArn, definition: giving(1) });
  });

  it("are published once per revision, with numbers that are never given twice", async () => {
    const { sfn, stateMachineArn, second, revisionId } = await createVersions();
    const publish = (changes: object = {}) =>
      sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn, ...changes }));
    expect((await publish({ revisionId })).stateMachineVersionArn).toBe(second);
    await expect(publish({ revisionId: "other" })).rejects.toMatchObject({
      name: "ConflictException",
      message: `Failed to publish the State Machine version for revision other. The current State Machine revision is ${revisionId}.`,
    });
    await sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: second }));
    expect((await publish()).stateMachineVersionArn).toBe(`${stateMachineArn}:3`);
    await expect(sfn.send(new StartExecutionCommand({ stateMachineArn: second }))).rejects.toMatchObject({
      name: "StateMachineDoesNotExist",
    });
  });

  it("go with the machine, and need publish for a description", async () => {
    const { sfn, stateMachineArn, first, alias } = await createVersions();
    const { stateMachineAliasArn } = await alias("live", [first, 100]);
    await expect(
      sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: giving(3), versionDescription: "x" })),
    ).rejects.toMatchObject({ message: "Version description can only be set when publish is true" });
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    for (const arn of [first, stateMachineAliasArn]) {
      await expect(sfn.send(new StartExecutionCommand({ stateMachineArn: arn }))).rejects.toMatchObject({
        name: "StateMachineDoesNotExist",
      });
    }
  });
});

describe("aliases of a state machine", () => {
  it("share executions among two versions by their weights", async () => {
    const { first, second, alias, outputOf } = await createVersions();
    const { stateMachineAliasArn = "" } = await alias("all", [first, 100], [second, 0]);
    expect(await outputOf(stateMachineAliasArn)).toMatchObject({
      output: "1",
      stateMachineAliasArn,
      stateMachineVersionArn: first,
    });
    const { stateMachineAliasArn: other = "" } = await alias("none", [first, 0], [second, 100]);
    expect((await outputOf(other)).output).toBe("2");
  });

  it("are described, changed, listed oldest first and deleted", async () => {
    const { sfn, stateMachineArn, first, second, alias } = await createVersions();
    const { stateMachineAliasArn } = await alias("live", [first, 100]);
    expect(stateMachineAliasArn).toBe(`${stateMachineArn}:live`);
    await alias("next", [second, 100]);
    const list = async (arn: string) =>
      (await sfn.send(new ListStateMachineAliasesCommand({ stateMachineArn: arn }))).stateMachineAliases?.map(
        (each) => each.stateMachineAliasArn,
      );
    expect(await list(stateMachineArn)).toEqual([stateMachineAliasArn, `${stateMachineArn}:next`]);
    expect(await list(second)).toEqual([`${stateMachineArn}:next`]);
    const routingConfiguration = [
      { stateMachineVersionArn: first, weight: 90 },
      { stateMachineVersionArn: second, weight: 10 },
    ];
    await sfn.send(
      new UpdateStateMachineAliasCommand({ stateMachineAliasArn, description: "d", routingConfiguration }),
    );
    expect(await sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }))).toMatchObject({
      name: "live",
      description: "d",
      routingConfiguration,
    });
    await sfn.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
    expect(await list(stateMachineArn)).toEqual([`${stateMachineArn}:next`]);
    await expect(
      sfn.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, description: "x" })),
    ).rejects.toMatchObject({
      name: "ResourceNotFound",
      message: "Request references a resource that does not exist.",
    });
  });

  it("are made once, and keep their versions", async () => {
    const { sfn, first, second, alias } = await createVersions();
    const made = await alias("live", [first, 100]);
    expect(await alias("live", [first, 100])).toMatchObject({ creationDate: made.creationDate });
    await expect(alias("live", [second, 100])).rejects.toMatchObject({ name: "ConflictException" });
    await expect(
      sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: first })),
    ).rejects.toMatchObject({
      name: "ConflictException",
      message:
        "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]",
    });
  });

  it.each([
    ["of a machine", "a", [["", 100]], "Routing configuration must contain state machine version ARNs. Received: ["],
    [
      "twice to one version",
      "a",
      [
        [":1", 50],
        [":1", 50],
      ],
      "Routing configuration must contain distinct state machine version ARNs. Received: [",
    ],
    [
      "with less than everything",
      "a",
      [
        [":1", 70],
        [":2", 29],
      ],
      "Sum of routing configuration weights must equal 100. Received: [70, 29]",
    ],
    ["to more than 100", "a", [[":1", 101]], "Member must have value less than or equal to 100"],
    ["with a number as its name", "123", [[":1", 100]], "Value '123' at 'name' failed to satisfy constraint"],
    ["to what is not there", "a", [[":9", 100]], "Request references a resource that does not exist."],
  ] as const)("are refused %s", async (_what, name, routes, message) => {
    const { stateMachineArn, alias } = await createVersions();
    const call = alias(name, ...routes.map(([end, weight]) => [`${stateMachineArn}${end}`, weight] as const));
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });
});
