import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { createMachines } from "./local-machine.js";

let local: LocalAws;
let machines: ReturnType<typeof createMachines>;
beforeAll(async () => {
  local = await createLocalAws({ now: () => new Date("2026-01-01T00:00:00Z") });
  machines = createMachines(local);
});
afterAll(() => local.close());

const topic = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;
const publish = (Parameters: object, input: unknown = {}, resource = "sns:publish") =>
  machines.run({ Resource: `arn:aws:states:::${resource}`, Parameters }, input);

describe("sns:publish", () => {
  it("puts the message into the local inbox", async () => {
    const { output } = await publish({
      TopicArn: topic("a"),
      Message: "Hello",
      Subject: "Greeting",
      MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
    });
    expect(output).toMatchObject({
      MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    expect(local.publishedMessages(topic("a"))).toEqual([
      {
        messageId: output?.["MessageId"],
        topicArn: topic("a"),
        message: "Hello",
        subject: "Greeting",
        attributes: { kind: { dataType: "String", value: "x" } },
        publishedAt: new Date("2026-01-01T00:00:00Z"),
      },
    ]);
  });

  it("writes JSON as text, and keeps topics apart in the order of publishing", async () => {
    await publish({ TopicArn: topic("b"), "Message.$": "$" }, { n: 1 });
    const sdk = await publish({ TopicArn: topic("c"), Message: "2" }, {}, "aws-sdk:sns:publish");
    expect(Object.keys(sdk.output ?? {})).toEqual(["MessageId"]);
    expect(local.publishedMessages(topic("b")).map(({ message }) => message)).toEqual(['{"n":1}']);
    expect(
      local
        .publishedMessages()
        .map(({ topicArn }) => topicArn)
        .slice(-2),
    ).toEqual([topic("b"), topic("c")]);
  });

  it("can wait for the token that it published", async () => {
    const executionArn = await machines.start({
      Resource: "arn:aws:states:::sns:publish.waitForTaskToken",
      Parameters: { TopicArn: topic("ask"), Message: { "token.$": "$$.Task.Token" } },
    });
    while (local.publishedMessages(topic("ask")).length === 0) await Promise.resolve();
    const { token } = JSON.parse(local.publishedMessages(topic("ask"))[0]?.message ?? "") as { token: string };
    await local.clients.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: "true" }));
    expect((await machines.settle(executionArn)).output).toBe("true");
  });

  it.each([
    [{ TopicArn: "topic", Message: "m" }, "InvalidParameter", "Invalid parameter: TopicArn"],
    [{ Message: "m" }, "InvalidParameter", "Invalid parameter: TopicArn"],
    [{ TopicArn: topic("d"), Message: "" }, "InvalidParameter", "Invalid parameter: Empty message"],
    [{ TopicArn: topic("d"), Message: "m", Subject: "two\nlines" }, "InvalidParameter", "Invalid parameter: Subject"],
    [
      { TopicArn: topic("d"), Message: '{"email":"m"}', MessageStructure: "json" },
      "InvalidParameter",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    ],
    [
      { TopicArn: topic("d"), Message: "m", MessageAttributes: { a: { DataType: "Binary" } } },
      "InvalidParameterValue",
      "The message attribute 'a' must have",
    ],
  ])("refuses %j as SNS does", async (parameters, code, message) => {
    const optimized = await publish(parameters);
    expect(optimized.error).toBe(`SNS.${code}Exception`);
    expect(optimized.cause).toContain(message);
    expect(optimized.cause).toMatch(new RegExp(`\\(Service: AmazonSNS; Status Code: 400; Error Code: ${code}; `));
    const sdk = await publish(parameters, {}, "aws-sdk:sns:publish");
    expect(sdk.error).toBe(`Sns.${code}Exception`);
    expect(sdk.cause).toMatch(/\(Service: Sns, Status Code: 400, Request ID: /);
    expect(local.publishedMessages(topic("d"))).toEqual([]);
  });

  it("says what the local AWS does not publish to", async () => {
    await expect(publish({ PhoneNumber: "+1", Message: "m" })).rejects.toThrow("publishes to topics only");
    const fifo = await publish({ TopicArn: topic("a.fifo"), Message: "m" });
    expect(fifo.error).toBe("LOCAL_OPERATION_UNSUPPORTED");
  });
});
