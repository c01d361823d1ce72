import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { LogsClient } from "../../core/clients.js";

/** The optional package, and a client to use it with. @internal */
export interface LogsAccess {
  /** The commands. */
  readonly commands: Pick<
    typeof import("@aws-sdk/client-cloudwatch-logs"),
    "DescribeLogStreamsCommand" | "GetLogEventsCommand"
  >;
  /** Sends them. */
  readonly client: Pick<CloudWatchLogsClient, "send">;
}

/**
 * Loads the optional package for CloudWatch Logs. Without a client of the caller one is made that goes where the
 * SageMaker client goes: same region, same credentials, same connections, and so also to a local AWS.
 *
 * @param given - The caller's client.
 * @param sagemaker - The SageMaker client.
 * @returns What reads logs; `undefined` where the package is not installed.
 * @internal
 */
export async function openLogs(
  given: LogsClient | undefined,
  sagemaker: SageMakerClient,
): Promise<LogsAccess | undefined> {
  const package_ = await import("@aws-sdk/client-cloudwatch-logs").catch(() => undefined);
  if (package_ === undefined) return undefined;
  if (given !== undefined) return { commands: package_, client: given as unknown as LogsAccess["client"] };
  const { region, credentials, requestHandler, endpoint, isCustomEndpoint } = sagemaker.config;
  // It is never destroyed: its connections are those of the SageMaker client.
  const client = new package_.CloudWatchLogsClient({
    region,
    credentials,
    requestHandler,
    ...(isCustomEndpoint === true && endpoint !== undefined ? { endpoint } : {}),
  });
  return { commands: package_, client };
}
