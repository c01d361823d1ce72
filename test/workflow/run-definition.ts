import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import type { LocalAws } from "../../src/local/local-aws.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { ROLE_ARN } from "../helpers/contracts.js";

let count = 0;

/** Makes a machine of a definition on the local AWS, runs it once, and gives how it ended. */
export async function runDefinition(
  local: LocalAws,
  definition: StateMachineDefinition,
  input: unknown,
  type: "STANDARD" | "EXPRESS" = "STANDARD",
) {
  const request = { name: `machine-${count++}`, definition: JSON.stringify(definition), roleArn: ROLE_ARN, type };
  const { stateMachineArn = "" } = await local.clients.sfn.send(new CreateStateMachineCommand(request));
  const { status, output, error, cause } = await local.runExecution({ stateMachineArn, input: JSON.stringify(input) });
  return { status, output: output === undefined ? undefined : (JSON.parse(output) as unknown), error, cause };
}
