import { randomUUID } from "node:crypto";
import type { Inbox } from "../../inbox.js";
import { unsupportedOperation } from "../../local-operation-error.js";
import type { PublishedAttribute, PublishedMessage } from "../../published-message.js";
import { isJsonObject, type Json, type JsonObject, memberOf } from "../json.js";
import { jsonText } from "../json-text.js";
import { MAX_DATA_BYTES } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import { describeAnswer } from "./sdk-metadata.js";
import { exceptionName, serviceFailure } from "./service-failure.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

const OPTIMIZED = /^arn:[a-z-]+:states:::sns:publish$/;
const SDK = /^arn:[a-z-]+:states:::aws-sdk:sns:publish$/;
const TOPIC_ARN = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[a-zA-Z0-9_-]{1,256}(\.fifo)?$/;
const FIELDS: readonly string[] = [
  "Message",
  "MessageAttributes",
  "MessageStructure",
  "Subject",
  "TargetArn",
  "TopicArn",
];
/** Source: SNS API reference, "Publish": printable ASCII, up to 100 characters. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

/** A request that SNS refuses. */
class PublishRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  override get name(): string {
    return "PublishRefusal";
  }
}

/**
 * Lets Task states publish to topics, which need not be created: what is published is kept in an inbox.
 *
 * @param inbox - Receives the messages.
 * @returns `sns:publish` and `aws-sdk:sns:publish`.
 * @internal
 */
export function createSnsIntegrations(inbox: Inbox<PublishedMessage>): readonly TaskIntegration[] {
  const base = {
    events: "Task",
    honoursSignal: true,
    check: (_resource: string, parameters: Json | undefined) => checkParameters(parameters),
  } as const;
  return [
    { ...base, matches: (resource) => OPTIMIZED.test(resource), run: async (task) => publishOptimized(inbox, task) },
    { ...base, matches: (resource) => SDK.test(resource), run: async (task) => publishSdk(inbox, task) },
  ];
}

function checkParameters(parameters: Json | undefined): readonly string[] {
  if (!isJsonObject(parameters)) return [];
  const names = Object.keys(parameters).map((name) => name.replace(/\.\$$/, ""));
  return [
    ...(names.includes("Message") ? [] : ["The field 'Message' is required but was missing."]),
    ...names
      .filter((name) => !FIELDS.includes(name))
      .map((name) => `The local AWS publishes to topics only and has no field '${name}' of the resource sns:publish.`),
  ];
}

function publishOptimized(inbox: Inbox<PublishedMessage>, { parameters, clock }: TaskRun): Json {
  try {
    const messageId = publish(inbox, parameters, clock.now());
    const answer = { requestId: randomUUID(), date: clock.now(), length: 294, contentType: "text/xml" };
    return { MessageId: messageId, ...describeAnswer(answer) };
  } catch (error) {
    if (!(error instanceof PublishRefusal)) throw error;
    const refusal = { type: error.code, message: error.message, status: 400 };
    throw serviceFailure({ prefix: "SNS", name: "AmazonSNS" }, refusal);
  }
}

function publishSdk(inbox: Inbox<PublishedMessage>, { parameters, clock }: TaskRun): Json {
  try {
    return { MessageId: publish(inbox, parameters, clock.now()) };
  } catch (error) {
    if (!(error instanceof PublishRefusal)) throw error;
    const cause = `${error.message} (Service: Sns, Status Code: 400, Request ID: ${randomUUID()})`;
    throw new StateFailure(`Sns.${exceptionName(error.code)}`, cause, { located: true });
  }
}

function publish(inbox: Inbox<PublishedMessage>, parameters: Json, publishedAt: Date): string {
  const topicArn = memberOf(parameters, "TopicArn") ?? memberOf(parameters, "TargetArn");
  if (typeof topicArn !== "string" || !TOPIC_ARN.test(topicArn)) throw invalid("TopicArn");
  if (topicArn.endsWith(".fifo")) throw unsupportedOperation("sns", "Publish to a FIFO topic");
  const message: PublishedMessage = {
    messageId: randomUUID(),
    topicArn,
    ...readMessage(parameters),
    ...readSubject(memberOf(parameters, "Subject")),
    attributes: readAttributes(memberOf(parameters, "MessageAttributes") ?? {}),
    publishedAt,
  };
  inbox.add(message);
  return message.messageId;
}

function readMessage(parameters: Json): { readonly message: string; readonly messageStructure?: string } {
  const given = memberOf(parameters, "Message") ?? "";
  const message = typeof given === "string" ? given : jsonText(given);
  if (message === "") throw invalid("Empty message");
  if (Buffer.byteLength(message) > MAX_DATA_BYTES) throw invalid("Message too long");
  const structure = memberOf(parameters, "MessageStructure");
  if (structure === undefined) return { message };
  if (structure !== "json") throw invalid("MessageStructure");
  if (!hasDefault(message)) throw invalid("Message Structure - No default entry in JSON message body");
  return { message, messageStructure: structure };
}

function hasDefault(message: string): boolean {
  try {
    return typeof memberOf(JSON.parse(message) as Json, "default") === "string";
  } catch {
    return false;
  }
}

function readSubject(value: Json | undefined): { readonly subject?: string } {
  if (value === undefined) return {};
  if (typeof value !== "string" || !SUBJECT.test(value)) throw invalid("Subject");
  return { subject: value };
}

function readAttributes(value: Json): PublishedMessage["attributes"] {
  if (!isJsonObject(value)) throw invalid("MessageAttributes");
  return Object.fromEntries(Object.entries(value).map(([name, attribute]) => [name, readAttribute(name, attribute)]));
}

function readAttribute(name: string, attribute: Json): PublishedAttribute {
  const { DataType: dataType, StringValue: value }: JsonObject = isJsonObject(attribute) ? attribute : {};
  if (typeof dataType === "string" && /^(String|Number)(\..+)?$/.test(dataType) && typeof value === "string") {
    return { dataType, value };
  }
  throw new PublishRefusal(
    "InvalidParameterValue",
    `The message attribute '${name}' must have a DataType String, String.Array or Number and a StringValue.`,
  );
}

function invalid(what: string): PublishRefusal {
  return new PublishRefusal("InvalidParameter", `Invalid parameter: ${what}`);
}
