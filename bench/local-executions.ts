import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws } from "scones-ml/local";
import { buildInferenceWorkflow } from "scones-ml/workflow";
import { createFunctionRegistry } from "../src/local/functions.js";
import { createClientConfig } from "../src/local/local-clients.js";
import { createStatesService } from "../src/local/states/states-service.js";
import { readBody, type WireService } from "../src/local/wire.js";
import type { BenchContext, BenchResult } from "./bench-result.js";
import { bestOf, compared, figure, ratePerSecond } from "./measure.js";

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

interface StepFunctions {
  /** Starts an execution and returns its ARN. */
  readonly start: () => Promise<string>;
  readonly statusOf: (executionArn: string) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

/** Measures executions of the three-Lambda machine, in process and over the SDK client, and the memory they keep. */
export async function measureExecutions({ rounds, log }: BenchContext): Promise<readonly BenchResult[]> {
  const rate = async (open: () => Promise<StepFunctions>, count: number) =>
    bestOf(rounds, async () => {
      const sfn = await open();
      // The first executions pay for compiling.
      await ratePerSecond(count / 4, CONCURRENCY, () => runToEnd(sfn));
      const perSecond = await ratePerSecond(count, CONCURRENCY, () => runToEnd(sfn));
      await sfn.close();
      log(`${perSecond.toFixed(0)} executions per second`);
      return perSecond;
    });
  return [
    figure("executions of the three-Lambda machine, service in process", await rate(openService, 8000), "1/s"),
    compared(
      "executions of the three-Lambda machine, SDK client",
      await rate(openClient, 2000),
      "1/s",
      "its two requests, answered with nothing",
      await measureFloor(rounds),
    ),
    figure(`memory that ${KEPT_EXECUTIONS} finished executions keep`, await measureMemory(), "MiB"),
  ];
}

/** What StartExecution and one DescribeExecution cost the SDK client alone. */
async function measureFloor(rounds: number): Promise<number> {
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
  const best = await bestOf(rounds, () => ratePerSecond(2000, CONCURRENCY, requests));
  sfn.destroy();
  return best;
}

async function runToEnd(sfn: StepFunctions): Promise<void> {
  const executionArn = await sfn.start();
  // Nothing has ended before the rest of the process had its turn.
  await setImmediate();
  let status = await sfn.statusOf(executionArn);
  while (status === "RUNNING") {
    await setImmediate();
    status = await sfn.statusOf(executionArn);
  }
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
  const sfn = await openService();
  await ratePerSecond(500, CONCURRENCY, () => runToEnd(sfn));
  const before = used();
  await ratePerSecond(KEPT_EXECUTIONS, CONCURRENCY, () => runToEnd(sfn));
  const bytes = used() - before;
  await sfn.close();
  return bytes / 2 ** 20;
}

function definitionFor(functions: Record<keyof typeof HANDLERS, string>): string {
  return JSON.stringify(buildInferenceWorkflow({ functions }));
}

/** The service itself: JSON in and out, without the SDK's middleware. */
async function openService(): Promise<StepFunctions> {
  const functions = createFunctionRegistry(PLACE);
  const arns = {
    serialize: functions.register("serialize", HANDLERS.serialize),
    classify: functions.register("classify", HANDLERS.classify),
    filter: functions.register("filter", HANDLERS.filter),
  };
  const states = createStatesService({ functions, ...PLACE, now: () => new Date() });
  const call = (operation: string, input: object) => callService(states.service, operation, input);
  const definition = definitionFor(arns);
  const { stateMachineArn } = await call("CreateStateMachine", { name: "bench", definition, roleArn: ROLE_ARN });
  return {
    start: async () => (await call("StartExecution", { stateMachineArn, input: INPUT }))["executionArn"] ?? "",
    statusOf: async (executionArn) => (await call("DescribeExecution", { executionArn }))["status"],
    close: () => states.close(),
  };
}

async function callService(
  service: WireService,
  operation: string,
  input: object,
): Promise<Readonly<Record<string, string>>> {
  const body = Buffer.from(JSON.stringify(input));
  const answer = await service({
    method: "POST",
    path: "/",
    query: new Map(),
    headers: { "x-amz-target": `AWSStepFunctions.${operation}` },
    body: (async function* () {
      yield body;
    })(),
  });
  const bytes = answer.body instanceof Uint8Array ? answer.body : await readBody(answer.body, 2 ** 22);
  const text = Buffer.from(bytes ?? []).toString();
  if (answer.status !== 200) throw new Error(text);
  return JSON.parse(text);
}

/** The local AWS as users have it. */
async function openClient(): Promise<StepFunctions> {
  const local = await createLocalAws(PLACE);
  const sfn: SFNClient = local.clients.sfn;
  const definition = definitionFor({
    serialize: local.registerFunction("serialize", HANDLERS.serialize),
    classify: local.registerFunction("classify", HANDLERS.classify),
    filter: local.registerFunction("filter", HANDLERS.filter),
  });
  const made = await sfn.send(new CreateStateMachineCommand({ name: "bench", definition, roleArn: ROLE_ARN }));
  const { stateMachineArn } = made;
  return {
    async start() {
      const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: INPUT }));
      return executionArn;
    },
    statusOf: async (executionArn) => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status,
    close: () => local.close(),
  };
}
