import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import type { AlertNotice } from "../../src/monitoring/alerts/alert-sink.js";
import { createEventBridgeSink } from "../../src/monitoring/alerts/event-bridge-sink.js";
import { createMetricsSink } from "../../src/monitoring/alerts/metrics-sink.js";
import { createMonitorHandler, type MonitorHandlerOptions } from "../../src/monitoring/alerts/monitor-handler.js";
import { createSnsSink } from "../../src/monitoring/alerts/sns-sink.js";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { lineAt, observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
let local: LocalAws;
let run = 0;
beforeAll(async () => {
  local = await createLocalAws();
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
});
afterAll(() => local.close());
beforeEach(() => {
  run++;
});

/** Captures of an hour: so many sure answers and so many unsure ones. */
async function capture(hour: string, sure: number, unsure: number): Promise<void> {
  const lines = Array.from({ length: sure + unsure }, (_, index) =>
    lineAt(
      `${hour}-${index}`,
      `2026-11-26T${hour}:30:${String(index % 60).padStart(2, "0")}Z`,
      index < sure ? 0.95 : 0.6,
    ),
  );
  const Key = `captures-${run}/scones/AllTraffic/2026/11/26/${hour}/30-00-000-a.jsonl`;
  await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body: `${lines.join("\n")}\n` }));
}

const create = (time: { now: string }, options: Partial<MonitorHandlerOptions> = {}) =>
  createMonitorHandler({
    source: `s3://scones/captures-${run}`,
    labels,
    rules: [{ type: "below-threshold-share", over: 0.2, within: "1h", clearAfter: 1 }],
    state: `s3://scones/state-${run}.json`,
    now: () => new Date(time.now),
    clients: { s3: local.clients.s3 },
    ...options,
  });

describe("createMonitorHandler", () => {
  it("tells once when an alert is raised and once when it is cleared, over invocations and processes", async () => {
    await capture("08", 100, 0);
    await capture("09", 50, 50);
    await capture("10", 100, 0);
    const time = { now: "" };
    const told: AlertNotice[] = [];
    for (const now of ["08:45", "09:45", "09:50", "10:45", "10:50"]) {
      time.now = `2026-11-26T${now}:00Z`;
      await create(time, { sinks: [(notice) => void told.push(notice)] })({ source: "aws.events" });
    }
    expect(told.map(({ isAlarming, changes }) => [isAlarming, changes[0]?.change])).toEqual([
      [false, undefined],
      [true, "raised"],
      [true, undefined],
      [false, "cleared"],
      [false, undefined],
    ]);
    expect(told[1]).toMatchObject({ source: `s3://scones/captures-${run}`, answers: 100, records: 100 });
  });

  it("tells again at the next event where a sink failed, and tells the others all the same", async () => {
    await capture("09", 0, 50);
    const told: string[] = [];
    let isBroken = true;
    const handler = create(
      { now: "2026-11-26T09:45:00Z" },
      {
        sinks: [
          () => {
            if (isBroken) throw new Error("the pager is down");
          },
          ({ changes }) => void told.push(...changes.map(({ name }) => name)),
        ],
      },
    );
    await expect(handler()).rejects.toMatchObject({
      code: "ALERT_DELIVERY_FAILED",
      details: { reasons: ["the pager is down"] },
    });
    isBroken = false;
    await handler();
    await handler();
    expect(told).toEqual(["below-threshold-share", "below-threshold-share"]);
  });

  it("compares with a baseline that lies in S3", async () => {
    await capture("09", 50, 150);
    const usual = Array.from({ length: 300 }, (_, index) => observation(String(index), new Date(0), [0.95, 0.05]));
    const baseline = createBaseline(await summarizeCaptures(usual, { labels }));
    const object = { Bucket: "scones", Key: `baseline-${run}.json`, Body: JSON.stringify(baseline) };
    await local.clients.s3.send(new PutObjectCommand(object));
    const handler = create(
      { now: "2026-11-26T09:45:00Z" },
      { rules: [{ type: "drift", severity: "critical" }], baseline: `s3://scones/${object.Key}` },
    );
    expect(await handler()).toMatchObject({ isAlarming: true, results: [{ severity: "critical", change: "raised" }] });
    const missing = create(
      { now: "2026-11-26T09:45:00Z" },
      { rules: [{ type: "drift" }], baseline: "s3://scones/no.json" },
    );
    await expect(missing()).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("names the place of a state that is none, and changes nothing", async () => {
    await capture("09", 50, 0);
    const object = { Bucket: "scones", Key: `state-${run}.json` };
    await local.clients.s3.send(new PutObjectCommand({ ...object, Body: "not JSON" }));
    await expect(create({ now: "2026-11-26T09:45:00Z" })()).rejects.toThrow(`s3://scones/state-${run}.json`);
    const { Body } = await local.clients.s3.send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe("not JSON");
  });

  it("ends before Lambda ends it", async () => {
    await capture("09", 50, 0);
    using _slow = local.injectFault({ service: "s3", operation: "GetObject", kind: "delay", delayMs: 5000 });
    const handler = create({ now: "2026-11-26T09:45:00Z" });
    await expect(handler({}, { getRemainingTimeInMillis: () => 520 })).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("refuses a rule about drift without a baseline", () => {
    expect(() => create({ now: "" }, { rules: [{ type: "drift" }] })).toThrow(/baseline: needed/);
  });
});

describe("the sinks", () => {
  const notice: AlertNotice = {
    evaluatedAt: "2026-11-26T12:00:00.000Z",
    isAlarming: true,
    results: [
      {
        name: "silence",
        type: "silence",
        severity: "critical",
        status: "alarm",
        change: "raised",
        since: "2026-11-26T12:00:00.000Z",
        limit: 1,
        text: "the last capture is 3 h old",
      },
      {
        name: "drift",
        type: "drift",
        severity: "info",
        status: "ok",
        since: "2026-11-25T12:00:00.000Z",
        value: 0,
        limit: 0,
        text: "No drift",
      },
    ],
    get changes() {
      return this.results.filter(({ change }) => change !== undefined);
    },
    state: { version: 1, evaluatedAt: "2026-11-26T12:00:00.000Z", rules: {} },
    source: "s3://scones/data_capture",
    records: 5,
    answers: 4,
  };
  const quiet: AlertNotice = { ...notice, changes: [] };

  it("publish a change to SNS, and nothing where there is none", async () => {
    const sns = new SNSClient({ region: "us-east-1" });
    const aws = mockClient(sns);
    aws.on(PublishCommand).resolves({});
    const sink = createSnsSink({ topicArn: "arn:aws:sns:us-east-1:123456789012:alerts", clients: { sns } });
    await sink(notice, {});
    await sink(quiet, {});
    expect(aws.commandCalls(PublishCommand).map(({ args }) => args[0].input)).toMatchObject([
      {
        Subject: "scones-ml critical: silence raised",
        Message: expect.stringContaining("the last capture is 3 h old"),
        MessageAttributes: { severity: { StringValue: "critical" }, change: { StringValue: "raised" } },
      },
    ]);
  });

  it("put a change on an event bus, and tell of an entry that was refused", async () => {
    const eventBridge = new EventBridgeClient({ region: "us-east-1" });
    const aws = mockClient(eventBridge);
    aws
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 0, Entries: [{ EventId: "1" }] })
      .resolves({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "slow down" }],
      });
    const sink = createEventBridgeSink({ clients: { eventBridge } });
    await sink(quiet, {});
    await sink(notice, {});
    const [call] = aws.commandCalls(PutEventsCommand);
    const [entry] = call?.args[0].input.Entries ?? [];
    expect(entry).toMatchObject({
      EventBusName: "default",
      Source: "scones-ml.monitoring",
      DetailType: "Alert raised",
    });
    expect(JSON.parse(entry?.Detail ?? "")).toMatchObject({ name: "silence", captures: "s3://scones/data_capture" });
    await expect(async () => sink(notice, {})).rejects.toMatchObject({
      code: "ALERT_DELIVERY_FAILED",
      message: expect.stringContaining("ThrottlingException: slow down"),
    });
  });

  it("write metrics in the embedded format at every evaluation", async () => {
    const lines: string[] = [];
    await createMetricsSink({ dimensions: { EndpointName: "e" }, write: (line) => void lines.push(line) })(quiet, {});
    const documents = lines.map((line) => JSON.parse(line));
    for (const { _aws, ...members } of documents) {
      expect(_aws.Timestamp).toBe(Date.parse(notice.evaluatedAt));
      const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
      expect(Namespace).toBe("scones-ml");
      // Whatever the directive names has to be a member of the document.
      for (const name of [...Dimensions[0], ...Metrics.map(({ Name }: { Name: string }) => Name)])
        expect(members).toHaveProperty(name);
    }
    expect(documents[0]).toMatchObject({ Captures: 5, Answers: 4, EndpointName: "e" });
    expect(documents[1]).toMatchObject({ Rule: "silence", Alarm: 1 });
    expect(documents[2]).toMatchObject({ Rule: "drift", Alarm: 0, Value: 0 });
  });

  it("refuse what AWS would refuse", () => {
    expect(() => createSnsSink({ topicArn: "alerts" })).toThrow(/ARN of a topic/);
    expect(() => createEventBridgeSink({ eventSource: "aws.scones" })).toThrow(/aws\./);
    expect(() => createMetricsSink({ namespace: "AWS/Scones" })).toThrow(/AWS\//);
  });
});
