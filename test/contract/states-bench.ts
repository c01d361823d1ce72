import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect } from "vitest";
import { CONTRACT_TAG, contractName } from "./real-aws.js";

/** Something that speaks Step Functions. */
export interface StatesUnderTest {
  readonly sfn: SFNClient;
  readonly roleArn: string;
  /** Pause between two looks at an execution. */
  readonly pollMs: number;
  close(): Promise<void>;
}

/** What a contract works with; to be used within tests only. */
export interface StatesBench {
  readonly sfn: SFNClient;
  readonly roleArn: string;
  /** Creates a machine that is deleted in the end. */
  create(definition: object, changes?: { readonly publish?: boolean }): Promise<string>;
  /** Runs a machine, a version or an alias to its end. */
  run(stateMachineArn: string, input?: unknown): Promise<DescribeExecutionCommandOutput>;
  /** The events of an execution as `id < previous type`. */
  history(executionArn: string | undefined): Promise<readonly string[]>;
  /** Creates a machine and runs it. */
  runOnce(definition: object, input?: unknown): Promise<DescribeExecutionCommandOutput>;
}

/** Opens Step Functions before the tests of a suite and clears up after them. */
export function openStatesBench(create: () => Promise<StatesUnderTest>): StatesBench {
  let tested: StatesUnderTest | undefined;
  const made = new Set<string>();
  const opened = () => tested ?? expect.fail("Step Functions is not open yet");
  beforeAll(async () => {
    tested = await create();
  });
  afterAll(async () => {
    for (const stateMachineArn of made) await opened().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await opened().close();
  });
  const bench: StatesBench = {
    get sfn() {
      return opened().sfn;
    },
    get roleArn() {
      return opened().roleArn;
    },
    async create(definition, changes = {}) {
      const { sfn, roleArn } = opened();
      const { stateMachineArn = "" } = await sfn.send(
        new CreateStateMachineCommand({
          name: contractName(),
          definition: JSON.stringify(definition),
          roleArn,
          tags: [{ key: CONTRACT_TAG, value: "true" }],
          ...changes,
        }),
      );
      made.add(stateMachineArn);
      return stateMachineArn;
    },
    async run(stateMachineArn, input = {}) {
      const { sfn, pollMs } = opened();
      const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
      const { executionArn } = await sfn.send(start);
      for (;;) {
        const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (described.status !== "RUNNING") return described;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
    async history(executionArn) {
      const events: string[] = [];
      for await (const page of paginateGetExecutionHistory({ client: opened().sfn }, { executionArn })) {
        for (const { id, previousEventId, type } of page.events ?? [])
          events.push(`${id} < ${previousEventId} ${type}`);
      }
      return events;
    },
    runOnce: async (definition, input) => bench.run(await bench.create(definition), input),
  };
  return bench;
}
