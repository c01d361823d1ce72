import { isObject } from "../checks/visit.js";
import type { PolicyScope } from "./policy-scope.js";
import { grantResultWriter, grantS3 } from "./s3-grants.js";

/**
 * What a distributed map takes: child executions of the machine itself, and S3 to read items and to write results.
 * A map within the execution takes nothing of its own.
 *
 * @param scope - The state.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 * @internal
 */
export function grantMap(scope: PolicyScope): void {
  const processor = scope.state["ItemProcessor"];
  const config = isObject(processor) ? processor["ProcessorConfig"] : undefined;
  if (!isObject(config) || config["Mode"] !== "DISTRIBUTED") return;
  const { stateMachineName } = scope.place;
  if (stateMachineName === undefined) {
    const message = "A distributed map starts executions of its own state machine, whose name is not known.";
    scope.gap("STATE_MACHINE_NAME_MISSING", message, "Pass stateMachineName.");
  } else {
    scope.allow(["states:StartExecution"], [scope.arn("states", `stateMachine:${stateMachineName}`)]);
    const executions = scope.arn("states", `execution:${stateMachineName}:*`);
    scope.allow(["states:DescribeExecution", "states:StopExecution"], [executions]);
  }
  const { ItemReader: reader, ResultWriter: writer } = scope.state;
  if (isObject(reader)) grantReader(scope, reader);
  if (isObject(writer) && writer["Resource"] !== undefined) grantResultWriter(scope, scope.parameters(writer));
}

function grantReader(scope: PolicyScope, reader: Readonly<Record<string, unknown>>): void {
  const call = /:s3:(getObject|listObjectsV2)$/.exec(String(reader["Resource"]))?.[1];
  if (call === undefined) {
    const message = `What ${String(reader["Resource"])} takes is not known here.`;
    scope.gap("SERVICE_UNKNOWN", message, "Use s3:getObject or s3:listObjectsV2.", "ItemReader", "Resource");
    return;
  }
  grantS3(scope, call === "getObject" ? "GetObject" : "ListObjectsV2", scope.parameters(reader));
  const config = reader["ReaderConfig"];
  if (isObject(config) && config["InputType"] === "MANIFEST" && scope.given("s3").length === 0) {
    const message = "The files that the manifest lists are named in it alone.";
    scope.gap("RESOURCE_DYNAMIC", message, "Pass the manifest and its files as resources of this state.", "ItemReader");
  }
}
