import { parseOptions } from "../core/options.js";
import type { InjectedFault } from "./faults/fault-injector.js";
import type { LocalFault } from "./faults/fault-options.js";
import { openKept } from "./kept/kept.js";
import type { LocalFunction, LocalFunctionBundle, LocalFunctionOptions } from "./lambda/function-options.js";
import { type LocalAwsOptions, LocalAwsOptionsSchema } from "./local-aws-options.js";
import type { LocalAwsClients, LocalClientConfig } from "./local-clients.js";
import type { LocalExecution, LocalExecutionOptions } from "./local-execution.js";
import type { PublishedEvent } from "./published-event.js";
import type { PublishedMessage } from "./published-message.js";
import { createDirectoryStore } from "./s3/directory-store.js";
import { createMemoryStore } from "./s3/memory-store.js";
import { startServices } from "./start-services.js";
import { seededRandom } from "./states/intrinsics/random.js";
import { createVirtualClock } from "./states/virtual-clock.js";

/** Options of `listen`. */
export interface ListenOptions {
  /** The port. @defaultValue any free one */
  readonly port?: number;
}

/** A port that the local AWS answers on. */
export interface LocalListener {
  /** Its address, such as `http://127.0.0.1:4566`: the value of `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
}

/** An AWS that lives in this process. */
export interface LocalAws extends AsyncDisposable {
  /** SDK clients that reach it without a network; pass them as `clients`. */
  readonly clients: LocalAwsClients;
  /**
   * What to construct further SDK clients with, such as one of CloudWatch Logs:
   * `new CloudWatchLogsClient(local.clientConfig)`. For S3 add `forcePathStyle: true`, for Step Functions
   * `disableHostPrefix: true`.
   */
  readonly clientConfig: LocalClientConfig;
  /** Region of every ARN. */
  readonly region: string;
  /** Account of every ARN. */
  readonly accountId: string;
  /**
   * Makes a function known, as if it had been deployed to Lambda. A handler runs in this thread; a bundle runs in
   * threads of its own, so that neither a crash nor an endless loop of it reaches this process.
   *
   * @param name - Name of the function.
   * @param code - The handler, as Lambda would call it, or a built bundle that exports it.
   * @param options - See {@link LocalFunctionOptions}.
   * @returns The function's ARN, for a state machine.
   * @throws {@link core!InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong or the name is taken.
   */
  registerFunction(name: string, code: LocalFunction | LocalFunctionBundle, options?: LocalFunctionOptions): string;
  /**
   * Runs an execution to its end without an SDK client: as StartExecution and then DescribeExecution would, several
   * times faster. Nothing else differs; a client finds the execution and its history.
   *
   * @param options - See {@link LocalExecutionOptions}.
   * @returns How it ended; an execution that failed is no error.
   * @throws {@link core!InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; the exceptions of
   * StartExecution, as a client that does not try again throws them; the signal's reason, once the execution is stopped.
   *
   * @example
   * ```ts
   * import { createLocalAws } from "scones-ml/local";
   *
   * await using local = await createLocalAws();
   * const stateMachineArn = `arn:aws:states:${local.region}:${local.accountId}:stateMachine:scones`;
   * const { status, output } = await local.runExecution({ stateMachineArn, input: JSON.stringify({ s3_key: "a.png" }) });
   * ```
   */
  runExecution(options: LocalExecutionOptions): Promise<LocalExecution>;
  /**
   * Reads what workflows published with `sns:publish`. Topics need not be created, and nothing is delivered elsewhere;
   * the latest 10,000 messages are kept, up to 64 MiB of text.
   *
   * @param topicArn - ARN of a topic; without one the messages of all topics.
   * @returns The messages, oldest first.
   *
   * @example
   * ```ts
   * import { createLocalAws } from "scones-ml/local";
   *
   * await using local = await createLocalAws();
   * const alerts = local.publishedMessages(`arn:aws:sns:${local.region}:${local.accountId}:alerts`);
   * console.log(alerts.map(({ subject, message }) => `${subject}: ${message}`));
   * ```
   */
  publishedMessages(topicArn?: string): readonly PublishedMessage[];
  /**
   * Reads what workflows sent with `events:putEvents`. Buses need not be created, and as many are kept as of messages.
   * @param eventBusName - Name of a bus; without one the events of all buses.
   * @returns The events, oldest first.
   */
  publishedEvents(eventBusName?: string): readonly PublishedEvent[];
  /**
   * Answers on a loopback port too, for the AWS CLI, boto3 and other processes.
   *
   * @param options - See {@link ListenOptions}.
   * @returns Where it listens.
   */
  listen(options?: ListenOptions): Promise<LocalListener>;
  /**
   * Lets calls fail, be throttled or be slow from now on, in process and over the port.
   *
   * @param fault - See {@link LocalFault}.
   * @returns Its end.
   * @throws {@link core!InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
   *
   * @example
   * ```ts
   * import { createLocalAws } from "scones-ml/local";
   *
   * await using local = await createLocalAws();
   * const fault = local.injectFault({ service: "s3", operation: "PutObject", on: [1, 2], kind: "throttle" });
   * // ... the SDK's third attempt will succeed
   * console.log(fault.hits);
   * fault.remove();
   * ```
   */
  injectFault(fault: LocalFault): InjectedFault;
  /** Stops training jobs, executions and servers and waits until nothing runs any more. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Creates an AWS inside this process: S3, SageMaker and Step Functions, as far as this library uses them. Training
 * jobs really train, endpoints really serve what they wrote, executions really run the registered handlers, and
 * requests are held against the service model's constraints. It contacts no network and needs no account.
 *
 * @param options - See {@link LocalAwsOptions}.
 * @returns The local AWS; close it, or bind it with `await using`.
 * @throws {@link core!InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; {@link LocalDirectoryError}
 * `LOCAL_DIRECTORY_DAMAGED` when a file in the directory is damaged or none of its own; the file system's own errors.
 *
 * @example
 * ```ts
 * import { ListBucketsCommand } from "@aws-sdk/client-s3";
 * import { createLocalAws } from "scones-ml/local";
 *
 * const local = await createLocalAws();
 * console.log(await local.clients.s3.send(new ListBucketsCommand({})));
 * await local.close();
 * ```
 */
export async function createLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const parsed = parseOptions("createLocalAws", LocalAwsOptionsSchema, options);
  const clock = parsed.clock === "virtual" ? createSeededClock(parsed.now(), parsed.seed) : { now: parsed.now };
  const { now } = clock;
  const { directory, region, accountId } = parsed;
  const store = directory === undefined ? createMemoryStore({ now }) : await createDirectoryStore({ directory, now });
  const kept = openKept({ directory, region, accountId });
  try {
    return await startServices(parsed, clock, store, kept);
  } catch (error) {
    kept.close();
    throw error;
  }
}

function createSeededClock(start: Date, seed: number) {
  let draws = 0;
  return { ...createVirtualClock(start), random: () => seededRandom(seed + draws++) };
}
