import {
  CreateStateMachineAliasCommand,
  DeleteStateMachineAliasCommand,
  DescribeStateMachineCommand,
  InvalidDefinition,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { runMany } from "../../src/workflow/execution/run-many.js";
import { deleteStateMachine } from "../../src/workflow/machine/delete-state-machine.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { CONTRACT_TAG, contractName } from "./real-aws.js";
import { openStatesBench, type StatesUnderTest } from "./states-bench.js";

const pass = (fields: object = {}) => ({ StartAt: "S", States: { S: { Type: "Pass", End: true, ...fields } } });
const one = (state: object) => ({ StartAt: "S", States: { S: { End: true, ...state } } });
const item = { StartAt: "P", States: { P: { Type: "Pass", End: true } } };
const fail = { StartAt: "F", States: { F: { Type: "Fail", Error: "No", Cause: "on purpose" } } };

/** What a client of Step Functions relies on, whoever answers. Real executions take seconds. */
export function describeStates(name: string, create: () => Promise<StatesUnderTest>): void {
  describe(`Step Functions ${name}`, { timeout: 120_000 }, () => {
    const bench = openStatesBench(create);

    it("makes, describes, tags and refuses machines", async () => {
      const stateMachineArn = await bench.create(pass());
      expect(await bench.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
        status: "ACTIVE",
        type: "STANDARD",
        loggingConfiguration: { level: "OFF", includeExecutionData: false },
        encryptionConfiguration: { type: "AWS_OWNED_KEY" },
      });
      const { tags } = await bench.sfn.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }));
      expect(tags).toContainEqual({ key: CONTRACT_TAG, value: "true" });
      await expect(bench.create({ StartAt: "S" })).rejects.toBeInstanceOf(InvalidDefinition);
      const unknown = new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}-none` });
      await expect(bench.sfn.send(unknown)).rejects.toBeInstanceOf(StateMachineDoesNotExist);
    });

    it("is deployed with version and alias, left alone when nothing differs, run many times, and deleted", async () => {
      const clients = { sfn: bench.sfn };
      const options = {
        name: contractName(),
        definition: pass({ Result: 1 }) as StateMachineDefinition,
        roleArn: bench.roleArn,
        tags: { [CONTRACT_TAG]: "true" },
        publish: true,
        alias: { name: "live" },
        clients,
      };
      const first = await deployStateMachine(options);
      const { stateMachineArn, aliasArn = "" } = first;
      try {
        expect(first).toMatchObject({ created: "created", versionArn: `${stateMachineArn}:1` });
        expect(await deployStateMachine(options)).toEqual({ ...first, created: "unchanged" });
        const changed = { ...options, definition: pass({ Result: 2 }) as StateMachineDefinition };
        const second = await deployStateMachine({ ...changed, alias: { name: "live", previousWeight: 50 } });
        expect(second).toMatchObject({ created: "updated", versionArn: `${stateMachineArn}:2`, aliasArn });
        const outputs: unknown[] = [];
        for await (const result of runMany({ stateMachineArn: second.versionArn ?? "", inputs: [1, 2, 3], clients }))
          outputs.push(result.type === "succeeded" ? result.output : result.error);
        expect(outputs).toEqual([2, 2, 2]);
      } finally {
        await deleteStateMachine({ stateMachineArn, clients });
      }
      await expect(bench.sfn.send(new StartExecutionCommand({ stateMachineArn: aliasArn }))).rejects.toBeInstanceOf(
        StateMachineDoesNotExist,
      );
    });

    it("passes data on as the paths say", async () => {
      const state = {
        Parameters: { "all.$": "$.items[*].n", "none.$": "$.more[*]", "text.$": "States.Format('{}', $.o)" },
      };
      const { output } = await bench.runOnce(pass(state), { items: [{ n: 1 }, { n: 2 }], o: { a: 1 } });
      expect(JSON.parse(output ?? "")).toEqual({ all: [1, 2], none: [], text: "{a=1}" });
      const missing = await bench.runOnce(pass({ InputPath: "$.nope" }));
      expect(missing).toMatchObject({
        status: "FAILED",
        error: "States.Runtime",
        cause:
          "An error occurred while executing the state 'S' (entered at the event id #2). Invalid path '$.nope' : No results for path: $['nope']",
      });
    });

    it("evaluates JSONata, and notes where it fails", async () => {
      const machine = (Output: string) => ({ QueryLanguage: "JSONata", ...pass({ Output }) });
      expect((await bench.runOnce(machine("{% $sum($states.input) %}"), [1, 2, 3])).output).toBe("6");
      const failed = await bench.runOnce(machine("{% $nope %}"));
      expect(failed.error).toBe("States.QueryEvaluationError");
      expect(await bench.history(failed.executionArn)).toEqual([
        "1 < 0 ExecutionStarted",
        "2 < 0 PassStateEntered",
        "3 < 0 EvaluationFailed",
        "4 < 3 ExecutionFailed",
      ]);
    });

    it("runs a Map one item after the other", async () => {
      const ran = await bench.runOnce(one({ Type: "Map", MaxConcurrency: 1, ItemProcessor: item }), [1, 2]);
      expect(ran.output).toBe("[1,2]");
      expect(await bench.history(ran.executionArn)).toEqual([
        "1 < 0 ExecutionStarted",
        "2 < 0 MapStateEntered",
        "3 < 2 MapStateStarted",
        "4 < 3 MapIterationStarted",
        "5 < 4 PassStateEntered",
        "6 < 5 PassStateExited",
        "7 < 6 MapIterationSucceeded",
        "8 < 6 MapIterationStarted",
        "9 < 8 PassStateEntered",
        "10 < 9 PassStateExited",
        "11 < 10 MapIterationSucceeded",
        "12 < 11 MapStateSucceeded",
        "13 < 11 MapStateExited",
        "14 < 13 ExecutionSucceeded",
      ]);
    });

    it("tries a Parallel again, and fails with the error of its branch", async () => {
      const Retry = [{ ErrorEquals: ["No"], MaxAttempts: 1, IntervalSeconds: 1 }];
      const failed = await bench.runOnce(one({ Type: "Parallel", Branches: [fail], Retry }));
      expect(failed).toMatchObject({ status: "FAILED", error: "No", cause: "on purpose" });
      expect(await bench.history(failed.executionArn)).toEqual([
        "1 < 0 ExecutionStarted",
        "2 < 0 ParallelStateEntered",
        "3 < 2 ParallelStateStarted",
        "4 < 3 FailStateEntered",
        "5 < 4 ParallelStateStarted",
        "6 < 5 FailStateEntered",
        "7 < 6 ParallelStateFailed",
        "8 < 7 ExecutionFailed",
      ]);
    });

    it("times out", async () => {
      const ended = await bench.runOnce({ ...one({ Type: "Wait", Seconds: 60 }), TimeoutSeconds: 1 });
      expect(ended.status).toBe("TIMED_OUT");
    });

    it("runs what a version and an alias lead to", async () => {
      const stateMachineArn = await bench.create(pass({ Result: 1 }), { publish: true });
      const definition = JSON.stringify(pass({ Result: 2 }));
      await bench.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition, publish: true }));
      const { stateMachineVersions = [] } = await bench.sfn.send(
        new ListStateMachineVersionsCommand({ stateMachineArn }),
      );
      const version = `${stateMachineArn}:1`;
      expect(stateMachineVersions.map((each) => each.stateMachineVersionArn)).toEqual([
        `${stateMachineArn}:2`,
        version,
      ]);
      const routingConfiguration = [{ stateMachineVersionArn: version, weight: 100 }];
      const { stateMachineAliasArn = "" } = await bench.sfn.send(
        new CreateStateMachineAliasCommand({ name: "live", routingConfiguration }),
      );
      expect(await bench.run(stateMachineAliasArn)).toMatchObject({
        output: "1",
        stateMachineArn,
        stateMachineVersionArn: version,
        stateMachineAliasArn,
      });
      await bench.sfn.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
    });
  });
}
