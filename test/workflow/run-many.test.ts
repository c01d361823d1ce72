import { getEventListeners } from "node:events";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { runMany } from "../../src/workflow/execution/run-many.js";
import type {
  ManyExecutionResult,
  RunManyOptions,
  RunManyProgressEvent,
} from "../../src/workflow/execution/run-many-options.js";
import { StartGate } from "../../src/workflow/execution/start-gate.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import { ROLE_ARN } from "../helpers/contracts.js";

interface Item {
  readonly n: number;
  readonly fail?: boolean;
}

/** Doubles `n`, or fails for what is marked. */
const DOUBLE: StateMachineDefinition = {
  QueryLanguage: "JSONata",
  StartAt: "Judge",
  States: {
    Judge: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.fail = true %}", Next: "No" }],
      Default: "Double",
    },
    Double: { Type: "Pass", Output: { twice: "{% $states.input.n * 2 %}" }, End: true },
    No: { Type: "Fail", Error: "TooOdd", Cause: "It was marked." },
  },
};
const WAITING: StateMachineDefinition = { StartAt: "W", States: { W: { Type: "Wait", Seconds: 3600, End: true } } };

const disposables: LocalAws[] = [];
afterEach(async () => {
  for (const local of disposables.splice(0)) await local.close();
});

async function setUp(definition = DOUBLE) {
  const local = await createLocalAws();
  disposables.push(local);
  // Without retries of its own, so that what is thrown at the client is what runMany sees.
  const sfn = new SFNClient({ ...local.clientConfig, maxAttempts: 1 });
  const { stateMachineArn } = await deployStateMachine({ name: "m", definition, roleArn: ROLE_ARN, clients: { sfn } });
  const events: RunManyProgressEvent[] = [];
  const run = <Input>(inputs: RunManyOptions<Input>["inputs"], options: Partial<RunManyOptions<Input>> = {}) =>
    runMany({
      stateMachineArn,
      inputs,
      pollIntervalMs: 1,
      clients: { sfn },
      onProgress: (event) => events.push(event),
      ...options,
    });
  const executions = async (status?: "RUNNING" | "ABORTED") => {
    const request = { stateMachineArn, ...(status === undefined ? {} : { statusFilter: status }) };
    return (await sfn.send(new ListExecutionsCommand(request))).executions?.length;
  };
  return { local, sfn, stateMachineArn, run, events, executions };
}

const items = (count: number): Item[] => Array.from({ length: count }, (_, n) => ({ n }));
async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
const byIndex = <Input, Output>(results: readonly ManyExecutionResult<Input, Output>[]) =>
  results.toSorted((a, b) => a.index - b.index);

describe("runMany", () => {
  it("gives each input's output, as the schema has it", async () => {
    const { run, events } = await setUp();
    const results = await collect(
      run(items(25), { outputSchema: z.object({ twice: z.number() }), concurrency: 4 } as object),
    );
    expect(byIndex(results).map((one) => one.type === "succeeded" && [one.index, one.input.n, one.output])).toEqual(
      items(25).map(({ n }) => [n, n, { twice: 2 * n }]),
    );
    expect(new Set(results.map(({ executionArn }) => executionArn)).size).toBe(25);
    expect(events.filter(({ type }) => type === "started")).toHaveLength(25);
  });

  it("reports what fails beside what succeeds", async () => {
    const { run } = await setUp();
    const inputs = [{ n: 1 }, { n: 2, fail: true }, { n: 3 }, { n: 4, image: "x".repeat(262_144) }];
    const results = byIndex(await collect(run(inputs)));
    expect(results).toMatchObject([
      { type: "succeeded", output: { twice: 2 } },
      {
        type: "failed",
        executionArn: expect.stringContaining(":execution:m:"),
        error: { code: "EXECUTION_FAILED", details: { error: "TooOdd", cause: "It was marked.", failedState: "No" } },
      },
      { type: "succeeded", output: { twice: 6 } },
      { type: "failed", error: { code: "INVALID_OPTIONS" } },
    ]);
    expect(results[3]).not.toHaveProperty("executionArn");
  });

  it("stops at the first failure where that is asked for, and still yields what was under way", async () => {
    const { run, executions } = await setUp();
    const inputs = [{ n: 0 }, { n: 1, fail: true }, ...items(50)];
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const result of run(inputs, { concurrency: 2, onFailure: "stop" })) seen.push(result.type);
    })();
    await expect(reading).rejects.toMatchObject({ code: "EXECUTION_FAILED" });
    expect(seen).toContain("failed");
    expect(seen).toHaveLength((await executions()) ?? 0);
    expect(seen.length).toBeLessThan(6);
  });

  it("has at most `concurrency` inputs in hand, however many there are and however slow the reader is", async () => {
    const { run } = await setUp();
    let [taken, given, most, isClosed] = [0, 0, 0, false];
    async function* source() {
      try {
        for (; taken < 400; taken++) {
          most = Math.max(most, taken + 1 - given);
          yield { n: taken };
        }
      } finally {
        isClosed = true;
      }
    }
    for await (const result of run(source(), { concurrency: 7 })) {
      given++;
      expect(result.type).toBe("succeeded");
      if (given % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect([given, isClosed]).toEqual([400, true]);
    expect(most).toBeLessThanOrEqual(7);
    expect(most).toBeGreaterThan(1);
  });

  it("waits out the throttling of starts, and starts nothing twice", async () => {
    const { local, run, events, executions } = await setUp();
    using fault = local.injectFault({
      service: "states",
      operation: "StartExecution",
      kind: "throttle",
      on: [2, 3, 9],
    });
    const results = await collect(run(items(20), { concurrency: 5 }));
    expect(results.filter(({ type }) => type === "succeeded")).toHaveLength(20);
    expect(fault.hits).toBe(3);
    expect(events.filter(({ type }) => type === "throttled")).toHaveLength(3);
    expect(await executions()).toBe(20);
  });

  it("ends with AWS's exception when starts stay throttled for the time limit", async () => {
    const { local, run, executions } = await setUp();
    local.injectFault({ service: "states", operation: "StartExecution", kind: "throttle" });
    await expect(collect(run(items(20), { timeoutMs: 1 }))).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(await executions()).toBe(0);
  });

  it("does not lose an execution to a throttled question", async () => {
    const { local, run } = await setUp();
    local.injectFault({ service: "states", operation: "DescribeExecution", kind: "throttle", on: [1, 2, 5, 6] });
    const results = await collect(run(items(6), { concurrency: 3 }));
    expect(results.map(({ type }) => type)).toEqual(Array(6).fill("succeeded"));
  });

  it("starts nothing twice when the answer to a start is lost and the SDK asks again", async () => {
    const { local, stateMachineArn } = await setUp();
    const sfn = new SFNClient(local.clientConfig);
    let isLost = false;
    sfn.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = await next(args);
        if (isLost || context["commandName"] !== "StartExecutionCommand") return answer;
        isLost = true;
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET", name: "TimeoutError" });
      },
      { step: "deserialize" },
    );
    const results = await collect(runMany({ stateMachineArn, inputs: items(3), pollIntervalMs: 1, clients: { sfn } }));
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    expect([isLost, results.length, executions?.length]).toEqual([true, 3, 3]);
  });

  it("takes names, and reports one that is taken as that input's failure", async () => {
    const { run } = await setUp();
    const results = byIndex(await collect(run(items(3), { nameOf: ({ n }) => `image-${n % 2}`, concurrency: 1 })));
    expect(results).toMatchObject([
      { executionArn: expect.stringMatching(/:image-0$/) },
      { executionArn: expect.stringMatching(/:image-1$/) },
      { type: "failed", error: { name: "ExecutionAlreadyExists" } },
    ]);
  });

  it("ends at once when nothing can be started, or when the source fails", async () => {
    const { run, stateMachineArn } = await setUp();
    const gone = run(items(20), { stateMachineArn: `${stateMachineArn}-gone` });
    await expect(collect(gone)).rejects.toMatchObject({ name: "StateMachineDoesNotExist" });
    async function* broken() {
      yield { n: 1 };
      throw new Error("the list broke off");
    }
    const results: unknown[] = [];
    const reading = (async () => {
      for await (const one of run(broken())) results.push(one);
    })();
    await expect(reading).rejects.toThrow("the list broke off");
    expect(results).toMatchObject([{ type: "succeeded" }]);
  });

  it("refuses wrong options before it starts anything", () => {
    const stateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
    const wrong = (options: object) => () => runMany({ stateMachineArn, inputs: [], ...options });
    expect(wrong({ concurrency: 0 })).toThrow(/concurrency/);
    expect(wrong({ inputs: "no list" })).toThrow(/inputs: must be an array/);
    expect(wrong({ ratePerSecond: 0 })).toThrow(/ratePerSecond/);
  });
});

describe("runMany that is given up", () => {
  it.each(["stop", "leave"] as const)("starts nothing more after an abort, and onAbort %s is kept", async (onAbort) => {
    const { run, events, executions } = await setUp(WAITING);
    const abort = new AbortController();
    const reason = new Error("enough");
    const running = collect(
      run(items(50), {
        concurrency: 3,
        signal: abort.signal,
        onAbort,
        onProgress: (event) => {
          events.push(event);
          if (events.filter(({ type }) => type === "started").length === 3) setImmediate(() => abort.abort(reason));
        },
      }),
    );
    await expect(running).rejects.toBe(reason);
    expect(await executions()).toBe(3);
    expect(await executions(onAbort === "stop" ? "ABORTED" : "RUNNING")).toBe(3);
    const told = onAbort === "stop" ? "stopped" : "left-running";
    expect(events.filter(({ type }) => type === told)).toHaveLength(3);
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(0);
  });

  it("starts nothing more when the loop is left, and closes the source", async () => {
    const { run, executions } = await setUp();
    let isClosed = false;
    function* endless() {
      try {
        for (let n = 0; ; n++) yield { n };
      } finally {
        isClosed = true;
      }
    }
    for await (const result of run(endless(), { concurrency: 2 })) {
      expect(result.type).toBe("succeeded");
      break;
    }
    const count = await executions();
    expect(isClosed).toBe(true);
    expect(count).toBeLessThan(8);
  });

  it("does not wait for a source that is silent", async () => {
    const { run } = await setUp();
    const abort = new AbortController();
    const reason = new Error("enough");
    async function* silent() {
      yield { n: 1 };
      setImmediate(() => abort.abort(reason));
      await new Promise(() => {});
    }
    await expect(collect(run(silent(), { signal: abort.signal }))).rejects.toBe(reason);
    expect(getEventListeners(abort.signal, "abort")).toHaveLength(0);
    await expect(collect(run(items(3), { signal: abort.signal }))).rejects.toBe(reason);
  });
});

describe("the pace of starts", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets several lanes pass, and notes when. */
  async function pass(gate: StartGate, count: number, lanes = 4): Promise<number[]> {
    const times: number[] = [];
    const start = Date.now();
    const lane = async () => {
      while (times.length < count) {
        await gate.pass(new AbortController().signal);
        times.push(Date.now() - start);
      }
    };
    const passing = Promise.all(Array.from({ length: lanes }, lane));
    await vi.advanceTimersByTimeAsync(60_000);
    await passing;
    return times.slice(0, count);
  }

  it("keeps the rate", async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const times = await pass(new StartGate(20), 100);
    expect(times.at(-1)).toBeGreaterThanOrEqual(99 * 50);
    expect(times.at(-1)).toBeLessThan(102 * 50);
  });

  it("slows down with each refusal, once for those that were refused together, and recovers", async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const gate = new StartGate(undefined);
    const signal = new AbortController().signal;
    const turns = [await gate.pass(signal), await gate.pass(signal)];
    expect(turns.map((turn) => gate.slowDown(turn))).toEqual([100, 100]);
    const [first = 0] = await pass(gate, 1, 1);
    expect(first).toBeGreaterThanOrEqual(100);
    expect(gate.slowDown(Date.now())).toBe(200);
    for (let count = 0; count < 60; count++) gate.speedUp();
    expect(new Set(await pass(gate, 50))).toEqual(new Set([200]));
  });
});
