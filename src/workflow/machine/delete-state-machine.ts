import { DescribeStateMachineCommand, SFNClient, StateMachineDoesNotExist } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { StepFunctionsClients } from "../../core/clients.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { removePart } from "./created-parts.js";
import { stateMachineArnSchema } from "./machine-names.js";

/** Options of {@link deleteStateMachine}. */
export interface DeleteStateMachineOptions {
  /** ARN of the state machine, or of one of its versions or aliases, of which then nothing else is deleted. */
  readonly stateMachineArn: string;
  /** Milliseconds to wait until it is gone. @defaultValue `300000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: StepFunctionsClients;
  /** Ends the wait; AWS goes on deleting. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  stateMachineArn: stateMachineArnSchema,
  timeoutMs: z.number().positive().default(300_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sfn: clientSchema<SFNClient>("SFNClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
});

/**
 * Deletes a state machine with all its versions and aliases, and waits until it is gone, so that its name is free. One
 * that is not there any more counts as deleted. AWS keeps it until its executions have ended, and ends them at their next
 * transition. Given the ARN of a version or an alias, only that is deleted; a version that an alias leads to is refused
 * by AWS. Needs `states:DeleteStateMachine` and `DescribeStateMachine`, or `DeleteStateMachineVersion` or
 * `DeleteStateMachineAlias`.
 *
 * @param options - See {@link DeleteStateMachineOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it is still being deleted; AWS goes on with it.
 *
 * @example
 * ```ts
 * import { deleteStateMachine } from "scones-ml/workflow";
 *
 * await deleteStateMachine({ stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:scones-inference" });
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
 */
export async function deleteStateMachine(options: DeleteStateMachineOptions): Promise<void> {
  const resolved = parseOptions("deleteStateMachine", OptionsSchema, options);
  const { stateMachineArn, clients, signal } = resolved;
  const qualifier = stateMachineArn.split(":")[7];
  const isVersion = qualifier !== undefined && /^\d+$/.test(qualifier);
  const kind = qualifier === undefined ? "state machine" : isVersion ? "version" : "alias";
  await useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      await abortable(signal, (send) => removePart(client, kind, stateMachineArn, send));
      if (kind === "state machine") await waitUntilGone(client, resolved);
    },
  );
}

async function waitUntilGone(client: SFNClient, options: z.output<typeof OptionsSchema>): Promise<void> {
  const { stateMachineArn, timeoutMs, pollIntervalMs, signal } = options;
  let lastStatus: string | undefined;
  const isGone = async (): Promise<true | undefined> => {
    try {
      const request = new DescribeStateMachineCommand({ stateMachineArn });
      lastStatus = (await abortable(signal, (send) => client.send(request, send))).status;
      return undefined;
    } catch (error) {
      if (error instanceof StateMachineDoesNotExist) return true;
      throw error;
    }
  };
  await poll({
    timeoutMs,
    intervalMs: pollIntervalMs,
    signal,
    check: isGone,
    onTimeout: (elapsed) =>
      waitTimeout(
        `state machine ${stateMachineArn} to go`,
        elapsed,
        lastStatus,
        "Executions that still run hold it; stop them, or call deleteStateMachine again later.",
      ),
  });
}
