import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createFunctionRegistry } from "../../../src/local/functions.js";
import type { LocalFunction } from "../../../src/local/lambda/function-options.js";
import { createRequestHandler } from "../../../src/local/request-handler.js";
import { createStatesService, type StatesServiceOptions } from "../../../src/local/states/states-service.js";

export const ROLE_ARN = "arn:aws:iam::123456789012:role/states";

/**
 * A clock on which waiting costs nothing: when nothing else is left to do, the earliest sleeper wakes up and the time
 * jumps to it.
 */
function createJumpingClock(start = Date.UTC(2026, 0, 1)) {
  let time = start;
  let order = 0;
  const slept: number[] = [];
  const sleepers = new Set<{ readonly at: number; readonly order: number; readonly wake: () => void }>();
  let scheduled = false;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() =>
      setImmediate(() => {
        scheduled = false;
        const [first] = [...sleepers].sort((a, b) => a.at - b.at || a.order - b.order);
        if (first === undefined) return;
        time = Math.max(time, first.at);
        first.wake();
        if (sleepers.size > 0) schedule();
      }),
    );
  };
  const sleep = (milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (finish: () => void) => () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", stop);
        finish();
      };
      const stop = () => end(() => reject(signal?.reason))();
      const sleeper = { at: time + milliseconds, order: order++, wake: end(resolve) };
      slept.push(milliseconds);
      sleepers.add(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
      schedule();
    });
  return { now: () => new Date(time), sleep, slept, sleeping: () => sleepers.size };
}

type Functions = Readonly<Record<string, LocalFunction>>;

/** The local Step Functions behind a real SDK client. */
export function createStates(functions: Functions = {}, options: Partial<StatesServiceOptions> = {}) {
  const clock = createJumpingClock();
  const place = { region: "us-east-1", accountId: "123456789012" };
  const registry = createFunctionRegistry(place);
  for (const [name, handler] of Object.entries(functions)) registry.register(name, handler);
  const { now, sleep } = clock;
  const states = createStatesService({ functions: registry, ...place, now, sleep, random: () => 0.5, ...options });
  const sfn = new SFNClient({
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    disableHostPrefix: true,
    requestHandler: createRequestHandler(states.service),
  });
  let count = 0;

  const create = async (definition: unknown, more: { type?: "EXPRESS"; name?: string } = {}) => {
    const text = typeof definition === "string" ? definition : JSON.stringify(definition);
    const name = more.name ?? `machine-${count++}`;
    const made = await sfn.send(new CreateStateMachineCommand({ roleArn: ROLE_ARN, definition: text, ...more, name }));
    return made.stateMachineArn ?? "";
  };
  const start = async (stateMachineArn: string, input: unknown = {}) => {
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return started.executionArn ?? "";
  };
  const settle = async (executionArn: string) => {
    for (;;) {
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== "RUNNING") return described;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const history = async (executionArn: string) =>
    (await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];

  /** Makes a machine, runs it once and gives how it ended. */
  const run = async (definition: unknown, input: unknown = {}) => {
    const executionArn = await start(await create(definition), input);
    const { status, output, error, cause } = await settle(executionArn);
    return {
      executionArn,
      status,
      error,
      cause,
      output: output === undefined ? undefined : (JSON.parse(output) as unknown),
    };
  };
  /** Runs a machine of the given states, the first of which begins. */
  const runStates = (states_: Readonly<Record<string, unknown>>, input: unknown = {}, top: object = {}) =>
    run({ StartAt: Object.keys(states_)[0], States: states_, ...top }, input);
  /** Runs a machine of one state, which ends it. */
  const runState = (state: object, input: unknown = {}, top: object = {}) => {
    const ends = ["Choice", "Succeed", "Fail"].includes(String((state as { Type?: unknown }).Type));
    return runStates({ S: ends ? state : { End: true, ...state } }, input, top);
  };
  return { sfn, states, clock, registry, create, start, settle, history, run, runStates, runState };
}

/** ARN of a function of {@link createStates}. */
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** A Task state that invokes a function with the state's input and gives its payload. */
export const invoke = (name: string, more: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: functionArn(name), "Payload.$": "$" },
  OutputPath: "$.Payload",
  ...more,
});
