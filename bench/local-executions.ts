import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws, type LocalAws } from "scones-ml/local";
import { buildInferenceWorkflow } from "scones-ml/workflow";
import { createClientConfig } from "../src/local/local-clients.js";
import type { InProcessRequestHandler } from "../src/local/request-handler.js";
import type { WireService } from "../src/local/wire.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { compared, figure, ratePerSecond } from "./measure.js";

const PLACE = { region: "us-east-1", accountId: "000000000000" };
const ROLE_ARN = "arn:aws:iam::000000000000:role/bench";
const CONCURRENCY = 32;
const KEPT_EXECUTIONS = 10_000;
const INPUT = JSON.stringify({ image_data: "", s3_bucket: "scones", s3_key: "test/bicycle_s_000001.png" });
/** As long as a CIFAR-100 photo as PNG in base64. */
const IMAGE_DATA = "iVBORw0KGgo".padEnd(3200, "A");

/** The three handlers without their work: what is measured is what runs them. */
const HANDLERS = {
  serialize: async (event: object) => ({ statusCode: 200, body: { ...event, image_data: IMAGE_DATA, inferences: [] } }),
  classify: async (event: object) => ({ statusCode: 200, body: { ...event, inferences: [0.93, 0.07] } }),
  filter: async (event: object) => ({ statusCode: 200, body: event }),
} as const;

/** One way to run executions, each to its end. */
interface StepFunctions {
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Measures executions of the three-Lambda machine by each way that users have, and the memory that they keep. */
export async function measureExecutions({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const rate = async (name: string, open: () => Promise<StepFunctions>, count: number) => {
    const sfn = await open();
    // The first executions pay for compiling.
    await ratePerSecond(count / 4, CONCURRENCY, sfn.run);
    const perSecond = await ratePerSecond(count, CONCURRENCY, sfn.run);
    await sfn.close();
    log(`${perSecond.toFixed(0)} executions per second, ${name}`);
    return perSecond;
  };
  const best = { inProcess: 0, handlers: 0, requests: 0, client: 0, nothing: 0 };
  const note = (name: keyof typeof best, perSecond: number) => {
    best[name] = Math.max(best[name], perSecond);
  };
  // First, while nothing is there that is still to be collected.
  const memory = await measureMemory();
  // In turns, so that what else the machine does meets ours and theirs alike.
  for (let round = 0; round < rounds; round++) {
    note("handlers", await ratePerSecond(8000, CONCURRENCY, callHandlers));
    note("inProcess", await rate("runExecution", openInProcess, 8000));
    note("requests", await rate("JSON requests", openHandler, 8000));
    note("client", await rate("SDK client", openClient, 2000));
    note("nothing", await measureFloor());
  }
  const executions = "executions of the three-Lambda machine";
  return [
    compared(
      `${executions}, runExecution`,
      best.inProcess,
      "1/s",
      "its three handlers, JSON in and out",
      best.handlers,
    ),
    figure(`${executions}, JSON requests in process`, best.requests, "1/s"),
    compared(`${executions}, SDK client`, best.client, "1/s", "its two requests, answered with nothing", best.nothing),
    figure(`memory that ${KEPT_EXECUTIONS} finished executions keep`, memory, "MiB"),
  ];
}

/** What is left when nothing runs the handlers: each gets an event of its own, and hands its result on as JSON. */
async function callHandlers(): Promise<void> {
  let event = INPUT;
  for (const handler of Object.values(HANDLERS)) {
    const result = JSON.stringify(await handler(JSON.parse(event)));
    event = JSON.stringify(JSON.parse(result).body);
  }
}

/** What StartExecution and one DescribeExecution cost the SDK client alone. */
async function measureFloor(): Promise<number> {
  const nothing: WireService = async ({ body }) => {
    for await (const _ of body);
    return { status: 200, headers: {}, body: Buffer.from("{}") };
  };
  const sfn = new SFNClient({ ...createClientConfig(PLACE.region, nothing), disableHostPrefix: true });
  const requests = async () => {
    await sfn.send(new StartExecutionCommand({ stateMachineArn: "none", input: INPUT }));
    await sfn.send(new DescribeExecutionCommand({ executionArn: "none" }));
  };
  await ratePerSecond(500, CONCURRENCY, requests);
  const perSecond = await ratePerSecond(2000, CONCURRENCY, requests);
  sfn.destroy();
  return perSecond;
}

/** Asks until the execution has ended. */
async function waitForEnd(statusOf: () => Promise<string | undefined>): Promise<void> {
  for (;;) {
    // Nothing has ended before the rest of the process had its turn.
    await setImmediate();
    const status = await statusOf();
    if (status !== "RUNNING") return checkStatus(status);
  }
}

function checkStatus(status: string | undefined): void {
  if (status !== "SUCCEEDED") throw new Error(`The execution ended as ${status}.`);
}

async function measureMemory(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const used = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const sfn = await openInProcess();
  await ratePerSecond(500, CONCURRENCY, sfn.run);
  const before = used();
  await ratePerSecond(KEPT_EXECUTIONS, CONCURRENCY, sfn.run);
  const bytes = used() - before;
  await sfn.close();
  return bytes / 2 ** 20;
}

/** The local AWS as users have it, with the machine. */
async function createMachine(): Promise<{ readonly local: LocalAws; readonly stateMachineArn: string }> {
  const local = await createLocalAws(PLACE);
  const functions = {
    serialize: local.registerFunction("serialize", HANDLERS.serialize),
    classify: local.registerFunction("classify", HANDLERS.classify),
    filter: local.registerFunction("filter", HANDLERS.filter),
  };
  const definition = JSON.stringify(buildInferenceWorkflow({ functions }));
  const command = new CreateStateMachineCommand({ name: "bench", definition, roleArn: ROLE_ARN });
  const { stateMachineArn = "" } = await local.clients.sfn.send(command);
  return { local, stateMachineArn };
}

async function openInProcess(): Promise<StepFunctions> {
  const { local, stateMachineArn } = await createMachine();
  return {
    run: async () => checkStatus((await local.runExecution({ stateMachineArn, input: INPUT })).status),
    close: () => local.close(),
  };
}

/** StartExecution and DescribeExecution as JSON, without the SDK's middleware. */
async function openHandler(): Promise<StepFunctions> {
  const { local, stateMachineArn } = await createMachine();
  const handler = local.clientConfig.requestHandler as InProcessRequestHandler;
  const call = async (operation: string, input: object): Promise<Readonly<Record<string, string>>> => {
    const { response } = await handler.handle({
      method: "POST",
      hostname: "127.0.0.1",
      path: "/",
      headers: { "x-amz-target": `AWSStepFunctions.${operation}` },
      body: JSON.stringify(input),
    });
    const answer = await text(response.body);
    if (response.statusCode !== 200) throw new Error(answer);
    return JSON.parse(answer);
  };
  return {
    async run() {
      const { executionArn } = await call("StartExecution", { stateMachineArn, input: INPUT });
      await waitForEnd(async () => (await call("DescribeExecution", { executionArn }))["status"]);
    },
    close: () => local.close(),
  };
}

async function openClient(): Promise<StepFunctions> {
  const { local, stateMachineArn } = await createMachine();
  const { sfn } = local.clients;
  return {
    async run() {
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: INPUT }));
      await waitForEnd(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status);
    },
    close: () => local.close(),
  };
}
