import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../helpers/shared-data.js";
import { createStates, functionArn, invoke } from "./states-fixture.js";

const thrown = (name: string, message: string) => Object.assign(new Error(message), { name });

const threeTasks = {
  StartAt: "Serialize",
  States: {
    Serialize: invoke("serialize", { Next: "Classify" }),
    Classify: invoke("classify", { Next: "Filter" }),
    Filter: invoke("filter", { End: true }),
  },
};

const handlers = {
  serialize: (event: { s3_key: string }) => ({ ...event, image_data: "aGk=" }),
  classify: async (event: object) => ({ ...event, inferences: [0.9, 0.1] }),
  filter: (event: { inferences: readonly number[] }) => {
    if (Math.max(...event.inferences) < 0.95) throw thrown("THRESHOLD_CONFIDENCE_NOT_MET", "0.9 is below 0.95");
    return event;
  },
};

describe("the history of an execution", () => {
  const exported = sharedData("data/executions/succeeded-jsonpath-DannyLCG.json");

  it("has 17 events for three Lambda tasks", async () => {
    const { run, history } = createStates({ ...handlers, filter: (event: object) => event });
    const { executionArn, status, output } = await run(threeTasks, { s3_key: "a.png" });
    expect(status).toBe("SUCCEEDED");
    expect(output).toEqual({ s3_key: "a.png", image_data: "aGk=", inferences: [0.9, 0.1] });
    const events = await history(executionArn);
    const task = ["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"];
    expect(events.map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      ...task,
      ...task,
      ...task,
      "ExecutionSucceeded",
    ]);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ previousEventId }) => previousEventId)).toEqual([
      0,
      0,
      ...events.slice(2).map((_, i) => i + 2),
    ]);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: "lambda",
      resource: "invoke",
      region: "us-east-1",
      parameters: JSON.stringify({ FunctionName: functionArn("serialize"), Payload: { s3_key: "a.png" } }),
    });
    expect(events[5]?.stateExitedEventDetails).toMatchObject({
      name: "Serialize",
      output: '{"s3_key":"a.png","image_data":"aGk="}',
      outputDetails: { truncated: false },
    });
  });

  it.skipIf(exported === undefined)(
    "has the types, order and wrapper of a real one (needs ../shared/data)",
    async () => {
      const real = JSON.parse(readFileSync(exported ?? "", "utf8"));
      const realEvents: Record<string, unknown>[] = Object.values(real.historyHash);
      const definition = JSON.parse(real.stateMachine.definition);
      const echo = (event: object) => event;
      const { run, history } = createStates({
        serializeImageData: echo,
        predictImageLabel: echo,
        filterPredictions: echo,
      });
      const { executionArn } = await run(definition, JSON.parse(real.execution.input));
      const ours = await history(executionArn);
      const shape = (event: Record<string, unknown>) => ({
        id: event["id"],
        previousEventId: event["previousEventId"],
        type: event["type"],
      });
      expect(ours.map((event) => shape(event as unknown as Record<string, unknown>))).toEqual(realEvents.map(shape));
      const wrapperOf = (event: Record<string, unknown> | undefined) =>
        JSON.parse((event?.["taskSucceededEventDetails"] as { output: string } | undefined)?.output ?? "{}");
      const [theirs, own] = [wrapperOf(realEvents[4]), wrapperOf(ours[4] as unknown as Record<string, unknown>)];
      expect(Object.keys(own)).toEqual(Object.keys(theirs));
      expect(Object.keys(own.SdkHttpMetadata)).toEqual(Object.keys(theirs.SdkHttpMetadata));
      expect(Object.keys(own.SdkHttpMetadata.AllHttpHeaders).sort()).toEqual(
        Object.keys(theirs.SdkHttpMetadata.AllHttpHeaders).sort(),
      );
    },
  );

  it("ends FAILED with the name and the cause of what a handler threw", async () => {
    const { run, history } = createStates(handlers);
    const { executionArn, status, error, cause } = await run(threeTasks, { s3_key: "a.png" });
    expect({ status, error }).toEqual({ status: "FAILED", error: "THRESHOLD_CONFIDENCE_NOT_MET" });
    expect(JSON.parse(cause ?? "")).toMatchObject({
      errorType: "THRESHOLD_CONFIDENCE_NOT_MET",
      errorMessage: "0.9 is below 0.95",
      trace: expect.arrayContaining([expect.stringContaining("0.9 is below 0.95")]),
    });
    const last = (await history(executionArn)).slice(-2);
    expect(last.map(({ type }) => type)).toEqual(["TaskFailed", "ExecutionFailed"]);
    expect(last[0]?.taskFailedEventDetails).toEqual({ resourceType: "lambda", resource: "invoke", error, cause });
    expect(last[1]?.executionFailedEventDetails).toEqual({ error, cause });
  });

  it("chains the branches of Parallel and the iterations of Map to what they began with", async () => {
    const { runStates, history } = createStates();
    const pass = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", End: true } } });
    const { executionArn } = await runStates({
      P: { Type: "Parallel", Branches: [pass("A"), pass("B")], Next: "M" },
      M: { Type: "Map", ItemProcessor: pass("C"), End: true },
    });
    const events = await history(executionArn);
    const find = (type: string, name?: string) =>
      events.find(
        (event) => event.type === type && (name === undefined || event.stateEnteredEventDetails?.name === name),
      );
    const parallel = find("ParallelStateStarted")?.id;
    expect(find("PassStateEntered", "A")?.previousEventId).toBe(parallel);
    expect(find("PassStateEntered", "B")?.previousEventId).toBe(parallel);
    const iterations = events.filter(({ type }) => type === "MapIterationStarted");
    expect(iterations.map(({ previousEventId }) => previousEventId)).toEqual(
      iterations.map(() => find("MapStateStarted")?.id),
    );
    expect(iterations.map((event) => event.mapIterationStartedEventDetails)).toEqual([
      { name: "M", index: 0 },
      { name: "M", index: 1 },
    ]);
    expect(find("MapStateStarted")?.mapStateStartedEventDetails).toEqual({ length: 2 });
    expect(events.at(-1)?.type).toBe("ExecutionSucceeded");
  });

  it("uses the events of Lambda for a bare function ARN, whose result is the bare payload", async () => {
    const { runState, history } = createStates({ double: (event: { n: number }) => event.n * 2 });
    const { executionArn, output } = await runState({ Type: "Task", Resource: functionArn("double") }, { n: 4 });
    expect(output).toBe(8);
    const events = await history(executionArn);
    expect(events.slice(2, 5).map(({ type }) => type)).toEqual([
      "LambdaFunctionScheduled",
      "LambdaFunctionStarted",
      "LambdaFunctionSucceeded",
    ]);
    expect(events[2]?.lambdaFunctionScheduledEventDetails).toMatchObject({
      resource: functionArn("double"),
      input: '{"n":4}',
    });
    expect(events[4]?.lambdaFunctionSucceededEventDetails).toMatchObject({ output: "8" });
  });
});
