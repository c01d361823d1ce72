import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";

/** Runs machines of one state on the whole local AWS. */
export function createMachines(local: LocalAws) {
  const { sfn } = local.clients;
  let count = 0;
  const create = async (state: object) => {
    const definition = JSON.stringify({ StartAt: "S", States: { S: { Type: "Task", End: true, ...state } } });
    const made = await sfn.send(
      new CreateStateMachineCommand({ name: `machine-${count++}`, definition, roleArn: ROLE_ARN }),
    );
    return made.stateMachineArn;
  };
  const start = async (state: object, input: unknown = {}) => {
    const stateMachineArn = await create(state);
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return started.executionArn ?? "";
  };
  const settle = async (executionArn: string) => {
    for (;;) {
      // First of all, so that a caller in a loop leaves jobs and endpoints their turn.
      await new Promise((resolve) => setImmediate(resolve));
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== "RUNNING") return described;
    }
  };
  const history = async (executionArn: string) =>
    (await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];
  const run = async (state: object, input: unknown = {}) => {
    const executionArn = await start(state, input);
    const { status, output, error, cause } = await settle(executionArn);
    const value = output === undefined ? undefined : (JSON.parse(output) as Readonly<Record<string, unknown>>);
    return { executionArn, status, output: value, error, cause };
  };
  /** Runs a task of the `aws-sdk` integration. */
  const call = (action: string, Parameters: object, input: unknown = {}) =>
    run({ Resource: `arn:aws:states:::aws-sdk:${action}`, Parameters }, input);
  return { create, start, settle, history, run, call };
}
