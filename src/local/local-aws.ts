import { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { SFNClient } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { callbackSchema, parseOptions } from "../core/options.js";
import { createFunctionRegistry, type LocalFunction } from "./functions.js";
import { startHttpServer } from "./http-server.js";
import { createObjectAccess } from "./object-access.js";
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
import { seededRandom } from "./states/intrinsics/random.js";
import { createStatesService } from "./states/states-service.js";
import { createVirtualClock } from "./states/virtual-clock.js";

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
  /** Decides initial weights, augmentation, capture sampling and the choice of variants. @defaultValue `0` */
  readonly seed?: number;
  /** Gives the time; with a virtual clock the time at which it begins. @defaultValue the system's */
  readonly now?: () => Date;
  /**
   * How the time of state machines passes. On a `virtual` clock Wait states, pauses before a retry, timeouts and
   * heartbeats cost no time: as soon as every execution waits, the time jumps to the end of the shortest wait. It
   * stands still while a function or a job runs. Jitter then depends on `seed` alone, and all services tell the
   * virtual time. @defaultValue `"system"`
   */
  readonly clock?: "system" | "virtual";
  /** Receives what CloudWatch Logs would: the lines of training jobs. */
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
   * Makes a function known, as if it had been deployed to Lambda.
   *
   * @param name - Name of the function.
   * @param handler - The handler, as Lambda would call it.
   * @returns The function's ARN, for a state machine.
   */
  registerFunction(name: string, handler: LocalFunction): string;
  /**
   * Answers on a loopback port too, for the AWS CLI, boto3 and other processes.
   *
   * @param options - See {@link ListenOptions}.
   * @returns Where it listens.
   */
  listen(options?: ListenOptions): Promise<LocalListener>;
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
  clock: z.enum(["system", "virtual"]).default("system"),
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
  const parsed = parseOptions("createLocalAws", OptionsSchema, options);
  const { directory, region, accountId, trainer, seed, onLog } = parsed;
  const clock = parsed.clock === "virtual" ? createSeededClock(parsed.now(), seed) : { now: parsed.now };
  const { now } = clock;
  const store = directory === undefined ? createMemoryStore({ now }) : await createDirectoryStore({ directory, now });
  const functions = createFunctionRegistry({ region, accountId });
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
  const states = createStatesService({ functions, region, accountId, ...clock });
  const router = createRouter({
    s3: createS3Service({ store, region, accountId, now }),
    sagemaker: createSageMakerService({ jobs, models, endpoints }),
    sagemakerRuntime: createRuntimeService(environment, endpoints),
    states: states.service,
  });
  const clients = createClients(region, router);
  const servers: { close(): Promise<void> }[] = [];

  const close = async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await states.close();
    await Promise.all([jobs.close(), endpoints.close()]);
    for (const client of Object.values(clients)) client.destroy();
  };
  return {
    clients,
    region,
    accountId,
    registerFunction: (name, handler) => functions.register(name, handler),
    async listen({ port = 0 } = {}) {
      const server = await startHttpServer({ service: router, port });
      servers.push(server);
      return { endpoint: server.endpoint };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createSeededClock(start: Date, seed: number) {
  let draws = 0;
  return { ...createVirtualClock(start), random: () => seededRandom(seed + draws++) };
}

function createClients(region: string, router: Parameters<typeof createRequestHandler>[0]): LocalAwsClients {
  const config = {
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
