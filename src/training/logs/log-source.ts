import { abortable } from "../../core/abort.js";
import type { LogsAccess } from "./logs-client.js";

/** One event of a log. @internal */
export interface LogEvent {
  /** What was written; one line as a rule. */
  readonly message: string;
  /** Number of the instance that wrote it, from 1. */
  readonly instance: number;
  /** When it was written, in milliseconds since 1970. */
  readonly timestamp: number;
}

const GROUP = "/aws/sagemaker/TrainingJobs";

/**
 * The CloudWatch log of one training job: a stream for each instance, and another one each time that a spot
 * interruption starts it again. Every event is read once.
 *
 * @internal
 */
export class LogSource {
  readonly #access: LogsAccess;
  readonly #jobName: string;
  /** Where reading goes on, by stream. */
  readonly #tokens = new Map<string, string | undefined>();

  /**
   * @param access - What reads logs.
   * @param jobName - Name of the job.
   */
  constructor(access: LogsAccess, jobName: string) {
    this.#access = access;
    this.#jobName = jobName;
  }

  /**
   * Reads what was written since the last time.
   *
   * @param signal - Ends it.
   * @returns The events, page by page; none where the log is not there yet.
   */
  async *read(signal: AbortSignal): AsyncGenerator<readonly LogEvent[]> {
    for await (const stream of this.#streams(signal)) {
      const instance = Number(/\/algo-(\d+)/.exec(stream)?.[1] ?? 1);
      for (;;) {
        const token = this.#tokens.get(stream);
        const page = await this.#send(signal, stream, token);
        if (page === undefined) break;
        this.#tokens.set(stream, page.nextForwardToken ?? token);
        const events = page.events ?? [];
        if (events.length > 0) {
          yield events.map(({ message = "", timestamp = 0 }) => ({ message, instance, timestamp }));
        }
        // At its end a stream gives the token back that it was asked with. An empty page alone is no end.
        if (page.nextForwardToken === undefined || page.nextForwardToken === token) break;
      }
    }
  }

  async *#streams(signal: AbortSignal): AsyncGenerator<string> {
    const { client, commands } = this.#access;
    let nextToken: string | undefined;
    do {
      const request = { logGroupName: GROUP, logStreamNamePrefix: `${this.#jobName}/`, nextToken };
      const page = await orNothing(
        abortable(signal, (send) => client.send(new commands.DescribeLogStreamsCommand(request), send)),
      );
      for (const { logStreamName } of page?.logStreams ?? []) if (logStreamName !== undefined) yield logStreamName;
      nextToken = page?.nextToken;
    } while (nextToken !== undefined);
  }

  #send(signal: AbortSignal, logStreamName: string, nextToken: string | undefined) {
    const { client, commands } = this.#access;
    const request = { logGroupName: GROUP, logStreamName, nextToken, startFromHead: true };
    return orNothing(abortable(signal, (send) => client.send(new commands.GetLogEventsCommand(request), send)));
  }
}

/** The log is not there before the container starts. */
async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  });
}
