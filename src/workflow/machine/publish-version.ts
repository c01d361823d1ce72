import {
  DescribeStateMachineCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
} from "@aws-sdk/client-sfn";
import { abortable } from "../../core/abort.js";
import type { Deployment } from "./deployment.js";

/** The machine to publish. @internal */
export interface PublishedRevision {
  readonly stateMachineArn: string;
  /** Its revision; absent before its first change. */
  readonly revisionId: string | undefined;
  /** Whether it can have versions already. */
  readonly isNew: boolean;
}

/**
 * Publishes a machine as it stands, unless its newest version is that already. A machine that somebody else changed in
 * the meantime is not published: AWS refuses with its `ConflictException`.
 *
 * @param deployment - The deployment.
 * @param revision - What to publish.
 * @returns ARN of the version.
 * @internal
 */
export async function publishVersion(
  deployment: Deployment,
  { stateMachineArn, revisionId, isNew }: PublishedRevision,
): Promise<string> {
  const { client, signal, options, created } = deployment;
  const newest = isNew ? undefined : await findNewest(deployment, stateMachineArn);
  if (newest !== undefined && (newest.revisionId ?? INITIAL) === (revisionId ?? INITIAL)) return newest.arn;
  const request = {
    stateMachineArn,
    revisionId: revisionId ?? INITIAL,
    ...(typeof options.publish === "string" ? { description: options.publish } : {}),
  };
  const answer = await abortable(signal, (send) => client.send(new PublishStateMachineVersionCommand(request), send));
  const arn = answer.stateMachineVersionArn ?? "";
  created.add("version", arn);
  deployment.tell({ type: "published", arn });
  return arn;
}

/** How a revision is called that has no id yet. Source: API reference, "PublishStateMachineVersion". */
const INITIAL = "INITIAL";

async function findNewest({ client, signal }: Deployment, stateMachineArn: string) {
  const { stateMachineVersions = [] } = await abortable(signal, (send) =>
    client.send(new ListStateMachineVersionsCommand({ stateMachineArn, maxResults: 1 }), send),
  );
  const arn = stateMachineVersions[0]?.stateMachineVersionArn;
  if (arn === undefined) return undefined;
  const request = { stateMachineArn: arn, includedData: "METADATA_ONLY" } as const;
  const { revisionId } = await abortable(signal, (send) => client.send(new DescribeStateMachineCommand(request), send));
  return { arn, revisionId };
}
