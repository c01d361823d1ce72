import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, pointer, type StateVisit } from "./visit.js";

/** Checks what a `lambda:invoke` task sends and what it makes of the answer. @internal */
export function checkLambdaPayload(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, name, queryLanguage } = visit;
  const resource = state["Resource"];
  if (state["Type"] !== "Task" || typeof resource !== "string") return [];
  if (!/:states:::lambda:invoke(\.waitForTaskToken)?$/.test(resource)) return [];
  const field = queryLanguage === "JSONPath" ? "Parameters" : "Arguments";
  const given = state[field];
  // A JSONata expression may make up all arguments; what is in it cannot be known here.
  if (typeof given === "string") return [];
  const request = isObject(given) ? given : {};
  const has = (key: string) => request[key] !== undefined || request[`${key}.$`] !== undefined;
  const issues: ValidationIssue[] = [];
  if (!has("FunctionName")) {
    const message = `Task "${name}" does not say which function it invokes.`;
    const remedy = `Add FunctionName to ${field}.`;
    issues.push(error(pointer(path, field), "LAMBDA_FUNCTION_MISSING", message, remedy));
  } else if (!has("Payload")) {
    const message = `Task "${name}" invokes its function without a payload: the function sees nothing of the input.`;
    const remedy = queryLanguage === "JSONPath" ? 'Add "Payload.$": "$".' : 'Add "Payload": "{% $states.input %}".';
    issues.push(warning(pointer(path, field), "LAMBDA_PAYLOAD_MISSING", message, remedy));
  }
  if (!resource.endsWith(".waitForTaskToken") && handsOnWrapper(visit)) {
    const message = `Task "${name}" hands on the invocation's wrapper: the next state gets { Payload, StatusCode, SdkHttpMetadata, ... }, about 1 kB more against the 256 KiB limit.`;
    const remedy =
      queryLanguage === "JSONPath" ? 'Add "OutputPath": "$.Payload".' : 'Add "Output": "{% $states.result.Payload %}".';
    issues.push(warning(path, "LAMBDA_RESULT_WRAPPED", message, remedy));
  }
  return issues;
}

function handsOnWrapper({ state, queryLanguage }: StateVisit): boolean {
  if (queryLanguage === "JSONata") return state["Output"] === undefined && state["Assign"] === undefined;
  const isWhole = (value: unknown) => value === undefined || value === "$";
  return (
    isWhole(state["OutputPath"]) &&
    isWhole(state["ResultPath"]) &&
    state["ResultSelector"] === undefined &&
    state["Assign"] === undefined
  );
}
