import { toAbortSignal } from "../../stop-signal.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { ActivityQueue } from "./activity-queue.js";
import type { TaskIntegration } from "./task-integration.js";
import type { TaskTokens } from "./task-tokens.js";

const ACTIVITY_ARN = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:activity:[^:]+$/;

/**
 * Lets Task states hand their work to the workers of an activity.
 *
 * @param queueOf - Finds the queue of an activity by its ARN.
 * @param tokens - The tokens of the tasks.
 * @returns The integration.
 * @internal
 */
export function createActivityIntegration(
  queueOf: (arn: string) => ActivityQueue | undefined,
  tokens: TaskTokens,
): TaskIntegration {
  const find = (arn: string): ActivityQueue => {
    const queue = queueOf(arn);
    if (queue !== undefined) return queue;
    throw new StateFailure("States.Runtime", `The activity ${arn} does not exist.`);
  };
  return {
    matches: (resource) => ACTIVITY_ARN.test(resource),
    events: "Activity",
    tokens,
    honoursSignal: true,
    admit: (resource) => void find(resource),
    async run({ resource, parameters, token = "", stop }) {
      return (await find(resource).offer({ token, input: jsonText(parameters) }, toAbortSignal(stop))) ?? null;
    },
  };
}
