import type { ResultWriter } from "../../definition/distributed-model.js";
import { isJsonArray, type Json, type JsonObject } from "../../json.js";
import { rememberText } from "../../json-text.js";
import type { ChildExecution } from "./map-run.js";

/**
 * Describes a child execution as the results of a Map Run show it.
 *
 * @param child - The child.
 * @returns Its description.
 * @see AWS Step Functions Developer Guide, "ResultWriter (Map)".
 * @internal
 */
export function describeChild(child: ChildExecution): JsonObject {
  const { options, status, startDate, stopDate, output, error, cause } = child;
  const succeeded = status === "SUCCEEDED";
  return {
    ExecutionArn: options.arn,
    Input: options.inputText,
    InputDetails: { Included: true },
    Name: options.name,
    ...(output === undefined ? {} : { Output: output }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
    OutputDetails: { Included: true },
    RedriveCount: 0,
    RedriveStatus: succeeded ? "NOT_REDRIVABLE" : "REDRIVABLE",
    ...(succeeded ? { RedriveStatusReason: "Execution is SUCCEEDED and cannot be redriven" } : {}),
    StartDate: startDate.toISOString(),
    StateMachineArn: options.stateMachineArn,
    Status: status,
    ...(stopDate === undefined ? {} : { StopDate: stopDate.toISOString() }),
  };
}

/**
 * Gives the results of child executions that succeeded, in the order of their items.
 *
 * @param children - Those that succeeded.
 * @param transformation - `NONE` describes each execution, `COMPACT` gives its output, `FLATTEN` the members of an
 * output that is an array.
 * @returns The results.
 * @internal
 */
export function collectResults(
  children: readonly ChildExecution[],
  transformation: ResultWriter["transformation"],
): readonly Json[] {
  if (transformation === "NONE") return children.map(describeChild);
  const outputs = children.map(({ output = "null" }) => rememberText(JSON.parse(output) as Json, output));
  if (transformation === "COMPACT") return outputs;
  const flat: Json[] = [];
  for (const output of outputs) {
    if (isJsonArray(output)) for (const each of output) flat.push(each);
    else flat.push(output);
  }
  return flat;
}

/**
 * Writes results as a text.
 *
 * @param results - The results.
 * @param outputType - As a JSON array or one JSON value a line.
 * @returns The text.
 * @internal
 */
export function formatResults(results: readonly Json[], outputType: ResultWriter["outputType"]): string {
  return outputType === "JSON" ? JSON.stringify(results) : results.map((each) => JSON.stringify(each)).join("\n");
}
