import type { FunctionRegistry } from "../../functions.js";
import type { Inbox } from "../../inbox.js";
import type { PublishedEvent } from "../../published-event.js";
import type { PublishedMessage } from "../../published-message.js";
import { createActivityIntegration } from "./activity-integration.js";
import type { ActivityQueue } from "./activity-queue.js";
import { createEventsIntegration } from "./events-integration.js";
import { createLambdaIntegrations } from "./lambda-integration.js";
import { createNestedExecutionIntegration, type NestedExecutions } from "./nested-execution-integration.js";
import { createSageMakerIntegration } from "./sagemaker-integration.js";
import { createSdkIntegration } from "./sdk-integration.js";
import type { SdkClients } from "./sdk-services.js";
import { createSnsIntegrations } from "./sns-integration.js";
import { acceptCallbacks, type TaskIntegration } from "./task-integration.js";
import type { TaskTokens } from "./task-tokens.js";

/** What the work of Task states needs. @internal */
export interface TaskParts {
  readonly functions: FunctionRegistry;
  readonly tokens: TaskTokens;
  readonly activities: { queueOf(arn: string): ActivityQueue | undefined };
  /** Executions that tasks start; asked for when one does. */
  readonly executions: () => NestedExecutions;
  /** Clients of the other services, asked for when a task calls one; without them no task can. */
  readonly sdkClients: (() => SdkClients) | undefined;
  /** Receives what is published to topics. */
  readonly inbox: Inbox<PublishedMessage>;
  /** Receives what is sent to event buses. */
  readonly eventInbox: Inbox<PublishedEvent>;
  /** Fires when the local AWS is closed. */
  readonly closing: AbortSignal;
}

/**
 * Makes everything that Task states can use.
 *
 * @param parts - See {@link TaskParts}.
 * @returns The integrations.
 * @internal
 */
export function createTaskIntegrations(parts: TaskParts): readonly TaskIntegration[] {
  const { functions, tokens, activities, executions, sdkClients, inbox, eventInbox, closing } = parts;
  const { invoke, sdkInvoke, functionArn } = createLambdaIntegrations(functions, closing);
  const calls = [
    invoke,
    sdkInvoke,
    createNestedExecutionIntegration(executions),
    ...createSnsIntegrations(inbox),
    createEventsIntegration(eventInbox),
    ...(sdkClients === undefined ? [] : [createSdkIntegration(sdkClients)]),
  ];
  return [
    ...calls,
    ...calls.map((integration) => acceptCallbacks(integration, tokens)),
    functionArn,
    ...(sdkClients === undefined ? [] : [createSageMakerIntegration(sdkClients)]),
    createActivityIntegration((arn) => activities.queueOf(arn), tokens),
  ];
}
