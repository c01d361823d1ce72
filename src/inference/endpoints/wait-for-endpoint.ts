import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import { poll } from "../../core/poll.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { EndpointFailure } from "./endpoint-failure.js";

/** How to wait. @internal */
export interface WaitOptions {
  readonly client: SageMakerClient;
  readonly name: string;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onStatus: (status: string) => void;
  /** What a caller can do when it takes too long. */
  readonly remedy: string;
}

const BAD = new Set(["Failed", "OutOfService", "UpdateRollbackFailed"]);

/** Waits until an endpoint is in service. @internal */
export async function waitUntilInService(options: WaitOptions): Promise<DescribeEndpointCommandOutput> {
  const { client, name, signal, timeoutMs, pollIntervalMs, remedy } = options;
  let lastStatus: string | undefined;
  return poll({
    timeoutMs,
    intervalMs: pollIntervalMs,
    signal,
    check: async () => {
      const seen = await abortable(signal, (send) =>
        client.send(new DescribeEndpointCommand({ EndpointName: name }), send),
      );
      const status = seen.EndpointStatus ?? "Creating";
      if (status !== lastStatus) options.onStatus(status);
      lastStatus = status;
      if (BAD.has(status)) throw new EndpointFailure(status, seen.FailureReason);
      return status === "InService" ? seen : undefined;
    },
    onTimeout: (elapsed) => waitTimeout(`endpoint ${name}`, elapsed, lastStatus, remedy),
  });
}
