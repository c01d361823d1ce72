import { openSync, writeSync } from "node:fs";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { createLocalAws } from "../../src/local/local-aws.js";
import { image, trainingRequest } from "../local/sagemaker/fixture.js";
import { ECHO_ARN } from "./aws-resources.js";
import type { JournalEntry } from "./kill-harness.js";

/*
 * Trains, asks an endpoint that captures, and runs executions until it is killed. The journal is written in one call a
 * line, so what the system took survives the process.
 */
const [directory = "", journalFile = ""] = process.argv.slice(2);
const journal = openSync(journalFile, "a");
const local = await createLocalAws({ directory, trainer: { network: "small", threads: 1 } });
local.registerFunction("echo", (event) => event);
const { sagemaker, sagemakerRuntime, sfn } = local.clients;
let count = 0;

const note = (step: JournalEntry["step"], target: string, state: string) =>
  void writeSync(journal, `${JSON.stringify({ id: count++, step, target, state } satisfies JournalEntry)}\n`);
const pause = () => new Promise((resolve) => setImmediate(resolve));

async function execute(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const input = JSON.stringify({ lane, turn });
    const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn: ECHO_ARN, input }));
    note("done", `execution:${executionArn}`, "RUNNING");
    for (let status = "RUNNING"; status === "RUNNING"; await pause()) {
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      status = described.status ?? "";
      if (status !== "RUNNING") note("done", `execution:${executionArn}`, status);
    }
  }
}

async function invoke(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const InferenceId = `${lane}.${turn}`;
    const Body = image(turn % 2, turn);
    note("begun", `capture:${InferenceId}`, "captured");
    await sagemakerRuntime.send(
      new InvokeEndpointCommand({ EndpointName: "kill", ContentType: "image/png", Body, InferenceId }),
    );
    note("done", `capture:${InferenceId}`, "captured");
  }
}

async function train(): Promise<void> {
  for (let turn = 0; ; turn++) {
    const TrainingJobName = `job-${turn}`;
    await sagemaker.send(new CreateTrainingJobCommand(trainingRequest(TrainingJobName, { epochs: "1" })));
    note("done", `job:${TrainingJobName}`, "InProgress");
    for (let status = "InProgress"; status === "InProgress"; await new Promise((resolve) => setTimeout(resolve, 5))) {
      status = (await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))).TrainingJobStatus ?? "";
      if (status !== "InProgress") note("done", `job:${TrainingJobName}`, status);
    }
  }
}

process.stdout.write("ready\n");
await Promise.all([execute(0), execute(1), invoke(0), invoke(1), train()]);
