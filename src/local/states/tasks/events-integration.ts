import { randomUUID } from "node:crypto";
import type { Inbox } from "../../inbox.js";
import type { PublishedEvent } from "../../published-event.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject, memberOf } from "../json.js";
import { jsonText } from "../json-text.js";
import { MAX_DATA_BYTES } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import { describeAnswer } from "./sdk-metadata.js";
import { serviceFailure } from "./service-failure.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

const PUT_EVENTS = /^arn:[a-z-]+:states:::events:putEvents$/;
/** Source: EventBridge API reference, "PutEvents". */
const FIELDS: readonly string[] = [
  "Detail",
  "DetailType",
  "EventBusName",
  "Resources",
  "Source",
  "Time",
  "TraceHeader",
];
const MAX_ENTRIES = 10;

/**
 * Lets Task states send events to event buses, which need not be created: what is sent is kept in an inbox.
 *
 * @param inbox - Receives the events.
 * @returns `events:putEvents`.
 * @see AWS Step Functions Developer Guide, "Add EventBridge events with Step Functions"
 * @internal
 */
export function createEventsIntegration(inbox: Inbox<PublishedEvent>): TaskIntegration {
  return {
    matches: (resource) => PUT_EVENTS.test(resource),
    events: "Task",
    honoursSignal: true,
    check: (_resource, parameters) => checkParameters(parameters),
    run: async (task) => putEvents(inbox, task),
  };
}

function checkParameters(parameters: Json | undefined): readonly string[] {
  if (!isJsonObject(parameters)) return [];
  const names = Object.keys(parameters).map((name) => name.replace(/\.\$$/, ""));
  const entries = memberOf(parameters, "Entries");
  const fields = isJsonArray(entries) ? entries.filter(isJsonObject).flatMap((entry) => Object.keys(entry)) : [];
  return [
    ...(names.includes("Entries") ? [] : ["The field 'Entries' is required but was missing."]),
    ...names
      .filter((name) => name !== "Entries" && name !== "EndpointId")
      .map((name) => `The field '${name}' is not supported by the resource events:putEvents.`),
    ...[...new Set(fields.map((name) => name.replace(/\.\$$/, "")))]
      .filter((name) => !FIELDS.includes(name))
      .map((name) => `The field '${name}' is not supported by an entry of events:putEvents.`),
  ];
}

/** An entry that is refused fails the task, though the others were sent: so the developer guide says. */
function putEvents(inbox: Inbox<PublishedEvent>, task: TaskRun): Json {
  const entries = memberOf(task.parameters, "Entries");
  if (!isJsonArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw refused(`Entries must hold 1 to ${MAX_ENTRIES} events`);
  }
  if (Buffer.byteLength(jsonText(entries)) > MAX_DATA_BYTES) throw refused("Total size of the entries is too large");
  const results = entries.map((entry) => putEvent(inbox, isJsonObject(entry) ? entry : {}, task));
  const failed = results.filter((result) => "ErrorCode" in result).length;
  const answer = { Entries: results, FailedEntryCount: failed };
  if (failed > 0) throw new StateFailure("EventBridge.FailedEntry", jsonText(answer), { located: true });
  const length = Buffer.byteLength(jsonText(answer));
  const metadata = {
    requestId: randomUUID(),
    date: task.clock.now(),
    length,
    contentType: "application/x-amz-json-1.1",
  };
  return { ...answer, ...describeAnswer(metadata) };
}

function putEvent(inbox: Inbox<PublishedEvent>, entry: JsonObject, { executionArn, clock }: TaskRun): JsonObject {
  const { Source: source, DetailType: detailType, Detail: given, EventBusName: bus = "default", Resources } = entry;
  const detail = typeof given === "string" ? given : jsonText(given ?? null);
  if (typeof source !== "string" || source === "") return invalid("Parameter Source is not valid.");
  if (/^aws\./.test(source)) {
    const message = `Not authorized for the source '${source}'.`;
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: message };
  }
  if (typeof detailType !== "string" || detailType === "") return invalid("Parameter DetailType is not valid.");
  if (!isObjectText(detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  if (typeof bus !== "string") return invalid("Parameter EventBusName is not valid.");
  const resources = isJsonArray(Resources) ? Resources.filter((each) => typeof each === "string") : [];
  const eventId = randomUUID();
  inbox.add({
    eventId,
    eventBusName: bus.replace(/^arn:[^/]*event-bus\//, ""),
    source,
    detailType,
    detail,
    resources: [...resources, executionArn, machineOf(executionArn)],
    publishedAt: clock.now(),
  });
  return { EventId: eventId };
}

function machineOf(executionArn: string): string {
  return executionArn
    .replace(/:(execution|express):/, ":stateMachine:")
    .split(":")
    .slice(0, 7)
    .join(":");
}

function isObjectText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text) as Json);
  } catch {
    return false;
  }
}

function invalid(message: string): JsonObject {
  return { ErrorCode: "InvalidArgument", ErrorMessage: message };
}

function refused(message: string): StateFailure {
  const refusal = { type: "ValidationException", message, status: 400, general: "AmazonEventBridgeException" };
  return serviceFailure({ prefix: "EventBridge", name: "AmazonEventBridge" }, refusal);
}
