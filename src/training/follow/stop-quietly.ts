import { type SageMakerClient, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { withDeadline } from "./with-deadline.js";

const LIMIT_MS = 30_000;

/**
 * Stops a job; one that ended meanwhile, or an AWS that cannot be reached, must not hide why the wait ended, nor
 * hold it up for long.
 *
 * @param client - The SageMaker client.
 * @param trainingJobName - Name of the job.
 * @internal
 */
export async function stopQuietly(client: SageMakerClient, trainingJobName: string): Promise<void> {
  const command = new StopTrainingJobCommand({ TrainingJobName: trainingJobName });
  await withDeadline({ timeoutMs: LIMIT_MS, onTimeout: () => new Error("StopTrainingJob took too long") }, (signal) =>
    client.send(command, { abortSignal: signal }),
  ).catch(() => undefined);
}
