import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, describe, expect, it } from "vitest";
import { type LogEvent, LogSource } from "../../../src/training/logs/log-source.js";

const mock = mockClient(CloudWatchLogsClient);
afterEach(() => mock.reset());

const { signal } = new AbortController();
const open = () => {
  const commands = { DescribeLogStreamsCommand, GetLogEventsCommand };
  return new LogSource({ commands, client: new CloudWatchLogsClient({ region: "us-east-1" }) }, "job");
};
const readAll = async (source: LogSource) => {
  const events: LogEvent[] = [];
  for await (const page of source.read(signal)) events.push(...page);
  return events;
};
const missing = () => new ResourceNotFoundException({ message: "none", $metadata: {} });

describe("the log of a job in CloudWatch", () => {
  it("is empty as long as group or stream is not there", async () => {
    mock
      .on(DescribeLogStreamsCommand)
      .rejectsOnce(missing())
      .resolves({ logStreams: [{ logStreamName: "job/algo-1-1" }] });
    mock.on(GetLogEventsCommand).rejects(missing());
    const source = open();
    expect(await readAll(source)).toEqual([]);
    expect(await readAll(source)).toEqual([]);
  });

  it("is read page by page over every stream, and never twice", async () => {
    mock
      .on(DescribeLogStreamsCommand)
      .resolves({ logStreams: [{ logStreamName: "job/algo-1-1" }], nextToken: "more" })
      .on(DescribeLogStreamsCommand, { nextToken: "more" })
      .resolves({ logStreams: [{ logStreamName: "job/algo-2-1" }] });
    const page = (messages: readonly string[], nextForwardToken: string) => ({
      events: messages.map((message) => ({ message, timestamp: 7 })),
      nextForwardToken,
    });
    mock
      .on(GetLogEventsCommand, { logStreamName: "job/algo-1-1" })
      .resolves(page(["a", "b"], "1"))
      .on(GetLogEventsCommand, { logStreamName: "job/algo-1-1", nextToken: "1" })
      // A page may be empty although there are more.
      .resolves(page([], "2"))
      .on(GetLogEventsCommand, { logStreamName: "job/algo-1-1", nextToken: "2" })
      .resolves(page(["c"], "3"))
      .on(GetLogEventsCommand, { logStreamName: "job/algo-1-1", nextToken: "3" })
      .resolves(page([], "3"))
      .on(GetLogEventsCommand, { logStreamName: "job/algo-2-1" })
      .resolves(page(["d"], "x"))
      .on(GetLogEventsCommand, { logStreamName: "job/algo-2-1", nextToken: "x" })
      .resolves(page([], "x"));
    const source = open();
    const events = await readAll(source);
    expect(events.map(({ message, instance }) => `${instance} ${message}`)).toEqual(["1 a", "1 b", "1 c", "2 d"]);
    expect(await readAll(source)).toEqual([]);
    const request = mock.commandCalls(GetLogEventsCommand)[0]?.args[0].input;
    expect(request).toMatchObject({ logGroupName: "/aws/sagemaker/TrainingJobs", startFromHead: true });
  });

  it("passes on what AWS refuses", async () => {
    mock.on(DescribeLogStreamsCommand).rejects(Object.assign(new Error("no"), { name: "AccessDeniedException" }));
    await expect(readAll(open())).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
