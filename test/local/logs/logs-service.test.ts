import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { LogStore } from "../../../src/local/logs/log-store.js";
import { createLogsService } from "../../../src/local/logs/logs-service.js";
import { createRequestHandler } from "../../../src/local/request-handler.js";
import {
  createConfig,
  createEndpoint,
  createModel,
  putImages,
  runTraining,
  trainingRequest,
  variant,
} from "../sagemaker/fixture.js";

describe("the log of a local training job", () => {
  let local: LocalAws;
  let logs: CloudWatchLogsClient;
  const logGroupName = "/aws/sagemaker/TrainingJobs";
  beforeEach(async () => {
    local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
    logs = new CloudWatchLogsClient(local.clientConfig);
    await putImages(local);
  });
  afterEach(() => local.close());

  it("is read by the real client, in the algorithm's own form", async () => {
    await runTraining(local, trainingRequest("job", { epochs: "3", learning_rate: "0.01" }));
    const { logStreams = [] } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: "job/" }),
    );
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([
      expect.stringMatching(/^job\/algo-1-\d{10}$/),
    ]);
    const logStreamName = logStreams[0]?.logStreamName;
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
    );
    const lines = events.map(({ message = "" }) => message);
    expect(lines[0]).toBe("Docker entrypoint called with argument(s): train");
    const prefix = /^\[\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d INFO \d+\] /;
    expect(lines.slice(1).every((line) => prefix.test(line))).toBe(true);
    const bare = lines.map((line) => line.replace(prefix, ""));
    expect(bare).toContain(
      "Merging with provided configuration from /opt/ml/input/config/hyperparameters.json: {'image_shape': '3,8,8', 'num_classes': '2', 'num_training_samples': '24', 'mini_batch_size': '8', 'epochs': '3', 'learning_rate': '0.01'}",
    );
    expect(bare.find((line) => line.includes("much smaller network"))).toBeDefined();
    expect(bare.find((line) => line.endsWith("learning_rate"))).toMatch(/^These hyperparameters are replaced/);
    for (const epoch of [0, 1, 2]) {
      const own = bare.filter((line) => line.startsWith(`Epoch[${epoch}] `)).map((line) => line.replace(/=.*/, ""));
      expect(own).toEqual(
        ["Train-accuracy", "Time cost", "Validation-accuracy"].map((name) => `Epoch[${epoch}] ${name}`),
      );
    }
    expect(bare.at(-1)).toBe('Saved checkpoint to "/opt/ml/model/image-classification-0003.params"');
  });

  it("has a line for every twentieth batch", async () => {
    await runTraining(local, trainingRequest("job", { epochs: "1", mini_batch_size: "1" }));
    const found = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '"Batch [20]"' }));
    expect(found.events?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/ Epoch\[0\] Batch \[20\]#011Speed: [\d.]+ samples\/sec#011accuracy=[01]\.\d{6}$/),
    ]);
  });

  it("has a group for each endpoint", async () => {
    await runTraining(local, trainingRequest("job"));
    await createModel(local, "job");
    await createConfig(local, "config", [variant("one", "job")]);
    await createEndpoint(local, "endpoint", "config");
    const groups = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/sagemaker/Endpoints" }));
    expect(groups.logGroups?.map((group) => group.logGroupName)).toEqual(["/aws/sagemaker/Endpoints/endpoint"]);
    const streams = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: "/aws/sagemaker/Endpoints/endpoint" }),
    );
    expect(streams.logStreams?.[0]?.logStreamName).toMatch(/^one\/i-[0-9a-f]{17}$/);
  });

  it("does not exist before the job", async () => {
    await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
  });
});

describe("the local CloudWatch Logs", () => {
  const store = new LogStore();
  const service = createLogsService({ store, region: "us-east-1", accountId: "000000000000" });
  const logs = new CloudWatchLogsClient({
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    requestHandler: createRequestHandler(service),
  });
  const append = (logStream: string, time: number, message: string) =>
    store.append({ logGroup: "group", logStream, timestamp: new Date(time), message });
  for (let time = 0; time < 10; time++) append("a", time, `line ${time} ${time % 2 === 0 ? "even" : "odd"}`);
  append("b", 3, "other error");
  append("c", 20, "late");

  const get = async (changes: object = {}) => {
    const input = { logGroupName: "group", logStreamName: "a", ...changes };
    const output = await logs.send(new GetLogEventsCommand(input));
    return { ...output, times: output.events?.map(({ timestamp }) => timestamp) };
  };

  it("reads forwards page by page, and stays at the end until there is more", async () => {
    const first = await get({ startFromHead: true, limit: 6 });
    expect(first.times).toEqual([0, 1, 2, 3, 4, 5]);
    const second = await get({ nextToken: first.nextForwardToken, limit: 6 });
    expect(second.times).toEqual([6, 7, 8, 9]);
    const end = await get({ nextToken: second.nextForwardToken });
    expect(end.times).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    append("a", 10, "line 10 even");
    expect((await get({ nextToken: end.nextForwardToken })).times).toEqual([10]);
    expect((await get({ nextToken: second.nextBackwardToken })).times).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("begins at the end without startFromHead, and reads backwards from there", async () => {
    const last = await get({ limit: 3, endTime: 10 });
    expect(last.times).toEqual([7, 8, 9]);
    const before = await get({ nextToken: last.nextBackwardToken, limit: 100 });
    expect(before.times).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const start = await get({ nextToken: before.nextBackwardToken });
    expect([start.times, start.nextBackwardToken]).toEqual([[], before.nextBackwardToken]);
    expect((await get({ startTime: 2, endTime: 5 })).times).toEqual([2, 3, 4]);
  });

  it.each([
    ["", 11],
    ["even", 5],
    ["line -even", 5],
    ['"2 even"', 1],
    ["?other ?odd", 6],
    ["EVEN", 0],
  ])("filters by the pattern %j", async (filterPattern, count) => {
    const output = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "group", filterPattern, logStreamNames: ["a", "b"], endTime: 10 }),
    );
    expect(output.events).toHaveLength(count);
  });

  it("filters over streams in the order of time, page by page", async () => {
    const times: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page = await logs.send(
        new FilterLogEventsCommand({ logGroupName: "group", startTime: 2, endTime: 5, limit: 3, nextToken }),
      );
      times.push(...(page.events ?? []).map(({ timestamp, logStreamName }) => `${timestamp}${logStreamName}`));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(times).toEqual(["2a", "3a", "3b", "4a"]);
  });

  it("lists streams by name, by time, and in pages", async () => {
    const list = async (changes: object) => {
      const output = await logs.send(new DescribeLogStreamsCommand({ logGroupName: "group", ...changes }));
      return { names: output.logStreams?.map(({ logStreamName }) => logStreamName), nextToken: output.nextToken };
    };
    expect((await list({})).names).toEqual(["a", "b", "c"]);
    expect((await list({ orderBy: "LastEventTime", descending: true })).names).toEqual(["c", "a", "b"]);
    const page = await list({ limit: 2 });
    expect((await list({ limit: 2, nextToken: page.nextToken })).names).toEqual(["c"]);
  });

  it("refuses what is not there, or wrong, by AWS's names", async () => {
    await expect(get({ logStreamName: "z" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(get({ nextToken: "made-up" })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(get({ limit: 0 })).rejects.toThrow(/at 'limit' failed to satisfy constraint/);
    await expect(
      logs.send(new FilterLogEventsCommand({ logGroupName: "group", filterPattern: "{ $.a = 1 }" })),
    ).rejects.toThrow(/no JSON, column or regular expression patterns/);
    await expect(
      logs.send(new PutLogEventsCommand({ logGroupName: "group", logStreamName: "a", logEvents: [] })),
    ).rejects.toMatchObject({ code: "LOCAL_OPERATION_UNSUPPORTED", details: { operation: "PutLogEvents" } });
  });

  it("keeps the newest lines of a stream that is very long", () => {
    const long = new LogStore();
    for (let time = 0; time <= 110_001; time++) {
      long.append({ logGroup: "g", logStream: "s", timestamp: new Date(time), message: "x" });
    }
    const events = long.streams("g")?.[0]?.events ?? [];
    expect(events.length).toBeLessThanOrEqual(110_000);
    expect(events.at(-1)?.sequence).toBe(110_001);
  });
});
