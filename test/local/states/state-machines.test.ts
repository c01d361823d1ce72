import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  InvalidArn,
  InvalidDefinition,
  InvalidName,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  MissingRequiredParameter,
  ResourceNotFound,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates, ROLE_ARN } from "./states-fixture.js";

const machine = (result: unknown) => ({ StartAt: "S", States: { S: { Type: "Pass", Result: result, End: true } } });

describe("state machines", () => {
  it("are made, described, listed, changed and deleted", async () => {
    const { sfn, create } = createStates();
    const arn = await create(machine(1), { name: "first" });
    expect(arn).toBe("arn:aws:states:us-east-1:123456789012:stateMachine:first");
    await create(machine(2), { name: "second", type: "EXPRESS" });
    expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).toMatchObject({
      name: "first",
      status: "ACTIVE",
      type: "STANDARD",
      roleArn: ROLE_ARN,
      definition: JSON.stringify(machine(1)),
      creationDate: new Date("2026-01-01T00:00:00Z"),
      loggingConfiguration: { level: "OFF" },
    });
    const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name, type }) => [name, type])).toEqual([
      ["first", "STANDARD"],
      ["second", "EXPRESS"],
    ]);
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition: JSON.stringify(machine(3)) }));
    expect((await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).definition).toBe(
      JSON.stringify(machine(3)),
    );
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).rejects.toBeInstanceOf(
      StateMachineDoesNotExist,
    );
  });

  it("stay as they are when the same is made again, and refuse another under the name", async () => {
    const { sfn, create } = createStates();
    const arn = await create(machine(1), { name: "m" });
    expect(await create(machine(1), { name: "m" })).toBe(arn);
    const other = new CreateStateMachineCommand({
      name: "m",
      roleArn: ROLE_ARN,
      definition: JSON.stringify(machine(2)),
    });
    await expect(sfn.send(other)).rejects.toBeInstanceOf(StateMachineAlreadyExists);
  });

  it("are refused with AWS's exceptions", async () => {
    const { sfn, create } = createStates();
    const make = (more: object) =>
      sfn.send(
        new CreateStateMachineCommand({
          name: "m",
          roleArn: ROLE_ARN,
          definition: JSON.stringify(machine(1)),
          ...more,
        }),
      );
    await expect(make({ name: "a b" })).rejects.toBeInstanceOf(InvalidName);
    await expect(make({ name: "a/b" })).rejects.toThrow("Invalid Name: 'a/b'");
    await expect(make({ name: "x".repeat(81) })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(
        /^1 validation error detected: Value 'x+' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80$/,
      ),
    });
    await expect(make({ roleArn: "role" })).rejects.toBeInstanceOf(InvalidArn);
    await expect(make({ definition: "{" })).rejects.toBeInstanceOf(InvalidDefinition);
    const unknown = {
      StartAt: "S",
      States: { S: { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", End: true } },
    };
    await expect(create(unknown)).rejects.toThrow(
      "Invalid State Machine Definition: 'INVALID_RESOURCE: The local AWS cannot run the resource 'arn:aws:states:::sqs:sendMessage'. Nothing was sent to AWS. at /States/S/Resource'",
    );
    await expect(make({ loggingConfiguration: { level: "ALL" } })).rejects.toThrow(
      "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    );
    const arn = await create(machine(1));
    await expect(sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn }))).rejects.toBeInstanceOf(
      MissingRequiredParameter,
    );
    await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn: "nonsense" }))).rejects.toBeInstanceOf(
      InvalidArn,
    );
  });

  it("have tags", async () => {
    const { sfn, create } = createStates();
    const resourceArn = await create(machine(1));
    await sfn.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: "a", value: "1" },
          { key: "b", value: "2" },
        ],
      }),
    );
    await sfn.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    expect((await sfn.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: "b", value: "2" }]);
    await expect(sfn.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` }))).rejects.toBeInstanceOf(
      ResourceNotFound,
    );
  });

  it("are checked without being made", async () => {
    const { sfn } = createStates();
    const check = (definition: string) => sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(await check(JSON.stringify(machine(1)))).toMatchObject({ result: "OK", diagnostics: [] });
    expect(await check('{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}')).toMatchObject({
      result: "FAIL",
      diagnostics: expect.arrayContaining([
        {
          severity: "ERROR",
          code: "MISSING_TRANSITION_TARGET",
          location: "/States/A/Next",
          message: "There is no state 'B'.",
        },
      ]),
    });
  });
});

it("names an operation that it does not have", async () => {
  const { sfn } = createStates();
  const target = "AWSStepFunctions.DoSomethingNew";
  sfn.middlewareStack.add(
    (next) => (sent) => {
      const request = sent.request as { readonly headers: Record<string, string> };
      for (const name of Object.keys(request.headers)) {
        if (name.toLowerCase() === "x-amz-target") request.headers[name] = target;
      }
      return next(sent);
    },
    { step: "build", priority: "low" },
  );
  await expect(sfn.send(new ListStateMachinesCommand({}))).rejects.toMatchObject({
    code: "LOCAL_OPERATION_UNSUPPORTED",
    details: { service: "states", operation: "DoSomethingNew" },
  });
});
