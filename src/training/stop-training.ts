import { SageMakerClient, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../core/abort.js";
import type { SageMakerClients } from "../core/clients.js";
import { ResourceNameSchema } from "../core/names.js";
import { clientSchema, parseOptions, signalSchema } from "../core/options.js";
import { useClient } from "../core/use-client.js";

/** Options of {@link stopTraining}. */
export interface StopTrainingOptions {
  /** Name of the training job. */
  readonly trainingJobName: string;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up the call. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  trainingJobName: ResourceNameSchema.min(1),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).default({}),
  signal: signalSchema.optional(),
});

/**
 * Asks SageMaker to stop a training job, which ends the bill. The job ends as Stopped within about two minutes.
 * Needs the permission `sagemaker:StopTrainingJob`.
 *
 * @param options - See {@link StopTrainingOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { stopTraining } from "scones-ml/training";
 *
 * await stopTraining({ trainingJobName: "scones-2026-11-24-09-30-00-123-9f2c" });
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
 */
export async function stopTraining(options: StopTrainingOptions): Promise<void> {
  const { trainingJobName, clients, signal } = parseOptions("stopTraining", OptionsSchema, options);
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    (client) =>
      abortable(signal, (send) => client.send(new StopTrainingJobCommand({ TrainingJobName: trainingJobName }), send)),
  );
}
