import { describe, expect, it } from "vitest";
import { createDistributed, distributedMap } from "./distributed-fixture.js";

const CHECK = {
  C: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 2, Next: "F" }], Default: "P" },
  F: { Type: "Fail", Error: "TooMuch", Cause: "above two" },
  P: { Type: "Pass", End: true },
};

const writer = (more: object = {}, prefix = "out") => ({
  ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "data", Prefix: prefix }, ...more },
});

interface Written {
  readonly MapRunArn: string;
  readonly ResultWriterDetails: { readonly Bucket: string; readonly Key: string };
}

describe("ResultWriter", () => {
  it("writes each way of ending to a file of its own, and a manifest", async () => {
    const { runState, get, keys } = await createDistributed();
    const map = distributedMap({ ...writer(), MaxConcurrency: 1, ToleratedFailureCount: 1 }, CHECK);
    const { output } = await runState(map, [1, 3, 2]);
    const { MapRunArn, ResultWriterDetails } = output as Written;
    const folder = `out/${MapRunArn.split(":").at(-1)}`;
    expect(ResultWriterDetails).toEqual({ Bucket: "data", Key: `${folder}/manifest.json` });
    expect(await keys()).toEqual(
      ["FAILED_0.json", "SUCCEEDED_0.json", "manifest.json"].map((name) => `${folder}/${name}`),
    );
    expect(JSON.parse(await get(ResultWriterDetails.Key))).toEqual({
      DestinationBucket: "data",
      MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
    const succeeded = JSON.parse(await get(`${folder}/SUCCEEDED_0.json`)) as { Input: string }[];
    expect(succeeded.map(({ Input }) => Input)).toEqual(["1", "2"]);
    expect(succeeded[0]).toMatchObject({
      ExecutionArn: expect.stringContaining("/items:"),
      Output: "1",
      Status: "SUCCEEDED",
      StateMachineArn: expect.stringMatching(/\/items$/),
    });
    expect(JSON.parse(await get(`${folder}/FAILED_0.json`))).toMatchObject([
      { Input: "3", Error: "TooMuch", Cause: "above two", Status: "FAILED" },
    ]);
  });

  it("writes what was done and what was not started when the Map Run fails", async () => {
    const { runState, get, keys } = await createDistributed();
    const failed = await runState(distributedMap({ ...writer({}, "p/"), MaxConcurrency: 1 }, CHECK), [3, 1]);
    expect(failed.error).toBe("States.ExceedToleratedFailureThreshold");
    const written = await keys();
    expect(written.map((key) => key.split("/").at(-1))).toEqual(["FAILED_0.json", "PENDING_0.json", "manifest.json"]);
    expect(written[0]).toMatch(/^p\/[0-9a-f-]{36}\//);
    expect(JSON.parse(await get(written[1] ?? ""))).toMatchObject([{ Input: "1", Status: "PENDING" }]);
  });

  it.each<[object, string]>([
    [{ OutputType: "JSON", Transformation: "COMPACT" }, "[[1,2],3]"],
    [{ OutputType: "JSON", Transformation: "FLATTEN" }, "[1,2,3]"],
    [{ OutputType: "JSONL", Transformation: "FLATTEN" }, "1\n2\n3"],
  ])("transforms results as WriterConfig %j says", async (config, text) => {
    const { runState, get, keys } = await createDistributed();
    await runState(distributedMap(writer({ WriterConfig: config })), [[1, 2], 3]);
    expect(await get((await keys())[0] ?? "")).toBe(text);
  });

  it("reshapes the state's own result with a WriterConfig alone", async () => {
    const { runState, keys } = await createDistributed();
    const own = (config: object) => distributedMap({ ResultWriter: { WriterConfig: config } });
    expect((await runState(own({ Transformation: "FLATTEN", OutputType: "JSON" }), [[1], [2, 3]])).output).toEqual([
      1, 2, 3,
    ]);
    expect((await runState(own({ Transformation: "NONE", OutputType: "JSON" }), ["a"])).output).toEqual([
      expect.objectContaining({ Input: '"a"', Output: '"a"', Status: "SUCCEEDED" }),
    ]);
    expect(await keys()).toEqual([]);
  });

  it("fails before any child runs when there is no such bucket", async () => {
    const { runState } = await createDistributed();
    const map = writer({ Parameters: { Bucket: "none", Prefix: "p" } });
    expect(await runState(distributedMap(map), [1])).toMatchObject({
      error: "States.ResultWriterFailed",
      cause: expect.stringContaining("'none'"),
    });
  });

  it("lets results be larger than a state's output may be, which fails without it", async () => {
    const { runState } = await createDistributed();
    const large = distributedMap({}, { In: { Type: "Pass", Result: "x".repeat(100_000), End: true } });
    expect(await runState(large, [1, 2, 3])).toMatchObject({ error: "States.DataLimitExceeded" });
    expect((await runState({ ...large, ...writer() }, [1, 2, 3])).status).toBe("SUCCEEDED");
  });
});
