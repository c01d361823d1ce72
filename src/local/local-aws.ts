import { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { SFNClient } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { callbackSchema, parseOptions } from "../core/options.js";
import { FaultInjector, type InjectedFault } from "./faults/fault-injector.js";
import { FaultSchema, type LocalFault } from "./faults/fault-options.js";
import { withFaults } from "./faults/with-faults.js";
import { createFunctionRegistry } from "./functions.js";
import { startHttpServer } from "./http-server.js";
import { logPlaceOf } from "./lambda/function-context.js";
import type { LocalFunction, LocalFunctionBundle, LocalFunctionOptions } from "./lambda/function-options.js";
import { createLambdaService } from "./lambda/lambda-service.js";
import { createItemStore, createObjectAccess } from "./object-access.js";
import { createRequestHandler } from "./request-handler.js";
import { createRouter } from "./router.js";
import { createDirectoryStore } from "./s3/directory-store.js";
import { createMemoryStore } from "./s3/memory-store.js";
import { createS3Service } from "./s3/s3-service.js";
import { Endpoints } from "./sagemaker/endpoints.js";
import type { LocalLogEvent, SageMakerEnvironment } from "./sagemaker/environment.js";
import { Models } from "./sagemaker/models.js";
import { createRuntimeService } from "./sagemaker/runtime-service.js";
import { createSageMakerService } from "./sagemaker/sagemaker-service.js";
import { TrainingJobs } from "./sagemaker/training-jobs.js";
import { createStatesService } from "./states/states-service.js";
import { type PublishedMessage, TopicInbox } from "./topic-inbox.js";

/** Options of {@link createLocalAws}. */
export interface LocalAwsOptions {
  /**
   * Folder that keeps buckets and objects between two runs. Jobs, endpoints, state machines and executions live in
   * memory. @defaultValue everything lives in memory
   */
  readonly directory?: string;
  /** Region of every ARN and client. @defaultValue `"us-east-1"` */
  readonly region?: string;
  /** Account of every ARN, 12 digits. @defaultValue `"000000000000"` */
  readonly accountId?: string;
  /** How training jobs are run. */
  readonly trainer?: LocalTrainerOptions;
  /** Decides initial weights, augmentation, capture sampling, the choice of variants and faults. @defaultValue `0` */
  readonly seed?: number;
  /** The clock. @defaultValue the system's */
  readonly now?: () => Date;
  /** Faults that are there from the start; `injectFault` adds more. @defaultValue none */
  readonly faults?: readonly LocalFault[];
  /** Receives what CloudWatch Logs would: the lines of training jobs and of functions that come from bundles. */
  readonly onLog?: (event: LocalLogEvent) => void;
}

/** How the local training jobs are run. */
export interface LocalTrainerOptions {
  /**
   * The network: `standard` has widths 16-16-32, `small` 8-16-32 (about half the time, some two points less
   * accurate), `wide` 16-32-64 (better for ten epochs or fewer). @defaultValue `"standard"`
   */
  readonly network?: "small" | "standard" | "wide";
  /** Worker threads, 1 or 2; the result is the same. @defaultValue 2, or 1 on a single core */
  readonly threads?: 1 | 2;
}

/** The SDK clients of the local AWS; they are the real ones and speak AWS's wire protocol. */
export interface LocalAwsClients {
  /** S3. */
  readonly s3: S3Client;
  /** SageMaker, for training jobs, models and endpoints. */
  readonly sagemaker: SageMakerClient;
  /** SageMaker Runtime, for InvokeEndpoint. */
  readonly sagemakerRuntime: SageMakerRuntimeClient;
  /** Step Functions. */
  readonly sfn: SFNClient;
}

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

const WIDTHS = { small: [8, 16, 32], standard: [16, 16, 32], wide: [16, 32, 64] } as const;

const OptionsSchema = z.strictObject({
  directory: z.string().min(1).optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as us-east-1")
    .default("us-east-1"),
  accountId: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits")
    .default("000000000000"),
  trainer: z
    .strictObject({
      network: z.enum(["small", "standard", "wide"]).default("standard"),
      threads: z.literal([1, 2]).optional(),
    })
    .prefault({}),
  seed: z.int().default(0),
  now: callbackSchema<() => Date>().default(() => () => new Date()),
  faults: z.array(FaultSchema).default([]),
  onLog: callbackSchema<(event: LocalLogEvent) => void>().optional(),
});

/**
 * Creates an AWS inside this process: S3, SageMaker and Step Functions, as far as this library uses them. Training
 * jobs really train, endpoints really serve what they wrote, executions really run the registered handlers, and
 * requests are held against the service model's constraints. It contacts no network and needs no account.
 *
 * @param options - See {@link LocalAwsOptions}.
 * @returns The local AWS; close it, or bind it with `await using`.
 * @throws {@link core!InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
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
  const { directory, region, accountId, trainer, seed, now, faults, onLog } = parseOptions(
    "createLocalAws",
    OptionsSchema,
    options,
  );
  const store = directory === undefined ? createMemoryStore({ now }) : await createDirectoryStore({ directory, now });
  const injector = new FaultInjector(seed);
  for (const fault of faults) injector.inject(fault);
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
    intercept: (signal) => (injector.isEmpty ? undefined : injector.strike("lambda", () => "Invoke", signal)),
    bundles: {
      async endpoint() {
        forBundles ??= listen();
        return (await forBundles).endpoint;
      },
      log: (name, message) => onLog?.({ ...logPlaceOf(name), timestamp: now(), message }),
    },
  });
  const environment: SageMakerEnvironment = {
    region,
    accountId,
    seed,
    now,
    objects: createObjectAccess(store),
    trainer: {
      widths: WIDTHS[trainer.network],
      ...(trainer.threads === undefined ? {} : { threads: trainer.threads }),
    },
    log: (event) => onLog?.(event),
  };
  const jobs = new TrainingJobs(environment);
  const models = new Models(environment);
  const endpoints = new Endpoints(environment, models);
  const inbox = new TopicInbox();
  const states = createStatesService({
    functions,
    region,
    accountId,
    now,
    items: createItemStore(store),
    inbox,
    sdkClients: () => taskClients,
  });
  const services = createRouter({
    s3: createS3Service({ store, region, accountId, now }),
    sagemaker: createSageMakerService({ jobs, models, endpoints }),
    "sagemaker-runtime": createRuntimeService(environment, endpoints),
    states: states.service,
    lambda: createLambdaService(functions),
  });
  const router = withFaults(services, injector);
  const clients = createClients(region, router);
  // The clients of tasks do not try again: a state machine has Retry for that.
  const taskClients = createClients(region, router, { maxAttempts: 1 });

  const close = async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await states.close();
    await functions.close();
    await Promise.all([jobs.close(), endpoints.close()]);
    for (const client of [...Object.values(clients), ...Object.values(taskClients)]) client.destroy();
  };
  return {
    clients,
    region,
    accountId,
    registerFunction: (name, code, options) => functions.register(name, code, options),
    publishedMessages: (topicArn) => inbox.list(topicArn),
    injectFault: (fault) => injector.inject(parseOptions("injectFault", FaultSchema, fault)),
    listen: async ({ port } = {}) => ({ endpoint: (await listen(port)).endpoint }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createClients(
  region: string,
  router: Parameters<typeof createRequestHandler>[0],
  options: { readonly maxAttempts?: number } = {},
): LocalAwsClients {
  const config = {
    ...options,
    region,
    // Nothing leaves the process, so the signature protects nothing; the SDK wants credentials all the same.
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    endpoint: "http://127.0.0.1",
    requestHandler: createRequestHandler(router),
  };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sagemaker: new SageMakerClient(config),
    sagemakerRuntime: new SageMakerRuntimeClient(config),
    sfn: new SFNClient({ ...config, disableHostPrefix: true }),
  };
}
