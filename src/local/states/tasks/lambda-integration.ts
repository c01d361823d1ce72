import type { FunctionRegistry, Invocation } from "../../functions.js";
import { isJsonObject, type Json, memberOf } from "../json.js";
import { jsonText, rememberText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

const INVOKE = /^arn:[a-z-]+:states:::lambda:invoke$/;
const FUNCTION_ARN = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+(:(\$LATEST|[a-zA-Z0-9_-]+))?$/;
const INVOKE_FIELDS: readonly string[] = [
  "FunctionName",
  "Payload",
  "InvocationType",
  "LogType",
  "Qualifier",
  "ClientContext",
];

/**
 * Lets Task states invoke registered functions: `lambda:invoke`, whose result wraps the payload, and bare function
 * ARNs, whose result is the payload.
 *
 * @param functions - The functions.
 * @returns Both integrations.
 * @internal
 */
export function createLambdaIntegrations(functions: FunctionRegistry): readonly TaskIntegration[] {
  return [
    {
      matches: (resource) => INVOKE.test(resource),
      events: "Task",
      honoursSignal: true,
      check: (_resource, parameters) => checkParameters(parameters),
      run: (task) => runInvoke(functions, task),
    },
    {
      matches: (resource) => FUNCTION_ARN.test(resource),
      events: "LambdaFunction",
      honoursSignal: true,
      async run({ resource, parameters, signal }) {
        const invocation = await functions.invoke(resource, jsonText(parameters), { signal });
        return parsePayload(payloadOf(invocation));
      },
    },
  ];
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

async function runInvoke(functions: FunctionRegistry, { parameters, signal, clock }: TaskRun): Promise<Json> {
  const name = memberOf(parameters, "FunctionName");
  if (typeof name !== "string") {
    throw new StateFailure("States.Runtime", "The field 'FunctionName' must be the name or the ARN of a function.");
  }
  const type = memberOf(parameters, "InvocationType") ?? "RequestResponse";
  if (type !== "RequestResponse") {
    throw new StateFailure("States.Runtime", `The local AWS has no InvocationType '${String(type)}' of lambda:invoke.`);
  }
  const qualifier = memberOf(parameters, "Qualifier");
  const target = typeof qualifier === "string" && !/:function:[^:]+:/.test(name) ? `${name}:${qualifier}` : name;
  const event = memberOf(parameters, "Payload");
  const invocation = await functions.invoke(target, jsonText(event ?? {}), { signal });
  const payload = payloadOf(invocation);
  return wrapPayload(payload, invocation.status === "notFound" ? "" : invocation.requestId, clock.now());
}

function payloadOf(invocation: Invocation): string {
  switch (invocation.status) {
    case "succeeded":
      return invocation.payload;
    case "failed":
      throw new StateFailure(invocation.failure.errorType, JSON.stringify(invocation.failure), { located: true });
    case "refused": {
      const { type, message, status } = invocation.error;
      const cause = `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${invocation.requestId})`;
      throw new StateFailure(`Lambda.${type}`, cause, { located: true });
    }
    case "notFound":
      throw new StateFailure(
        "Lambda.ResourceNotFoundException",
        `Function not found: ${invocation.functionArn} (Service: Lambda, Status Code: 404)`,
        { located: true },
      );
  }
}

function parsePayload(text: string): Json {
  return rememberText(JSON.parse(text) as Json, text);
}

/** The result as Step Functions shows it: the payload between what the Lambda API answered around it. */
function wrapPayload(text: string, requestId: string, date: Date): Json {
  const payload = parsePayload(text);
  const trace = `root=1-${Math.floor(date.getTime() / 1000).toString(16)}-${requestId.replaceAll("-", "").slice(0, 24)};parent=${requestId.slice(-12)}0000;sampled=0`;
  const length = String(Buffer.byteLength(text));
  const sdkHttpMetadata = {
    AllHttpHeaders: {
      "X-Amz-Executed-Version": ["$LATEST"],
      "x-amzn-Remapped-Content-Length": ["0"],
      Connection: ["keep-alive"],
      "x-amzn-RequestId": [requestId],
      "Content-Length": [length],
      Date: [date.toUTCString()],
      "X-Amzn-Trace-Id": [trace],
      "Content-Type": ["application/json"],
    },
    HttpHeaders: {
      Connection: "keep-alive",
      "Content-Length": length,
      "Content-Type": "application/json",
      Date: date.toUTCString(),
      "X-Amz-Executed-Version": "$LATEST",
      "x-amzn-Remapped-Content-Length": "0",
      "x-amzn-RequestId": requestId,
      "X-Amzn-Trace-Id": trace,
    },
    HttpStatusCode: 200,
  };
  const result = {
    ExecutedVersion: "$LATEST",
    Payload: payload,
    SdkHttpMetadata: sdkHttpMetadata,
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: 200,
  };
  // Put together from the payload's text, which is not written a second time.
  const around = `"SdkHttpMetadata":${JSON.stringify(sdkHttpMetadata)},"SdkResponseMetadata":{"RequestId":"${requestId}"},"StatusCode":200}`;
  return rememberText(result, `{"ExecutedVersion":"$LATEST","Payload":${text},${around}`);
}
