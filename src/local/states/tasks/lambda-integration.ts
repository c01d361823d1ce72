import { randomUUID } from "node:crypto";
import type { FunctionRegistry, Invocation } from "../../functions.js";
import type { FunctionPayload } from "../../lambda/function-payload.js";
import { isJsonObject, type Json, memberOf } from "../json.js";
import { jsonText, rememberText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { describeInvocation } from "./invoke-metadata.js";
import { describeAnswer } from "./sdk-metadata.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

const INVOKE = /^arn:[a-z-]+:states:::lambda:invoke$/;
const SDK_INVOKE = /^arn:[a-z-]+:states:::aws-sdk:lambda:invoke$/;
const FUNCTION_ARN = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+(:(\$LATEST|[a-zA-Z0-9_-]+))?$/;
const INVOKE_FIELDS: readonly string[] = [
  "FunctionName",
  "Payload",
  "InvocationType",
  "LogType",
  "Qualifier",
  "ClientContext",
];
const INVOCATION_TYPES: readonly string[] = ["RequestResponse", "Event", "DryRun"];
/** How a runtime reports a function that timed out, or whose process ended. */
const DIED: readonly string[] = ["Sandbox.Timedout", "Runtime.ExitError"];

/** The ways to invoke registered functions. @internal */
export interface LambdaIntegrations {
  /** `lambda:invoke`, whose result wraps the payload. */
  readonly invoke: TaskIntegration;
  /** `aws-sdk:lambda:invoke`, whose result is the API's: a payload as text, and no failure of the function fails it. */
  readonly sdkInvoke: TaskIntegration;
  /** A bare function ARN, whose result is the payload. */
  readonly functionArn: TaskIntegration;
}

/**
 * Lets Task states invoke registered functions.
 *
 * @param functions - The functions.
 * @param closing - Ends what was invoked with InvocationType Event and still runs.
 * @returns The integrations.
 * @internal
 */
export function createLambdaIntegrations(functions: FunctionRegistry, closing: AbortSignal): LambdaIntegrations {
  return {
    invoke: {
      matches: (resource) => INVOKE.test(resource),
      events: "Task",
      honoursSignal: true,
      check: (_resource, parameters) => checkParameters(parameters),
      async run(task) {
        const { status, invoking } = request(functions, closing, task);
        return showInvoked(status, await invoking, task.clock.now());
      },
    },
    sdkInvoke: {
      matches: (resource) => SDK_INVOKE.test(resource),
      events: "Task",
      honoursSignal: true,
      check: (_resource, parameters) => checkParameters(parameters),
      async run(task) {
        const { status, invoking } = request(functions, closing, task);
        return showSdkInvoked(status, await invoking);
      },
    },
    functionArn: {
      matches: (resource) => FUNCTION_ARN.test(resource),
      events: "LambdaFunction",
      honoursSignal: true,
      async run({ resource, parameters, stop }) {
        return resultOf(await functions.invoke(resource, { json: parameters }, { signal: stop })).json;
      },
    },
  };
}

function checkParameters(parameters: Json | undefined): readonly string[] {
  if (!isJsonObject(parameters)) {
    return parameters === undefined ? ["The resource lambda:invoke needs 'FunctionName' in its parameters."] : [];
  }
  const names = Object.keys(parameters).map((name) => name.replace(/\.\$$/, ""));
  const unknown = names.filter((name) => !INVOKE_FIELDS.includes(name));
  return [
    ...(names.includes("FunctionName") ? [] : ["The field 'FunctionName' is required but was missing."]),
    ...unknown.map((name) => `The field '${name}' is not supported by the resource lambda:invoke.`),
  ];
}

/** What Lambda answers: with an invocation, or that it accepted one of type Event or DryRun. */
interface Answer {
  readonly status: 200 | 202 | 204;
  readonly invoking?: Promise<Invocation>;
}

function request(functions: FunctionRegistry, closing: AbortSignal, task: TaskRun): Answer {
  const { parameters, stop } = task;
  const name = memberOf(parameters, "FunctionName");
  if (typeof name !== "string") {
    throw new StateFailure("States.Runtime", "The field 'FunctionName' must be the name or the ARN of a function.");
  }
  const type = memberOf(parameters, "InvocationType") ?? "RequestResponse";
  if (typeof type !== "string" || !INVOCATION_TYPES.includes(type)) {
    const message = `Value '${jsonText(type)}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [${INVOCATION_TYPES.join(", ")}]`;
    throw serviceFailure("ValidationException", message, 400);
  }
  const qualifier = memberOf(parameters, "Qualifier");
  const target = typeof qualifier === "string" && !/:function:[^:]+:/.test(name) ? `${name}:${qualifier}` : name;
  const event = readPayload(memberOf(parameters, "Payload") ?? {});
  const clientContext = readClientContext(memberOf(parameters, "ClientContext"));
  if (type === "RequestResponse") {
    return { status: 200, invoking: functions.invoke(target, event, { signal: stop, ...clientContext }) };
  }
  if (!functions.has(target)) payloadOf({ status: "notFound", functionArn: target });
  if (type === "DryRun") return { status: 204 };
  // Nobody learns how an Event ended; on Lambda its failures go to logs and queues.
  functions.invoke(target, event, { signal: closing, ...clientContext }).catch(() => undefined);
  return { status: 202 };
}

function showInvoked(status: Answer["status"], invocation: Invocation | undefined, date: Date): Json {
  if (invocation !== undefined) {
    const result = resultOf(invocation);
    return wrapResult(result, invocation.status === "notFound" ? "" : invocation.requestId, date);
  }
  const answer = { requestId: randomUUID(), date, length: 0, contentType: "application/json", status };
  return { ExecutedVersion: "$LATEST", Payload: "", ...describeAnswer(answer), StatusCode: status };
}

function showSdkInvoked(status: Answer["status"], invocation: Invocation | undefined): Json {
  const base = { ExecutedVersion: "$LATEST", StatusCode: status };
  if (invocation === undefined) return base;
  if (invocation.status !== "failed") return { ...base, Payload: payloadOf(invocation) };
  return { ...base, FunctionError: "Unhandled", Payload: JSON.stringify(invocation.failure) };
}

/** A text is the payload as it stands, and so has to be JSON. */
function readPayload(value: Json): FunctionPayload {
  if (typeof value !== "string") return { json: value };
  try {
    return { json: JSON.parse(value) as Json };
  } catch {
    throw serviceFailure("InvalidRequestContentException", "Could not parse request body into json.", 400);
  }
}

/** Lambda takes the context as JSON text in Base64 and hands it to the handler as an object. */
function readClientContext(value: Json | undefined): { readonly clientContext?: unknown } {
  if (value === undefined) return {};
  try {
    if (typeof value === "string") return { clientContext: JSON.parse(Buffer.from(value, "base64").toString("utf8")) };
  } catch {
    // Falls through to the refusal.
  }
  throw serviceFailure(
    "InvalidRequestContentException",
    "Client context must be a valid Base64-encoded JSON object.",
    400,
  );
}

function payloadOf(invocation: Invocation): string {
  switch (invocation.status) {
    case "succeeded":
      return invocation.payload;
    case "failed": {
      const { errorType } = invocation.failure;
      // Older runtimes report a function that timed out or died as Lambda.Unknown; Retry and Catch find it by both names.
      const alias = DIED.includes(errorType) ? { alias: "Lambda.Unknown" } : {};
      throw new StateFailure(errorType, JSON.stringify(invocation.failure), { located: true, ...alias });
    }
    case "refused": {
      const { type, message, status } = invocation.error;
      const cause = `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${invocation.requestId})`;
      throw new StateFailure(`Lambda.${type}`, cause, { located: true });
    }
    case "notFound":
      throw serviceFailure("ResourceNotFoundException", `Function not found: ${invocation.functionArn}`, 404);
  }
}

/** An error of the Lambda service, not of a function. */
function serviceFailure(type: string, message: string, status: number): StateFailure {
  return new StateFailure(`Lambda.${type}`, `${message} (Service: Lambda, Status Code: ${status})`, { located: true });
}

/** What a function returned. */
interface FunctionResult {
  readonly text: string;
  readonly json: Json;
}

function resultOf(invocation: Invocation): FunctionResult {
  const text = payloadOf(invocation);
  const known = invocation.status === "succeeded" ? invocation.value : undefined;
  return { text, json: rememberText((known ?? JSON.parse(text)) as Json, text) };
}

/** The result as Step Functions shows it: the payload between what the Lambda API answered around it. */
function wrapResult({ text, json }: FunctionResult, requestId: string, date: Date): Json {
  const { SdkHttpMetadata, SdkResponseMetadata } = describeInvocation(requestId, date, Buffer.byteLength(text));
  return { ExecutedVersion: "$LATEST", Payload: json, SdkHttpMetadata, SdkResponseMetadata, StatusCode: 200 };
}
