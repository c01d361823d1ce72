import type { FunctionRegistry } from "../../functions.js";
import { createActivityIntegration } from "./activity-integration.js";
import type { ActivityQueue } from "./activity-queue.js";
import { createLambdaIntegrations } from "./lambda-integration.js";
import { acceptCallbacks, type TaskIntegration } from "./task-integration.js";
import type { TaskTokens } from "./task-tokens.js";

/** What the work of Task states needs. @internal */
export interface TaskParts {
  readonly functions: FunctionRegistry;
  readonly tokens: TaskTokens;
  /** Fires when the local AWS is closed. */
  readonly closing: AbortSignal;
  readonly activities: { queueOf(arn: string): ActivityQueue | undefined };
}

/**
 * Makes everything that Task states can use.
 *
 * @param parts - See {@link TaskParts}.
 * @returns The integrations.
 * @internal
 */
export function createTaskIntegrations(parts: TaskParts): readonly TaskIntegration[] {
  const { functions, tokens, closing, activities } = parts;
  const lambda = createLambdaIntegrations(functions, closing);
  return [
    lambda.invoke,
    lambda.functionArn,
    acceptCallbacks(lambda.invoke, tokens),
    createActivityIntegration((arn) => activities.queueOf(arn), tokens),
  ];
}
