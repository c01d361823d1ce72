import {
  CreateStateMachineAliasCommand,
  DescribeStateMachineAliasCommand,
  type DescribeStateMachineAliasCommandOutput,
  ResourceNotFound,
  UpdateStateMachineAliasCommand,
} from "@aws-sdk/client-sfn";
import { abortable } from "../../core/abort.js";
import { isRefusal } from "../../core/refusal.js";
import type { ResolvedDeployOptions } from "./deploy-options.js";
import type { Deployment } from "./deployment.js";

type Alias = NonNullable<ResolvedDeployOptions["alias"]>;
type Routes = readonly { readonly stateMachineVersionArn: string; readonly weight: number }[];

/**
 * Points an alias to a version, and leaves the version before the share that was asked for.
 *
 * @param deployment - The deployment.
 * @param alias - The alias.
 * @param place - The machine, and its version.
 * @returns ARN of the alias.
 * @internal
 */
export async function pointAlias(
  deployment: Deployment,
  alias: Alias,
  place: { readonly stateMachineArn: string; readonly versionArn: string },
): Promise<string> {
  const { client, signal, created } = deployment;
  const { name, description } = alias;
  const arn = `${place.stateMachineArn}:${name}`;
  const current = await findAlias(deployment, arn);
  const routingConfiguration = [...routesOf(alias, place.versionArn, current)];
  const described = description === undefined ? {} : { description };
  if (current === undefined) {
    const request = { name, routingConfiguration, ...described };
    try {
      await abortable(signal, (send) => client.send(new CreateStateMachineAliasCommand(request), send));
    } catch (error) {
      if (!isRefusal(error)) created.add("alias", arn);
      throw error;
    }
    created.add("alias", arn);
  } else {
    const isDescribed = description === undefined || description === current.description;
    if (isDescribed && showRoutes(current.routingConfiguration) === showRoutes(routingConfiguration)) return arn;
    const request = { stateMachineAliasArn: arn, routingConfiguration, ...described };
    await abortable(signal, (send) => client.send(new UpdateStateMachineAliasCommand(request), send));
  }
  deployment.tell({ type: "aliased", arn });
  return arn;
}

async function findAlias(
  { client, signal }: Deployment,
  stateMachineAliasArn: string,
): Promise<DescribeStateMachineAliasCommandOutput | undefined> {
  try {
    return await abortable(signal, (send) =>
      client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }), send),
    );
  } catch (error) {
    if (error instanceof ResourceNotFound) return undefined;
    throw error;
  }
}

/** Of two versions the one before is the one that had most of the executions. */
function routesOf(
  { previousWeight }: Alias,
  versionArn: string,
  current: DescribeStateMachineAliasCommandOutput | undefined,
): Routes {
  const others = (current?.routingConfiguration ?? []).filter((route) => route.stateMachineVersionArn !== versionArn);
  const [previous] = others.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  const previousArn = previous?.stateMachineVersionArn;
  if (previousArn === undefined || previousWeight === 0) return [{ stateMachineVersionArn: versionArn, weight: 100 }];
  return [
    { stateMachineVersionArn: versionArn, weight: 100 - previousWeight },
    { stateMachineVersionArn: previousArn, weight: previousWeight },
  ];
}

function showRoutes(routes: DescribeStateMachineAliasCommandOutput["routingConfiguration"]): string {
  const shown = (routes ?? []).map(({ stateMachineVersionArn, weight }) => `${stateMachineVersionArn} ${weight}`);
  return shown.toSorted().join(", ");
}
