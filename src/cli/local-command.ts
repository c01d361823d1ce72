import { once } from "node:events";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { type LocalArguments, UsageError } from "./local-arguments.js";
import type { Terminal } from "./terminal.js";

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a local AWS on a port until a signal ends it.
 *
 * @param options - What the command line says.
 * @param terminal - Where it prints, and what signals come from.
 * @returns The exit code.
 * @throws {@link UsageError} when the port is taken or an option is refused.
 * @internal
 */
export async function runLocalCommand(options: LocalArguments, terminal: Terminal): Promise<number> {
  // From the beginning: a signal that comes while it starts must not leave half of it behind.
  const ended = nextSignal(terminal);
  const { port, directory, region, seed, functions } = options;
  const settings = {
    ...(directory === undefined ? {} : { directory }),
    ...(region === undefined ? {} : { region }),
    ...(seed === undefined ? {} : { seed }),
  };
  let local: LocalAws | undefined;
  try {
    local = await createLocalAws({ ...settings, onLog: ({ message }) => terminal.print(message) });
    const arns: string[] = [];
    for (const { name, bundle } of functions) arns.push(local.registerFunction(name, { bundle }));
    const { endpoint } = await local.listen({ port });
    terminal.print(formatGreeting(local, endpoint, arns, directory));
    const signal = await ended.signal;
    terminal.print(`${signal}: shutting down`);
    return EXIT_CODES[signal];
  } catch (error) {
    throw asUsageError(error, port);
  } finally {
    ended.stop();
    await local?.close();
  }
}

function nextSignal({ signals }: Terminal) {
  const controller = new AbortController();
  const wait = async <Name extends keyof typeof EXIT_CODES>(name: Name): Promise<Name> => {
    await once(signals, name, { signal: controller.signal });
    return name;
  };
  const signal = Promise.race([wait("SIGINT"), wait("SIGTERM")]);
  signal.catch(() => {});
  return { signal, stop: () => controller.abort() };
}

function formatGreeting(
  local: LocalAws,
  endpoint: string,
  functionArns: readonly string[],
  directory: string | undefined,
): string {
  return [
    `scones-ml local AWS on ${endpoint}, account ${local.accountId}, ${directory === undefined ? "in memory" : `buckets in ${directory}`}`,
    ...functionArns.map((arn) => `function ${arn}`),
    "",
    "Point the AWS CLI and SDK clients at it:",
    "",
    `  export AWS_ENDPOINT_URL=${endpoint}`,
    "  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
    `  export AWS_REGION=${local.region} AWS_DEFAULT_REGION=${local.region}`,
    "",
    "Then try: aws s3 mb s3://my-bucket && aws s3 ls",
    `An AWS CLI before 2.13 does not know AWS_ENDPOINT_URL: give it --endpoint-url ${endpoint}`,
    "Ctrl-C ends it.",
  ].join("\n");
}

/** What the library or the port refuses is the fault of the command line; what else goes wrong is not. */
function asUsageError(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "INVALID_OPTIONS":
      return new UsageError(error.message);
    case "EADDRINUSE":
      return new UsageError(`Port ${port} is taken. Choose another with --port, or --port 0 for any free one.`);
    case "EACCES":
      return new UsageError(`Port ${port} may not be used by this user. Choose one above 1023 with --port.`);
    default:
      return error;
  }
}
