import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import type { State, StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { ROLE_ARN } from "../helpers/contracts.js";

const FAIL: State = { Type: "Fail", Error: "Wrong", Cause: "It is wrong." };
const scope = (state: State) => ({ StartAt: "Inner", States: { Inner: state } });
const machineOf = (state: State): StateMachineDefinition => ({ StartAt: "Outer", States: { Outer: state } });

async function deploy(local: LocalAws, definition: StateMachineDefinition) {
  const sfn = new SFNClient(local.clientConfig);
  const { stateMachineArn } = await deployStateMachine({ name: "m", definition, roleArn: ROLE_ARN, clients: { sfn } });
  const executions = async () => (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
  return { sfn, stateMachineArn, executions };
}

describe("an execution that fails", () => {
  it.each<[string, StateMachineDefinition, string]>([
    ["the first state", machineOf(FAIL), "Outer"],
    [
      "a branch",
      machineOf({
        Type: "Parallel",
        Branches: [{ StartAt: "Fine", States: { Fine: { Type: "Pass", End: true } } }, scope(FAIL)],
        End: true,
      }),
      "Inner",
    ],
    ["an item", machineOf({ Type: "Map", ItemsPath: "$", ItemProcessor: scope(FAIL), End: true }), "Inner"],
    [
      "an expression",
      { QueryLanguage: "JSONata", ...machineOf({ Type: "Pass", Output: "{% $states.input.missing %}", End: true }) },
      "Outer",
    ],
  ])("says that it failed in %s", async (_where, definition, failedState) => {
    await using local = await createLocalAws();
    const { sfn, stateMachineArn } = await deploy(local, definition);
    const running = runExecution({ stateMachineArn, input: [1, 2], clients: { sfn }, pollIntervalMs: 1 });
    await expect(running).rejects.toMatchObject({
      code: "EXECUTION_FAILED",
      details: { status: "FAILED", failedState, error: expect.any(String) },
    });
  });
});

describe("a start whose answer is lost", () => {
  it("is found again by its name, also when the execution has ended meanwhile", async () => {
    await using local = await createLocalAws();
    const { sfn, stateMachineArn, executions } = await deploy(local, machineOf({ Type: "Pass", Result: 7, End: true }));
    let losses = 0;
    sfn.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        if (context["commandName"] !== "StartExecutionCommand" || losses++ > 0) return answer;
        const { executionArn } = answer.output as { readonly executionArn: string };
        while ((await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === "RUNNING");
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET", name: "TimeoutError" });
      },
      { step: "deserialize", priority: "high" },
    );
    const { output } = await runExecution({
      stateMachineArn: stateMachineArn,
      clients: { sfn },
      pollIntervalMs: 1,
    });
    expect([output, losses, (await executions()).length]).toEqual([7, 1, 1]);
  });

  it("is stopped when the caller has given up and asked for that", async () => {
    await using local = await createLocalAws();
    const { sfn, stateMachineArn, executions } = await deploy(
      local,
      machineOf({ Type: "Wait", Seconds: 60, End: true }),
    );
    const abort = new AbortController();
    const reason = new Error("enough");
    sfn.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        if (context["commandName"] !== "StartExecutionCommand") return answer;
        abort.abort(reason);
        throw new Error("the answer is lost");
      },
      { step: "initialize" },
    );
    const running = runExecution({ stateMachineArn, clients: { sfn }, signal: abort.signal, onAbort: "stop" });
    await expect(running).rejects.toBe(reason);
    expect((await executions()).map(({ status }) => status)).toEqual(["ABORTED"]);
  });
});
