import { isDeepStrictEqual } from "node:util";
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
  paginateListStateMachines,
  SFNClient,
  StateMachineAlreadyExists,
  TagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { StepFunctionsClients } from "../../core/clients.js";
import { RoleArnSchema } from "../../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { checkDefinition } from "../checks/check-definition.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { DefinitionError } from "../workflow-errors.js";
import { machineNameSchema } from "./machine-names.js";

/** Options of {@link deployStateMachine}. */
export interface DeployStateMachineOptions {
  /** Name of the state machine, 1 to 80 characters, unique in account and region. */
  readonly name: string;
  /** The definition, as an object or as JSON text. */
  readonly definition: StateMachineDefinition | string;
  /** Role that the state machine works with; it needs `lambda:InvokeFunction` on the functions. */
  readonly roleArn: string;
  /** Tags to set; tags that are there already and not named here stay. @defaultValue none */
  readonly tags?: Readonly<Record<string, string>>;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: StepFunctionsClients;
  /** Ends the work; what AWS was told by then stays. */
  readonly signal?: AbortSignal;
}

/** A state machine on AWS: what {@link deployStateMachine} returns and `runExecution` takes. */
export interface DeployedStateMachine {
  /** ARN of the state machine. */
  readonly stateMachineArn: string;
  /** Whether it is new, was changed, or was as asked already. */
  readonly created: "created" | "updated" | "unchanged";
}

const OptionsSchema = z.strictObject({
  name: machineNameSchema,
  // Passed through uncloned; checkDefinition judges it.
  definition: z.custom<StateMachineDefinition | string>(
    (value) => typeof value === "string" || (typeof value === "object" && value !== null),
    "must be a definition or its JSON text",
  ),
  roleArn: RoleArnSchema,
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
  clients: z.object({ sfn: clientSchema<SFNClient>("SFNClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

interface DeployTask {
  readonly client: SFNClient;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Creates a state machine, or brings the one of that name up to date; when nothing differs, AWS is only asked and
 * nothing is changed. The definition is checked first. Executions that run go on with the old definition, and for some
 * seconds after an update AWS may start new ones with it too. Needs `states:ListStateMachines`, `CreateStateMachine`,
 * `DescribeStateMachine`, `UpdateStateMachine`, `iam:PassRole` for the role, and for tags `states:ListTagsForResource`
 * and `TagResource`.
 *
 * @param options - See {@link DeployStateMachineOptions}.
 * @returns The ARN, and what was done.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link DefinitionError} `DEFINITION_INVALID` when `checkDefinition` finds an error; nothing was sent.
 *
 * @example
 * ```ts
 * import { buildInferenceWorkflow, deployStateMachine } from "scones-ml/workflow";
 *
 * const { stateMachineArn } = await deployStateMachine({
 *   name: "scones-inference",
 *   definition: buildInferenceWorkflow({
 *     functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 *   }),
 *   roleArn: "arn:aws:iam::123456789012:role/scones",
 * });
 * console.log(stateMachineArn);
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
 */
export async function deployStateMachine(options: DeployStateMachineOptions): Promise<DeployedStateMachine> {
  const { name, definition, roleArn, tags, clients, signal } = parseOptions(
    "deployStateMachine",
    OptionsSchema,
    options,
  );
  refuseErrors(name, definition);
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  return useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      const tagList = Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));
      const task: DeployTask = { client, name, definition: text, roleArn, tags: tagList, signal };
      const existing = await findByName(task);
      if (existing !== undefined) return update(task, existing);
      try {
        return { stateMachineArn: await create(task), created: "created" };
      } catch (error) {
        // The list lags behind, or somebody else was faster: then there is one to update.
        const other = error instanceof StateMachineAlreadyExists ? await findByName(task) : undefined;
        if (other === undefined) throw error;
        return update(task, other);
      }
    },
  );
}

function refuseErrors(name: string, definition: unknown): void {
  const issues = checkDefinition(definition).filter(({ severity }) => severity === "error");
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? "" : ` (${issues.length - 1} more in details.issues)`;
  throw new DefinitionError({
    code: "DEFINITION_INVALID",
    message: `The definition of state machine ${name} is not valid: at ${first.path === "" ? "its top" : first.path}: ${first.message}${more} ${first.remedy}`,
    details: { name, issues: issues.map(({ path, code, message, remedy }) => ({ path, code, message, remedy })) },
  });
}

async function findByName({ client, name, signal }: DeployTask): Promise<string | undefined> {
  return abortable(signal, async (send) => {
    for await (const page of paginateListStateMachines({ client }, { maxResults: 1000 }, send)) {
      const found = page.stateMachines?.find((machine) => machine.name === name);
      if (found !== undefined) return found.stateMachineArn;
    }
    return undefined;
  });
}

async function create({ client, name, definition, roleArn, tags, signal }: DeployTask): Promise<string> {
  const request = { name, definition, roleArn, ...(tags.length === 0 ? {} : { tags: [...tags] }) };
  const answer = await abortable(signal, (send) => client.send(new CreateStateMachineCommand(request), send));
  return answer.stateMachineArn ?? "";
}

async function update(task: DeployTask, stateMachineArn: string): Promise<DeployedStateMachine> {
  const { client, definition, roleArn, signal } = task;
  const current = await abortable(signal, (send) =>
    client.send(new DescribeStateMachineCommand({ stateMachineArn }), send),
  );
  const isChanged = current.roleArn !== roleArn || !isSameJson(current.definition ?? "", definition);
  if (isChanged) {
    const request = { stateMachineArn, definition, roleArn };
    await abortable(signal, (send) => client.send(new UpdateStateMachineCommand(request), send));
  }
  const isTagged = await setMissingTags(task, stateMachineArn);
  return { stateMachineArn, created: isChanged || isTagged ? "updated" : "unchanged" };
}

async function setMissingTags({ client, tags, signal }: DeployTask, resourceArn: string): Promise<boolean> {
  if (tags.length === 0) return false;
  const { tags: current = [] } = await abortable(signal, (send) =>
    client.send(new ListTagsForResourceCommand({ resourceArn }), send),
  );
  const missing = tags.filter(({ key, value }) => !current.some((tag) => tag.key === key && tag.value === value));
  if (missing.length === 0) return false;
  await abortable(signal, (send) => client.send(new TagResourceCommand({ resourceArn, tags: missing }), send));
  return true;
}

function isSameJson(one: string, other: string): boolean {
  try {
    return one === other || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    // What is on AWS is not JSON as we read it, so it is not the same.
    return false;
  }
}
