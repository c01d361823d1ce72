import { SageMakerClient, StopHyperParameterTuningJobCommand } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import { clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { tuningJobFields } from "./build-tuning-job-request.js";

/** Options of {@link stopTuning}. */
export interface StopTuningOptions {
  /** Name of the tuning job. */
  readonly tuningJobName: string;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up the call. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  tuningJobName: tuningJobFields.tuningJobName.unwrap(),
  clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).default({}),
  signal: signalSchema.optional(),
});

/**
 * Asks SageMaker to stop a tuning job and every training job of it, which ends the bill.
 * Needs the permission `sagemaker:StopHyperParameterTuningJob`.
 *
 * @param options - See {@link StopTuningOptions}.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { stopTuning } from "scones-ml/training";
 *
 * await stopTuning({ tuningJobName: "scones-261124093000-9f2c1a0b" });
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopHyperParameterTuningJob.html
 */
export async function stopTuning(options: StopTuningOptions): Promise<void> {
  const { tuningJobName, clients, signal } = parseOptions("stopTuning", OptionsSchema, options);
  const command = new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName });
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    (client) => abortable(signal, (send) => client.send(command, send)),
  );
}
