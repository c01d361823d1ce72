import { isObject } from "../checks/visit.js";
import { splitArn } from "../definition/split-arn.js";
import { functionArns, grantLambda } from "./lambda-grants.js";
import { escapeWildcards } from "./policy-document.js";
import { isArn, type PolicyScope } from "./policy-scope.js";
import { grantS3 } from "./s3-grants.js";
import { grantManagedRule, grantSageMaker } from "./sagemaker-grants.js";

/** Services of which IAM has another name than the `aws-sdk:` integrations. Source: "Service Authorization Reference". */
const IAM_PREFIXES: Readonly<Record<string, string>> = {
  apigatewayv2: "apigateway",
  applicationautoscaling: "application-autoscaling",
  bedrockruntime: "bedrock",
  cloudwatchlogs: "logs",
  cognitoidentityprovider: "cognito-idp",
  dynamodbstreams: "dynamodb",
  efs: "elasticfilesystem",
  elasticloadbalancingv2: "elasticloadbalancing",
  emr: "elasticmapreduce",
  eventbridge: "events",
  iotdataplane: "iotdata",
  opensearch: "es",
  sagemakerruntime: "sagemaker",
  sesv2: "ses",
  sfn: "states",
};

/** Resource of a task, as far as it matters here. */
const INTEGRATION =
  /^arn:(?:[a-z-]+|\$\{[^}]+\}):states:[^:]*:[^:]*:(aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)((?:\.[A-Za-z]+(?::2)?)?)$/;

/**
 * What a task takes. Every integration that is not known here is a gap, never a wildcard.
 *
 * @param scope - The state.
 * @internal
 */
export function grantTask(scope: PolicyScope): void {
  const resource = scope.state["Resource"];
  const credentials = scope.state["Credentials"];
  if (credentials !== undefined) {
    // The role that is taken does the work, so that role needs the rights, not this one.
    const role = scope.given("iam");
    const named = role.length > 0 ? undefined : scope.read(credentials, "RoleArn", '"arn of the role"');
    scope.allow(["sts:AssumeRole"], named === undefined ? role : [named]);
    return;
  }
  if (typeof resource !== "string") return;
  if (/^arn:[a-z-]+:lambda:/.test(resource)) {
    scope.allow(["lambda:InvokeFunction"], functionArns(scope, resource));
    return;
  }
  // Workers of an activity ask for work with rights of their own.
  if (/^arn:[a-z-]+:states:[^:]+:[^:]+:activity:/.test(resource)) return;
  const [, isSdk, service = "", call = "", pattern = ""] = INTEGRATION.exec(resource) ?? [];
  const action = `${call.charAt(0).toUpperCase()}${call.slice(1)}`;
  const prefix = (isSdk === undefined ? undefined : IAM_PREFIXES[service]) ?? service;
  if (!grantCall(scope, prefix, action, pattern))
    grantUnknown(scope, resource, prefix, isSdk === undefined ? "" : action);
}

function grantCall(scope: PolicyScope, prefix: string, action: string, pattern: string): boolean {
  const parameters = scope.parameters();
  switch (prefix) {
    case "lambda":
      if (action !== "Invoke") return false;
      grantLambda(scope);
      return true;
    case "sagemaker":
      return grantSageMaker(scope, action, pattern === ".sync");
    case "s3":
      return grantS3(scope, action, parameters);
    case "sns":
      if (action !== "Publish") return false;
      grantPublish(scope, parameters);
      return true;
    case "sqs":
      if (action !== "SendMessage") return false;
      grantSendMessage(scope, parameters);
      return true;
    case "states":
      if (action !== "StartExecution" && action !== "StartSyncExecution") return false;
      grantExecution(scope, action, pattern);
      return true;
    case "events":
      if (action !== "PutEvents") return false;
      grantEvents(scope, parameters);
      return true;
    case "dynamodb":
      if (!/^(Get|Put|Delete|Update)Item$|^Query$|^Scan$/.test(action)) return false;
      scope.allow([`dynamodb:${action}`], scope.named("dynamodb", parameters, "TableName", "table/"));
      return true;
    default:
      return false;
  }
}

function grantUnknown(scope: PolicyScope, resource: string, prefix: string, action: string): void {
  const given = scope.given(prefix);
  if (action !== "" && given.length > 0) {
    scope.allow([`${prefix}:${action}`], given);
    return;
  }
  const remedy =
    action === ""
      ? "Allow what it takes in a policy of your own."
      : `Pass resources of ${prefix} for this state; then ${prefix}:${action} is allowed on them.`;
  scope.gap("SERVICE_UNKNOWN", `What ${resource} takes is not known here.`, remedy, "Resource");
}

function grantPublish(scope: PolicyScope, parameters: unknown): void {
  if (isObject(parameters) && (parameters["PhoneNumber"] ?? parameters["PhoneNumber.$"]) !== undefined) {
    const message = "A text message goes to no resource, so that sns:Publish is allowed on everything.";
    scope.gap("RESOURCE_UNSCOPED", message, "Send it to a topic that the number subscribes to.");
    scope.allow(["sns:Publish"], ["*"]);
    return;
  }
  const usesTarget = isObject(parameters) && (parameters["TargetArn"] ?? parameters["TargetArn.$"]) !== undefined;
  scope.allow(["sns:Publish"], scope.named("sns", parameters, usesTarget ? "TargetArn" : "TopicArn", ""));
}

function grantSendMessage(scope: PolicyScope, parameters: unknown): void {
  const given = scope.given("sqs");
  const url = given.length > 0 ? undefined : scope.read(parameters, "QueueUrl", '"arn of the queue"');
  const [, region, account, name] = /^https:\/\/sqs\.([a-z0-9-]+)\.[^/]+\/(\d{12})\/([^/]+)$/.exec(url ?? "") ?? [];
  if (name !== undefined)
    scope.allow(["sqs:SendMessage"], [`arn:${scope.place.partition}:sqs:${region}:${account}:${name}`]);
  else if (url === undefined) scope.allow(["sqs:SendMessage"], given);
  else scope.gap("RESOURCE_DYNAMIC", `QueueUrl ${url} does not tell the queue.`, "Pass resources for this state.");
}

/** Source: "Start a new AWS Step Functions state machine from a running execution", developer guide. */
function grantExecution(scope: PolicyScope, action: string, pattern: string): void {
  const machines = scope.named("states", scope.parameters(), "StateMachineArn", "stateMachine:");
  scope.allow([`states:${action}`], machines);
  if (!pattern.startsWith(".sync")) return;
  const executions = machines
    .filter((arn) => arn.includes(":stateMachine:"))
    .map((arn) => `${splitArn(arn).slice(0, 7).join(":").replace(":stateMachine:", ":execution:")}:*`);
  if (executions.length < machines.length) {
    const message = "The ARNs of the executions do not follow from a substitution.";
    scope.gap("RESOURCE_DYNAMIC", message, "Pass the ARN of the state machine as resources of this state.");
  }
  scope.allow(["states:DescribeExecution", "states:StopExecution"], executions);
  grantManagedRule(scope, "StepFunctionsGetEventsForStepFunctionsExecutionRule");
}

function grantEvents(scope: PolicyScope, parameters: unknown): void {
  const given = scope.given("events", "event-bus/");
  if (given.length > 0) {
    scope.allow(["events:PutEvents"], given);
    return;
  }
  const entries = isObject(parameters) ? parameters["Entries"] : undefined;
  if (!Array.isArray(entries)) {
    const message = "The events, and so their buses, are known only when the execution runs.";
    scope.gap("RESOURCE_DYNAMIC", message, "Pass the ARNs of the buses as resources of this state.");
    return;
  }
  for (const entry of entries) {
    const hasBus = isObject(entry) && (entry["EventBusName"] ?? entry["EventBusName.$"]) !== undefined;
    const bus = hasBus ? scope.read(entry, "EventBusName", '"arn of the bus"') : "default";
    if (bus === undefined) continue;
    scope.allow(["events:PutEvents"], [isArn(bus) ? bus : scope.arn("events", `event-bus/${escapeWildcards(bus)}`)]);
  }
}
