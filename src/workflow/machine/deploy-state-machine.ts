import {
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StateMachineAlreadyExists,
  TagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { abortable } from "../../core/abort.js";
import { parseOptions } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { StateMachineError } from "../workflow-errors.js";
import { findChanges, toConfiguration } from "./configuration.js";
import { createMachine, findByName } from "./create-machine.js";
import { CreatedParts } from "./created-parts.js";
import { DeployOptionsSchema, type DeployStateMachineOptions } from "./deploy-options.js";
import type { Deployment } from "./deployment.js";
import { pointAlias } from "./point-alias.js";
import { type PublishedRevision, publishVersion } from "./publish-version.js";
import { refuseErrors } from "./refuse-errors.js";

/** A state machine on AWS: what {@link deployStateMachine} returns and `runExecution` takes. */
export interface DeployedStateMachine {
  /** ARN of the state machine. */
  readonly stateMachineArn: string;
  /** Whether it is new, something of it was changed, or all was as asked already. */
  readonly created: "created" | "updated" | "unchanged";
  /** ARN of the version, where one was asked for; executions can be started with it. */
  readonly versionArn?: string;
  /** ARN of the alias, where one was asked for; executions can be started with it. */
  readonly aliasArn?: string;
}

/**
 * Creates a state machine, or brings the one of that name up to date; when nothing differs, AWS is only asked and
 * nothing is changed. The definition is checked first. Executions that run go on with the old definition, and for some
 * seconds after an update AWS may start new ones with it too; those of a version or alias are not affected. When a step
 * fails or the signal fires, what this call created is removed again, but a machine that it had changed stays so. Needs
 * `states:ListStateMachines`, `CreateStateMachine`, `DescribeStateMachine`, `UpdateStateMachine`, `DeleteStateMachine`,
 * `iam:PassRole` for the role; for tags `states:ListTagsForResource` and `TagResource`; for a version
 * `ListStateMachineVersions`, `PublishStateMachineVersion`, `DeleteStateMachineVersion`; and for an alias
 * `DescribeStateMachineAlias`, `CreateStateMachineAlias`, `UpdateStateMachineAlias` and `DeleteStateMachineAlias`.
 *
 * @param options - See {@link DeployStateMachineOptions}.
 * @returns The ARNs, and what was done.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link DefinitionError} `DEFINITION_INVALID` when `checkDefinition` finds an error; nothing was sent.
 * @throws {@link StateMachineError} `STATE_MACHINE_CONFLICT` when the name is taken by a machine that must not or cannot
 *   be changed; `STATE_MACHINE_LEFT` when a step failed and something could not be removed again.
 *
 * @example
 * ```ts
 * import { buildInferenceWorkflow, deployStateMachine } from "scones-ml/workflow";
 *
 * const { aliasArn } = await deployStateMachine({
 *   name: "scones-inference",
 *   definition: buildInferenceWorkflow({
 *     functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 *   }),
 *   roleArn: "arn:aws:iam::123456789012:role/scones",
 *   publish: true,
 *   alias: { name: "live", previousWeight: 90 },
 * });
 * console.log(aliasArn);
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
 */
export async function deployStateMachine(options: DeployStateMachineOptions): Promise<DeployedStateMachine> {
  const resolved = parseOptions("deployStateMachine", DeployOptionsSchema, options);
  const { name, definition, clients, signal, onProgress } = resolved;
  refuseErrors(name, definition);
  return useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      const created = new CreatedParts(client);
      let isChanged = false;
      const deployment: Deployment = {
        client,
        options: resolved,
        signal,
        created,
        tell: (event) => {
          isChanged = true;
          onProgress?.(event);
        },
      };
      try {
        const machine = await createOrUpdate(deployment);
        const published = await publish(deployment, machine);
        const change = isChanged ? "updated" : "unchanged";
        return {
          stateMachineArn: machine.stateMachineArn,
          created: machine.isNew ? "created" : change,
          ...published,
        };
      } catch (error) {
        const { removed, left } = await created.removeAll();
        if (!created.isEmpty) onProgress?.({ type: "cleanup", removed, left });
        throw left.length === 0 || signal?.aborted ? error : describeLeft(name, left, error);
      }
    },
  );
}

async function createOrUpdate(deployment: Deployment): Promise<PublishedRevision> {
  const existing = await findByName(deployment);
  if (existing !== undefined) return update(deployment, existing);
  try {
    return { stateMachineArn: await createMachine(deployment), revisionId: undefined, isNew: true };
  } catch (error) {
    // The list lags behind, or somebody else was faster: then there is one to update.
    const other = error instanceof StateMachineAlreadyExists ? await findByName(deployment) : undefined;
    if (other === undefined) throw error;
    return update(deployment, other);
  }
}

async function update(deployment: Deployment, stateMachineArn: string): Promise<PublishedRevision> {
  const { client, options, signal } = deployment;
  const { existing, name, type } = options;
  if (existing === "refuse") throw describeConflict(name, stateMachineArn, "exists");
  const current = await abortable(signal, (send) =>
    client.send(new DescribeStateMachineCommand({ stateMachineArn }), send),
  );
  if (current.status === "DELETING") throw describeConflict(name, stateMachineArn, "deleting");
  if ((current.type ?? "STANDARD") !== type) throw describeConflict(name, stateMachineArn, "type");
  const changes = findChanges(current, toConfiguration(options));
  let { revisionId } = current;
  if (Object.keys(changes).length > 0) {
    const request = new UpdateStateMachineCommand({ stateMachineArn, ...changes });
    const answer = await abortable(signal, (send) => client.send(request, send));
    revisionId = answer.revisionId ?? revisionId;
    deployment.tell({ type: "updated", arn: stateMachineArn });
  }
  await setMissingTags(deployment, stateMachineArn);
  return { stateMachineArn, revisionId, isNew: false };
}

async function setMissingTags(deployment: Deployment, resourceArn: string): Promise<void> {
  const { client, options, signal } = deployment;
  const tags = Object.entries(options.tags ?? {}).map(([key, value]) => ({ key, value }));
  if (tags.length === 0) return;
  const { tags: current = [] } = await abortable(signal, (send) =>
    client.send(new ListTagsForResourceCommand({ resourceArn }), send),
  );
  const missing = tags.filter(({ key, value }) => !current.some((tag) => tag.key === key && tag.value === value));
  if (missing.length === 0) return;
  await abortable(signal, (send) => client.send(new TagResourceCommand({ resourceArn, tags: missing }), send));
  deployment.tell({ type: "tagged", arn: resourceArn });
}

async function publish(
  deployment: Deployment,
  machine: PublishedRevision,
): Promise<Pick<DeployedStateMachine, "versionArn" | "aliasArn">> {
  const { alias, publish: isAsked } = deployment.options;
  if (isAsked === false) return {};
  const { stateMachineArn } = machine;
  const versionArn = await publishVersion(deployment, machine);
  if (alias === undefined) return { versionArn };
  return { versionArn, aliasArn: await pointAlias(deployment, alias, { stateMachineArn, versionArn }) };
}

function describeConflict(name: string, stateMachineArn: string, reason: "exists" | "type" | "deleting") {
  const texts = {
    exists: `There is a state machine ${name} already; take another name, or let it be changed with existing: "update".`,
    type: `State machine ${name} is of the other type, which cannot be changed; take another name or delete it first.`,
    deleting: `State machine ${name} is being deleted; wait for that with deleteStateMachine, and deploy again.`,
  };
  return new StateMachineError({
    code: "STATE_MACHINE_CONFLICT",
    message: texts[reason],
    details: { stateMachineArn, reason },
  });
}

function describeLeft(name: string, left: readonly string[], cause: unknown): StateMachineError {
  return new StateMachineError({
    code: "STATE_MACHINE_LEFT",
    message: `State machine ${name} could not be deployed, and what was created could not all be removed. Still there and to be deleted: ${left.join(", ")}.`,
    details: { name, left },
    cause,
  });
}
