import type { CloudFormationTemplate } from "../../src/workflow/cloudformation/template-types.js";

/** Properties of a resource type: those that it must have, those that it may have, and attributes of it. */
interface TypeRules {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly attributes: readonly string[];
}

/** Source: "AWS resource and property types reference" of CloudFormation, as far as these templates use it. */
const TYPES: Readonly<Record<string, TypeRules>> = {
  "AWS::CloudWatch::Alarm": {
    required: ["ComparisonOperator", "EvaluationPeriods"],
    optional: [
      "AlarmActions",
      "AlarmDescription",
      "Dimensions",
      "MetricName",
      "Namespace",
      "Period",
      "Statistic",
      "Threshold",
      "TreatMissingData",
    ],
    attributes: ["Arn"],
  },
  "AWS::Events::Rule": {
    required: [],
    optional: ["Description", "EventPattern", "Name", "State", "Targets"],
    attributes: ["Arn"],
  },
  "AWS::IAM::Role": {
    required: ["AssumeRolePolicyDocument"],
    optional: ["Policies", "Description"],
    attributes: ["Arn", "RoleId"],
  },
  "AWS::Lambda::Function": {
    required: ["Code", "Role"],
    optional: [
      "Architectures",
      "Description",
      "Environment",
      "Handler",
      "LoggingConfig",
      "MemorySize",
      "Runtime",
      "Timeout",
    ],
    attributes: ["Arn"],
  },
  "AWS::Logs::LogGroup": { required: [], optional: ["LogGroupName", "RetentionInDays"], attributes: ["Arn"] },
  "AWS::S3::Bucket": {
    required: [],
    optional: ["BucketEncryption", "NotificationConfiguration", "PublicAccessBlockConfiguration"],
    attributes: ["Arn", "DomainName"],
  },
  "AWS::SNS::Topic": { required: [], optional: ["TopicName"], attributes: ["TopicArn", "TopicName"] },
  "AWS::SQS::Queue": {
    required: [],
    optional: ["MessageRetentionPeriod", "SqsManagedSseEnabled"],
    attributes: ["Arn", "QueueName", "QueueUrl"],
  },
  "AWS::SQS::QueuePolicy": { required: ["PolicyDocument", "Queues"], optional: [], attributes: [] },
  "AWS::StepFunctions::StateMachine": {
    required: ["RoleArn"],
    optional: [
      "DefinitionString",
      "DefinitionSubstitutions",
      "LoggingConfiguration",
      "StateMachineName",
      "StateMachineType",
      "TracingConfiguration",
    ],
    attributes: ["Arn", "Name", "StateMachineRevisionId"],
  },
};

const PSEUDO = ["AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::NoValue"];

/** Actions that know no resources, so that AWS takes them on everything alone. Source: "Service Authorization Reference". */
const WITHOUT_RESOURCE = new Set([
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "sagemaker:ListTags",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
]);

/** Finds what CloudFormation or IAM would refuse, or should not be there, in the manner of cfn-lint. */
export function lintTemplate(template: CloudFormationTemplate): readonly string[] {
  const findings: string[] = [];
  const text = JSON.stringify(template);
  if (JSON.stringify(JSON.parse(text)) !== text) findings.push("is not plain JSON");
  if (Buffer.byteLength(text) > 51_200) findings.push("is too large to be passed without S3");
  const ids = [...Object.keys(template.Resources), ...Object.keys(template.Parameters)];
  for (const id of [...ids, ...Object.keys(template.Outputs)])
    if (!/^[A-Za-z0-9]{1,255}$/.test(id)) findings.push(`${id}: is not alphanumeric`);
  if (new Set(ids).size < ids.length) findings.push("a parameter and a resource share a name");
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const rules = TYPES[Type];
    if (rules === undefined) {
      findings.push(`${id}: ${Type} is not known here`);
      continue;
    }
    const names = Object.keys(Properties);
    for (const name of rules.required) if (!names.includes(name)) findings.push(`${id}: lacks ${name}`);
    for (const name of names)
      if (![...rules.required, ...rules.optional].includes(name)) findings.push(`${id}: has no property ${name}`);
  }
  const uses = new Map<string, readonly string[]>();
  for (const [id, resource] of Object.entries(template.Resources))
    uses.set(id, checkReferences(template, id, resource.Properties, findings));
  checkReferences(template, "Outputs", template.Outputs, findings);
  const used = new Set(findReferences([template.Resources, template.Outputs]).map(({ target }) => target));
  for (const name of Object.keys(template.Parameters)) if (!used.has(name)) findings.push(`${name}: is never used`);
  findings.push(...findCycles(uses), ...findWideStatements(template.Resources, ""));
  return findings;
}

interface Reference {
  readonly target: string;
  readonly attribute: string | undefined;
}

/** Every Ref, Fn::GetAtt and variable of Fn::Sub. */
function findReferences(value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(findReferences);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Reference[] => {
    if (key === "Ref") return [{ target: String(inner), attribute: undefined }];
    if (key === "Fn::GetAtt") return [{ target: String(inner[0]), attribute: String(inner[1]) }];
    if (key !== "Fn::Sub") return findReferences(inner);
    return [...String(inner).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = ""]) => {
      const [target = "", ...attribute] = name.split(".");
      return { target, attribute: attribute.length === 0 ? undefined : attribute.join(".") };
    });
  });
}

function checkReferences(
  template: CloudFormationTemplate,
  id: string,
  value: unknown,
  findings: string[],
): readonly string[] {
  return findReferences(value).flatMap(({ target, attribute }) => {
    const resource = template.Resources[target];
    const isValue = PSEUDO.includes(target) || Object.hasOwn(template.Parameters, target);
    if (resource === undefined && (!isValue || attribute !== undefined))
      findings.push(`${id}: ${target} does not resolve`);
    else if (
      resource !== undefined &&
      attribute !== undefined &&
      TYPES[resource.Type]?.attributes.includes(attribute) !== true
    )
      findings.push(`${id}: ${target} has no attribute ${attribute}`);
    return resource === undefined ? [] : [target];
  });
}

function findCycles(uses: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] => {
    if (path.includes(id)) return [`${[...path, id].join(" -> ")} is a cycle`];
    if (done.has(id)) return [];
    const found = (uses.get(id) ?? []).flatMap((target) => visit(target, [...path, id]));
    done.add(id);
    return found;
  };
  return [...uses.keys()].flatMap((id) => visit(id, []));
}

function findWideStatements(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const { Action, Resource } = value as Readonly<Record<string, unknown>>;
  const inner = Object.entries(value).flatMap(([key, child]) => findWideStatements(child, `${path}/${key}`));
  if (Action === undefined || Resource === undefined) return inner;
  const actions = [Action].flat().map(String);
  const malformed = actions.filter((action) => !/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/.test(action));
  const isWide = [Resource].flat().includes("*") && !actions.every((action) => WITHOUT_RESOURCE.has(action));
  return [
    ...inner,
    ...malformed.map((action) => `${path}: ${action} is no single action`),
    ...(isWide ? [`${path}: allows ${actions.join(", ")} on everything`] : []),
  ];
}

/** Every action that a template's policies allow, by the logical id of the resource that carries the policy. */
export function actionsOf(template: CloudFormationTemplate, id: string): readonly string[] {
  const collect = (value: unknown): readonly string[] => {
    if (typeof value !== "object" || value === null) return [];
    const { Action, Resource } = value as Readonly<Record<string, unknown>>;
    if (Action !== undefined && Resource !== undefined) return [Action].flat().map(String);
    return Object.values(value).flatMap(collect);
  };
  return [...new Set(collect(template.Resources[id]?.Properties))].sort();
}

/** Puts values in the place of intrinsic functions, as CloudFormation does when it makes a stack. */
export function resolveTemplate(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((one) => resolveTemplate(one, values));
  if (typeof value !== "object" || value === null) return value;
  const find = (name: string) => {
    const found = values[name];
    if (found === undefined) throw new Error(`no value for ${name}`);
    return found;
  };
  const { Ref, "Fn::GetAtt": att, "Fn::Sub": text } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === "string") return find(Ref);
  if (Array.isArray(att)) return find(att.join("."));
  if (typeof text === "string")
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) =>
      literal === "" ? find(name) : `\${${name}}`,
    );
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveTemplate(inner, values)]));
}
