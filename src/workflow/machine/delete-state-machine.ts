import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  SFNClient,
  StateMachineDoesNotExist,
} from "@aws-sdk/client-sfn";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { StepFunctionsClients } from "../../core/clients.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { stateMachineArnSchema } from "./machine-names.js";

/** Options of {@link deleteStateMachine}. */
export interface DeleteStateMachineOptions {
  /** ARN of the state machine. */
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
 * Deletes a state machine and waits until it is gone, so that its name is free. One that is not there any more counts
 * as deleted. AWS lets executions that run come to their end first; stop them, or wait long enough. Needs
 * `states:DeleteStateMachine` and `DescribeStateMachine`.
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
  const { stateMachineArn, timeoutMs, pollIntervalMs, clients, signal } = parseOptions(
    "deleteStateMachine",
    OptionsSchema,
    options,
  );
  await useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      let lastStatus: string | undefined;
      const isGone = async (): Promise<true | undefined> => {
        try {
          const seen = await abortable(signal, (send) =>
            client.send(new DescribeStateMachineCommand({ stateMachineArn }), send),
          );
          lastStatus = seen.status;
          return undefined;
        } catch (error) {
          if (error instanceof StateMachineDoesNotExist) return true;
          throw error;
        }
      };
      await abortable(signal, (send) => client.send(new DeleteStateMachineCommand({ stateMachineArn }), send));
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
    },
  );
}
