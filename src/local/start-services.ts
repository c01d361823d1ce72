import type * as z from "zod";
import { parseOptions } from "../core/options.js";
import { FaultInjector } from "./faults/fault-injector.js";
import { FaultSchema } from "./faults/fault-options.js";
import { withFaults } from "./faults/with-faults.js";
import { createFunctionRegistry } from "./functions.js";
import { startHttpServer } from "./http-server.js";
import { Inbox } from "./inbox.js";
import type { Kept } from "./kept/kept.js";
import { logPlaceOf } from "./lambda/function-context.js";
import { createLambdaService } from "./lambda/lambda-service.js";
import type { LocalAws } from "./local-aws.js";
import { type LocalAwsOptionsSchema, TRAINER_WIDTHS } from "./local-aws-options.js";
import { createClientConfig, createClients } from "./local-clients.js";
import { createRunExecution } from "./local-execution.js";
import { keepLogs } from "./logs/keep-logs.js";
import { LogStore } from "./logs/log-store.js";
import { createLogsService } from "./logs/logs-service.js";
import { createItemStore, createObjectAccess } from "./object-access.js";
import type { PublishedEvent } from "./published-event.js";
import type { PublishedMessage } from "./published-message.js";
import { createRouter } from "./router.js";
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
import { openPastExecutions } from "./states/service/past-executions.js";
import { createStatesService, type StatesServiceOptions } from "./states/states-service.js";
import { toAbortSignal } from "./stop-signal.js";

/**
 * Starts the services of a local AWS and joins them: one store, one clock, one injector of faults.
 *
 * @param options - The options with their defaults.
 * @param clock - The time of all services.
 * @param store - What holds the objects.
 * @param kept - What outlives the process.
 * @returns The local AWS.
 * @internal
 */
export async function startServices(
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
