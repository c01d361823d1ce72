import { isObject } from "../checks/visit.js";
import type { PolicyScope } from "./policy-scope.js";

/** How a SageMaker resource is called in requests and in ARNs. */
interface SageMakerResource {
  readonly field: string;
  readonly arn: string;
  /** Where the request names the role that SageMaker takes. */
  readonly role?: string;
  /** The rule that tells Step Functions of the end of a job. */
  readonly rule?: string;
}

/** Source of the rules: "Create and manage Amazon SageMaker jobs with Step Functions", developer guide. */
const RESOURCES: Readonly<Record<string, SageMakerResource>> = {
  TrainingJob: { field: "TrainingJobName", arn: "training-job", role: "RoleArn", rule: "TrainingJobs" },
  TransformJob: { field: "TransformJobName", arn: "transform-job", rule: "TransformJobs" },
  ProcessingJob: { field: "ProcessingJobName", arn: "processing-job", role: "RoleArn", rule: "ProcessingJobs" },
  Model: { field: "ModelName", arn: "model", role: "ExecutionRoleArn" },
  EndpointConfig: { field: "EndpointConfigName", arn: "endpoint-config" },
  Endpoint: { field: "EndpointName", arn: "endpoint" },
  EndpointWeightsAndCapacities: { field: "EndpointName", arn: "endpoint" },
};

/**
 * What a SageMaker task takes.
 *
 * @param scope - The state.
 * @param action - Action as IAM calls it, such as `CreateTrainingJob`.
 * @param waits - Whether Step Functions waits for the end of the job.
 * @returns Whether the action is known.
 * @internal
 */
export function grantSageMaker(scope: PolicyScope, action: string, waits: boolean): boolean {
  const [, verb = "", noun = ""] = /^(Create|Describe|Update|Delete|Stop|Invoke)(.+)$/.exec(action) ?? [];
  const kind = noun.replace(/(Async|WithResponseStream)$/, "");
  const resource = Object.hasOwn(RESOURCES, kind) ? RESOURCES[kind] : undefined;
  if (resource === undefined) return false;
  const parameters = scope.parameters();
  // Names are in lower case in SageMaker's ARNs, whatever the request says.
  const arns = scope.named("sagemaker", parameters, resource.field, `${resource.arn}/`, toLowerCase);
  scope.allow([`sagemaker:${action}`], arns);
  const usesConfig = resource === RESOURCES["Endpoint"] && (verb === "Create" || verb === "Update");
  if (usesConfig) {
    const configs = scope.named("sagemaker", parameters, "EndpointConfigName", "endpoint-config/", toLowerCase);
    scope.allow([`sagemaker:${action}`], configs);
  }
  if (verb !== "Create") return true;
  if (isObject(parameters) && (parameters["Tags"] !== undefined || parameters["Tags.$"] !== undefined))
    scope.allow(["sagemaker:AddTags"], arns);
  if (resource.role !== undefined) passRole(scope, parameters, resource.role, "sagemaker.amazonaws.com");
  if (waits && resource.rule !== undefined) {
    scope.allow([`sagemaker:Describe${kind}`, `sagemaker:Stop${kind}`], arns);
    // The developer guide gives no narrower resource.
    scope.allow(["sagemaker:ListTags"], ["*"]);
    grantManagedRule(scope, `StepFunctionsGetEventsForSageMaker${resource.rule}Rule`);
  }
  return true;
}

/** Lets a task hand a role to a service, and to no other. */
function passRole(scope: PolicyScope, parameters: unknown, field: string, service: string): void {
  const given = scope.given("iam");
  const role = given.length > 0 ? undefined : scope.read(parameters, field, '"arn of the role"');
  const roles = role === undefined ? given : [role];
  scope.allow(["iam:PassRole"], roles, { StringEquals: { "iam:PassedToService": service } });
}

/** Lets Step Functions keep the rule that tells it of the end of a job. @internal */
export function grantManagedRule(scope: PolicyScope, rule: string): void {
  scope.allow(["events:DescribeRule", "events:PutRule", "events:PutTargets"], [scope.arn("events", `rule/${rule}`)]);
}

/** A substitution of CloudFormation keeps its case. */
function toLowerCase(name: string): string {
  return name.replace(/\$\{[^}]*\}|[^$]+|\$/g, (part) => (part.startsWith("${") ? part : part.toLowerCase()));
}
