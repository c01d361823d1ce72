import type * as z from "zod";
import { parseOptions } from "../core/options.js";
import { FaultInjector, type InjectedFault } from "./faults/fault-injector.js";
import { FaultSchema, type LocalFault } from "./faults/fault-options.js";
import { withFaults } from "./faults/with-faults.js";
import { createFunctionRegistry } from "./functions.js";
import { startHttpServer } from "./http-server.js";
import { Inbox } from "./inbox.js";
import { type Kept, openKept } from "./kept/kept.js";
import { logPlaceOf } from "./lambda/function-context.js";
import type { LocalFunction, LocalFunctionBundle, LocalFunctionOptions } from "./lambda/function-options.js";
import { createLambdaService } from "./lambda/lambda-service.js";
import { type LocalAwsOptions, LocalAwsOptionsSchema, TRAINER_WIDTHS } from "./local-aws-options.js";
import { createClientConfig, createClients, type LocalAwsClients, type LocalClientConfig } from "./local-clients.js";
import { createRunExecution, type LocalExecution, type LocalExecutionOptions } from "./local-execution.js";
import { keepLogs } from "./logs/keep-logs.js";
import { LogStore } from "./logs/log-store.js";
import { createLogsService } from "./logs/logs-service.js";
import { createItemStore, createObjectAccess } from "./object-access.js";
import type { PublishedEvent } from "./published-event.js";
import type { PublishedMessage } from "./published-message.js";
import { createRouter } from "./router.js";
import { createDirectoryStore } from "./s3/directory-store.js";
import { createMemoryStore } from "./s3/memory-store.js";
import type { ObjectStore } from "./s3/object-store.js";
import { createS3Service } from "./s3/s3-service.js";
import { Endpoints } from "./sagemaker/endpoints.js";
import type { LocalLogEvent, SageMakerEnvironment } from "./sagemaker/environment.js";
import { Models } from "./sagemaker/models.js";
import { createRuntimeService } from "./sagemaker/runtime-service.js";
import { createSageMakerService } from "./sagemaker/sagemaker-service.js";
import { Tags } from "./sagemaker/tags.js";
import { TrainingJobs } from "./sagemaker/training-jobs.js";
import { TransformJobs } from "./sagemaker/transform-jobs.js";
import { TuningJobs } from "./sagemaker/tuning-jobs.js";
import { seededRandom } from "./states/intrinsics/random.js";
import { openPastExecutions } from "./states/service/past-executions.js";
import { createStatesService, type StatesServiceOptions } from "./states/states-service.js";
import { createVirtualClock } from "./states/virtual-clock.js";
import { toAbortSignal } from "./stop-signal.js";

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

async function startServices(
  options: z.output<typeof LocalAwsOptionsSchema>,
  clock: Pick<StatesServiceOptions, "now" | "sleep" | "random" | "hold">,
  store: ObjectStore,
  kept: Kept,
): Promise<LocalAws> {
  const { region, accountId, trainer, seed, faults, onLog } = options;
  const { now } = clock;
  const injector = new FaultInjector(seed);
  for (const fault of faults) injector.inject(fault);
  const logs = new LogStore();
  const keepLog = await keepLogs(kept, logs);
  const log = (event: LocalLogEvent) => {
    keepLog(event);
    onLog?.(event);
  };
  const servers: { readonly endpoint: string; close(): Promise<void> }[] = [];
  const listen = async (port = 0) => {
    const server = await startHttpServer({ service: router, port });
    servers.push(server);
    return server;
  };
  let forBundles: Promise<{ readonly endpoint: string }> | undefined;
  const functions = createFunctionRegistry({
    region,
    accountId,
    intercept: (signal) =>
      injector.isEmpty ? undefined : injector.strike("lambda", () => "Invoke", signal && toAbortSignal(signal)),
    bundles: {
      async endpoint() {
        forBundles ??= listen();
        return (await forBundles).endpoint;
      },
      log: (name, message) => log({ ...logPlaceOf(name), timestamp: now(), message }),
    },
  });
  const { network, threads } = trainer;
  const environment: SageMakerEnvironment = {
    region,
    accountId,
    seed,
    now,
    objects: createObjectAccess(store),
    trainer: { widths: TRAINER_WIDTHS[network], ...(threads === undefined ? {} : { threads }) },
    records: kept.records,
    tags: new Tags(kept.records),
    hold: (operation, signal) => injector.hold(operation, signal),
    log,
  };
  const jobs = new TrainingJobs(environment);
  const tunings = new TuningJobs(environment, jobs);
  const models = new Models(environment);
  const endpoints = new Endpoints(environment, models);
  const transforms = new TransformJobs(environment, models);
  await endpoints.restore();
  const [inbox, eventInbox] = [new Inbox<PublishedMessage>(), new Inbox<PublishedEvent>()];
  const items = createItemStore(store);
  const sdkClients = () => taskClients;
  const past = await openPastExecutions(kept, now);
  const states = createStatesService({
    functions,
    region,
    accountId,
    ...clock,
    items,
    inbox,
    eventInbox,
    sdkClients,
    records: kept.records,
    past,
  });
  const services = createRouter({
    s3: createS3Service({ store, region, accountId, now }),
    sagemaker: createSageMakerService({ jobs, models, endpoints, transforms, tunings, tags: environment.tags }),
    "sagemaker-runtime": createRuntimeService(environment, endpoints),
    states: states.service,
    lambda: createLambdaService(functions),
    logs: createLogsService({ store: logs, region, accountId }),
  });
  const router = withFaults(services, injector);
  const clientConfig = createClientConfig(region, router);
  const clients = createClients(clientConfig);
  // The clients of tasks do not try again: a state machine has Retry for that.
  const taskClients = createClients(clientConfig, { maxAttempts: 1 });

  const close = async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await states.close();
    await functions.close();
    injector.close();
    await Promise.all([tunings.close(), jobs.close(), endpoints.close(), transforms.close()]);
    kept.close();
    for (const client of [...Object.values(clients), ...Object.values(taskClients)]) client.destroy();
  };
  return {
    clients,
    clientConfig,
    region,
    accountId,
    registerFunction: (name, code, options) => functions.register(name, code, options),
    runExecution: createRunExecution(states, injector),
    publishedMessages: (arn) => inbox.list(({ topicArn }) => arn === undefined || topicArn === arn),
    publishedEvents: (name) => eventInbox.list(({ eventBusName }) => name === undefined || eventBusName === name),
    injectFault: (fault) => injector.inject(parseOptions("injectFault", FaultSchema, fault)),
    listen: async ({ port } = {}) => ({ endpoint: (await listen(port)).endpoint }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createSeededClock(start: Date, seed: number) {
  let draws = 0;
  return { ...createVirtualClock(start), random: () => seededRandom(seed + draws++) };
}
