import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, type JsonObject, pointer, type StateVisit } from "./visit.js";

/** Parameters of a call: those that it needs (of a list one), and, where they are few, those that it takes. */
interface CallParameters {
  readonly required: readonly (string | readonly string[])[];
  readonly known?: readonly string[];
}

/** Source: the services' API references. `lambda:invoke` has rules of its own. */
const CALLS: Readonly<Record<string, CallParameters>> = {
  "sns:publish": {
    required: ["Message", ["TopicArn", "TargetArn", "PhoneNumber"]],
    known: [
      "Message",
      "MessageAttributes",
      "MessageDeduplicationId",
      "MessageGroupId",
      "MessageStructure",
      "PhoneNumber",
      "Subject",
      "TargetArn",
      "TopicArn",
    ],
  },
  "sqs:sendMessage": { required: ["QueueUrl", "MessageBody"] },
  "events:putEvents": { required: ["Entries"], known: ["Entries", "EndpointId"] },
  "states:startExecution": {
    required: ["StateMachineArn"],
    known: ["StateMachineArn", "Input", "Name", "TraceHeader"],
  },
  "sagemaker:createTrainingJob": {
    required: ["TrainingJobName", "RoleArn", "OutputDataConfig", "StoppingCondition"],
  },
  "sagemaker:createTransformJob": {
    required: ["TransformJobName", "ModelName", "TransformInput", "TransformOutput", "TransformResources"],
  },
  "sagemaker:createModel": { required: ["ModelName"] },
  "sagemaker:createEndpointConfig": { required: ["EndpointConfigName", "ProductionVariants"] },
  "sagemaker:createEndpoint": { required: ["EndpointName", "EndpointConfigName"] },
  "sagemaker:updateEndpoint": { required: ["EndpointName", "EndpointConfigName"] },
  "sagemaker:describeEndpoint": { required: ["EndpointName"], known: ["EndpointName"] },
  "sagemaker:deleteEndpoint": { required: ["EndpointName"], known: ["EndpointName"] },
  "sagemaker:deleteEndpointConfig": { required: ["EndpointConfigName"], known: ["EndpointConfigName"] },
  "sagemaker:deleteModel": { required: ["ModelName"], known: ["ModelName"] },
  "sagemakerruntime:invokeEndpoint": { required: ["EndpointName", "Body"] },
};

/** Optimized integrations that exist, without how they are waited for. Source: "Integrating optimized services", developer guide. */
const SYNC_OF_SAGEMAKER = /^sagemaker:create(Training|Transform|Processing|HyperParameterTuning|Labeling)Job$/;
const RESOURCE = /^arn:(?:[a-z-]+|\$\{[^}]+\}):states:::(aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)(\.[A-Za-z]+(?::2)?)?$/;

/** Checks what a task that calls a service is called with. @internal */
export function checkServiceParameters(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, name, queryLanguage } = visit;
  const resource = state["Resource"];
  if (state["Type"] !== "Task" || typeof resource !== "string") return [];
  const [, isSdk, service = "", action = "", pattern] = RESOURCE.exec(resource) ?? [];
  if (action === "") return [];
  const call = `${service}:${action}`;
  const field = queryLanguage === "JSONPath" ? "Parameters" : "Arguments";
  return [
    ...checkResource(pointer(path, "Resource"), { name, call, isSdk: isSdk !== undefined, pattern }),
    ...checkParameters(state[field], pointer(path, field), { name, call, isSdk: isSdk !== undefined }),
  ];
}

function checkResource(
  path: string,
  {
    name,
    call,
    isSdk,
    pattern,
  }: { readonly name: string; readonly call: string; readonly isSdk: boolean; readonly pattern: string | undefined },
): readonly ValidationIssue[] {
  const [service, action = ""] = call.split(":");
  if (/^[A-Z]/.test(action)) {
    const message = `The action "${action}" of "${name}" is written in PascalCase.`;
    return [error(path, "RESOURCE_UNKNOWN", message, "Begin it with a small letter, such as describeEndpoint.")];
  }
  if (isSdk && pattern !== undefined && pattern !== ".waitForTaskToken") {
    const message = `"${name}" waits by "${pattern}", which calls by aws-sdk: do not.`;
    return [error(path, "RESOURCE_UNKNOWN", message, "Poll with a Wait and a Choice, as repeatUntil does.")];
  }
  if (isSdk || service !== "sagemaker") return [];
  if (!/^(create|update)/.test(action)) {
    const message = `SageMaker's optimized integration has no ${action}.`;
    return [error(path, "RESOURCE_UNKNOWN", message, `Use arn:aws:states:::aws-sdk:sagemaker:${action}.`)];
  }
  if (pattern === undefined || (pattern === ".sync" && SYNC_OF_SAGEMAKER.test(call))) return [];
  const message = `${call} cannot be waited for by "${pattern}".`;
  return [error(path, "RESOURCE_UNKNOWN", message, "Leave the ending out, and poll with a Wait and a Choice.")];
}

function checkParameters(
  given: unknown,
  path: string,
  { name, call, isSdk }: { readonly name: string; readonly call: string; readonly isSdk: boolean },
): readonly ValidationIssue[] {
  // An expression may make up all parameters; what is in it cannot be known here.
  if (typeof given === "string") return [];
  const parameters: JsonObject = isObject(given) ? given : {};
  const names = Object.keys(parameters).map((key) => key.replace(/\.\$$/, ""));
  const table = Object.hasOwn(CALLS, call) ? CALLS[call] : undefined;
  const missing = (table?.required ?? []).filter((one) =>
    typeof one === "string" ? !names.includes(one) : !one.some((each) => names.includes(each)),
  );
  return [
    ...missing.map((one) => {
      const what = typeof one === "string" ? one : one.join(" or ");
      return error(path, "PARAMETER_MISSING", `${call} of "${name}" is called without ${what}.`, `Add ${what}.`);
    }),
    ...Object.keys(parameters).flatMap((key) => {
      const plain = key.replace(/\.\$$/, "");
      const at = pointer(path, key);
      if (isSdk && /^[a-z]/.test(plain)) {
        const remedy = "Begin it with a capital letter, whatever the API calls it.";
        return error(at, "PARAMETER_UNKNOWN", `The parameter "${plain}" is not written in PascalCase.`, remedy);
      }
      if (table?.known === undefined || table.known.includes(plain)) return [];
      return warning(at, "PARAMETER_UNKNOWN", `${call} has no parameter "${plain}".`, `Use ${table.known.join(", ")}.`);
    }),
  ];
}
