import { devNull } from "node:os";
import { dirname, resolve } from "node:path";
import { onStop, type StopSignal, throwIfStopped } from "../stop-signal.js";
import { BundleEnvironment } from "./bundle-environment.js";
import { logPlaceOf } from "./function-context.js";
import type { ResolvedBundle } from "./function-options.js";
import type { FunctionCall, FunctionIdentity, FunctionOutcome, FunctionRunner } from "./function-runner.js";

/** What bundles need of the local AWS. @internal */
export interface BundleHost {
  /** Region that the function's SDK clients use. */
  readonly region: string;
  /** Where the function's SDK clients find the local AWS; asked for when the first bundle is loaded. */
  readonly endpoint: () => Promise<string>;
  /** Receives every line that the function prints. */
  readonly log: (functionName: string, line: string) => void;
}

/**
 * Runs a function from a bundle. Idle environments are used again; where all are busy, one more is started.
 *
 * @param identity - The function.
 * @param bundle - The bundle.
 * @param host - What surrounds it.
 * @returns The runner.
 * @internal
 */
export function createBundleRunner(
  identity: FunctionIdentity,
  bundle: ResolvedBundle,
  host: BundleHost,
): FunctionRunner {
  const path = resolve(bundle.bundle);
  const environments = new Set<BundleEnvironment>();
  const idle: BundleEnvironment[] = [];
  let running = 0;
  let closed = false;

  const start = async () => {
    const variables = createVariables(identity, bundle, host.region, await host.endpoint());
    const settings = { identity, path, handler: bundle.handler };
    const environment = new BundleEnvironment(settings, variables, (line) => host.log(identity.name, line));
    environments.add(environment);
    return environment;
  };
  const invoke = async (call: FunctionCall): Promise<FunctionOutcome> => {
    let environment = idle.pop();
    while (environment !== undefined && !environment.alive) {
      environments.delete(environment);
      environment = idle.pop();
    }
    environment ??= await start();
    if (closed) await environment.terminate();
    const outcome = await environment.invoke(call);
    if (environment.alive) idle.push(environment);
    else environments.delete(environment);
    return outcome;
  };
  return {
    get running() {
      return running;
    },
    async run(call, signal) {
      throwIfStopped(signal);
      running++;
      // Lambda does not stop a function whose caller went away either: it goes on and keeps its place.
      const work = invoke(call).finally(() => {
        running--;
      });
      return signal === undefined ? work : untilStopped(work, signal);
    },
    async close() {
      closed = true;
      await Promise.all([...environments].map((environment) => environment.terminate()));
    },
  };
}

async function untilStopped<T>(work: Promise<T>, stop: StopSignal): Promise<T> {
  let stopListening = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stopListening = onStop(stop, reject);
  });
  return Promise.race([work, stopped]).finally(() => stopListening());
}

/**
 * The variables that Lambda sets, and what sends the SDK clients of a function to the local AWS and nowhere else:
 * nothing of this process's environment or of the user's AWS configuration reaches a function.
 */
function createVariables(
  { name, memoryMb }: FunctionIdentity,
  { handler, environment, bundle }: ResolvedBundle,
  region: string,
  endpoint: string,
): Readonly<Record<string, string>> {
  const { logGroup, logStream } = logPlaceOf(name);
  return {
    TZ: ":UTC",
    ...environment,
    _HANDLER: handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    LAMBDA_TASK_ROOT: dirname(resolve(bundle)),
  };
}
