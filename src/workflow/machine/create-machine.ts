import { CreateStateMachineCommand, DescribeStateMachineCommand, paginateListStateMachines } from "@aws-sdk/client-sfn";
import { abortable } from "../../core/abort.js";
import { isRefusal } from "../../core/refusal.js";
import { findChanges, toConfiguration } from "./configuration.js";
import type { Deployment } from "./deployment.js";

/**
 * Looks a machine up.
 *
 * @param deployment - The deployment.
 * @returns Its ARN, or `undefined` where there is none of that name.
 * @internal
 */
export async function findByName({ client, options, signal }: Deployment): Promise<string | undefined> {
  return abortable(signal, async (send) => {
    for await (const page of paginateListStateMachines({ client }, { maxResults: 1000 }, send)) {
      const found = page.stateMachines?.find((machine) => machine.name === options.name);
      if (found !== undefined) return found.stateMachineArn;
    }
    return undefined;
  });
}

/**
 * Creates a machine and remembers it, also when it may be there although no answer came.
 *
 * @param deployment - The deployment.
 * @returns Its ARN.
 * @internal
 */
export async function createMachine(deployment: Deployment): Promise<string> {
  const { client, options, signal, created, tell } = deployment;
  const { name, type } = options;
  const tags = Object.entries(options.tags ?? {}).map(([key, value]) => ({ key, value }));
  const request = { name, type, ...toConfiguration(options), ...(tags.length === 0 ? {} : { tags }) };
  try {
    const answer = await abortable(signal, (send) => client.send(new CreateStateMachineCommand(request), send));
    const arn = answer.stateMachineArn ?? "";
    created.add("state machine", arn);
    tell({ type: "created", arn });
    return arn;
  } catch (error) {
    if (!isRefusal(error)) await rememberUnanswered(deployment);
    throw error;
  }
}

/** Without an answer nobody told the ARN. A machine of that name counts as made by this call when it is as asked. */
async function rememberUnanswered(deployment: Deployment): Promise<void> {
  const { client, options, created } = deployment;
  try {
    const stateMachineArn = await findByName({ ...deployment, signal: undefined });
    if (stateMachineArn === undefined) return;
    const found = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const isSame = Object.keys(findChanges(found, toConfiguration(options))).length === 0;
    if (isSame) created.add("state machine", stateMachineArn);
  } catch {
    // What happened first is what the caller has to know.
  }
}
