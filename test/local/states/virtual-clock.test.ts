import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, describe, expect, it } from "vitest";
import type { LocalFunction } from "../../../src/local/lambda/function-options.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { createVirtualClock } from "../../../src/local/states/virtual-clock.js";
import { functionArn, ROLE_ARN } from "./states-fixture.js";

const START = new Date("2026-01-01T00:00:00Z");
const open: LocalAws[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((local) => local.close()));
});

async function createVirtual(functions: Readonly<Record<string, LocalFunction>> = {}, seed = 0) {
  const local = await createLocalAws({ clock: "virtual", now: () => START, accountId: "123456789012", seed });
  open.push(local);
  for (const [name, handler] of Object.entries(functions)) local.registerFunction(name, handler);
  const { sfn } = local.clients;
  let count = 0;
  const start = async (states: Readonly<Record<string, object>>, top: object = {}, input: unknown = {}) => {
    const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...top });
    const name = `m${count++}`;
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE_ARN }));
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return started.executionArn;
  };
  const settle = async (executionArn: string | undefined) => {
    for (;;) {
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== "RUNNING") return described;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const seconds = ({ startDate, stopDate }: Awaited<ReturnType<typeof settle>>) =>
    ((stopDate?.getTime() ?? Number.NaN) - (startDate?.getTime() ?? Number.NaN)) / 1000;
  return { local, sfn, start, settle, seconds };
}

const wait = (seconds: number, more: object = { End: true }) => ({ Type: "Wait", Seconds: seconds, ...more });

describe("a virtual clock", () => {
  it("lets a wait of a year pass at once, and all dates tell its time", async () => {
    const { sfn, start, settle, seconds } = await createVirtual();
    const ended = await settle(await start({ W: wait(31_536_000) }));
    expect(ended).toMatchObject({ status: "SUCCEEDED", startDate: START, stopDate: new Date("2027-01-01T00:00:00Z") });
    expect(seconds(ended)).toBe(31_536_000);
    const { executionArn } = ended;
    const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.at(-1)?.timestamp).toEqual(new Date("2027-01-01T00:00:00Z"));
  });

  it("waits for a timestamp, for retries and for the limit of the machine", async () => {
    const { start, settle, seconds } = await createVirtual({
      f: () => {
        throw Object.assign(new Error("no"), { name: "E" });
      },
    });
    const until = await settle(await start({ W: { Type: "Wait", Timestamp: "2026-03-01T00:00:00Z", End: true } }));
    expect(until.stopDate).toEqual(new Date("2026-03-01T00:00:00Z"));
    const retry = [{ ErrorEquals: ["E"], IntervalSeconds: 3600, MaxAttempts: 2 }];
    const task = { Type: "Task", Resource: functionArn("f"), Retry: retry, End: true };
    expect(seconds(await settle(await start({ T: task })))).toBe(3600 + 7200);
    const limited = await settle(await start({ W: wait(100) }, { TimeoutSeconds: 60 }));
    expect(limited.status).toBe("TIMED_OUT");
    expect(seconds(limited)).toBe(60);
  });

  it("stands still while a function runs, so that no limit of a task is reached by it", async () => {
    const { start, settle, seconds } = await createVirtual({
      slow: () => new Promise((resolve) => setTimeout(() => resolve("done"), 30)),
    });
    const task = { Type: "Task", Resource: functionArn("slow"), TimeoutSeconds: 1, End: true };
    const [task1, waiting] = await Promise.all([start({ T: task }), start({ W: wait(1000) })]);
    const ended = await settle(task1);
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: '"done"' });
    expect(seconds(ended)).toBe(0);
    expect(seconds(await settle(waiting))).toBe(1000);
  });

  it("stands still while another execution passes through many states", async () => {
    const { start, settle, seconds } = await createVirtual();
    const count = { Type: "Pass", QueryLanguage: "JSONata", Output: "{% $states.input + 1 %}", Next: "C" };
    const choice = {
      Type: "Choice",
      Choices: [{ Variable: "$", NumericLessThan: 400, Next: "P" }],
      Default: "D",
    };
    const [busy] = await Promise.all([
      start({ P: count, C: choice, D: { Type: "Succeed" } }, {}, 0),
      start({ W: wait(1) }),
    ]);
    expect(seconds(await settle(busy))).toBe(0);
  });

  it("ends waits in the order of their time, then of their begin, and jitter by the seed", async () => {
    const order = async (seed: number) => {
      const seen: string[] = [];
      const { start, settle } = await createVirtual(
        {
          note: (name: string) => void seen.push(name),
          fail: (name: string) => {
            seen.push(name);
            throw Object.assign(new Error("no"), { name: "E" });
          },
        },
        seed,
      );
      const branch = (name: string, seconds: number) => ({
        StartAt: `W${name}`,
        States: {
          [`W${name}`]: wait(seconds, { Next: name }),
          [name]: { Type: "Pass", Result: name, Next: `N${name}` },
          [`N${name}`]: { Type: "Task", Resource: functionArn("note"), End: true },
        },
      });
      const Retry = [{ ErrorEquals: ["E"], IntervalSeconds: 100, MaxAttempts: 3, JitterStrategy: "FULL" }];
      const jitter = (name: string) => ({
        StartAt: name,
        States: {
          [name]: { Type: "Pass", Result: name, Next: `F${name}` },
          [`F${name}`]: { Type: "Task", Resource: functionArn("fail"), Retry, Catch: [], End: true },
        },
      });
      const waits = [branch("a", 20), branch("b", 10), branch("c", 20), branch("d", 5)];
      await settle(await start({ P: { Type: "Parallel", Branches: waits, End: true } }));
      const firsts = seen.splice(0);
      const machines = await Promise.all(["x", "y"].map((name) => start(jitter(name).States)));
      await Promise.all(machines.map(settle));
      return { firsts, seen };
    };
    const first = await order(3);
    expect(first.firsts).toEqual(["d", "b", "a", "c"]);
    expect(first.seen).toHaveLength(8);
    expect(await order(3)).toEqual(first);
  });

  it("leaves nothing behind when the local AWS is closed in the middle of a wait", async () => {
    const { local, start } = await createVirtual({ never: () => new Promise(() => {}) });
    await start({ T: { Type: "Task", Resource: functionArn("never"), TimeoutSeconds: 5, End: true } });
    await start({ W: wait(10) });
    await local.close();
    open.length = 0;
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Immediate")).toEqual([]);
  });

  it("gives up a wait with the signal's reason", async () => {
    const clock = createVirtualClock(START);
    const controller = new AbortController();
    const release = clock.hold();
    const waiting = clock.sleep(1000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow("enough");
    release();
    release();
    expect(clock.now()).toEqual(START);
  });
});
