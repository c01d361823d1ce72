import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { findScopes, isObject } from "../checks/visit.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { machineNameSchema } from "../machine/machine-names.js";
import { grantMap } from "./map-grants.js";
import { type Grant, type PolicyDocument, toPolicyDocument } from "./policy-document.js";
import type { PolicyGap } from "./policy-gap.js";
import { PolicyScope } from "./policy-scope.js";
import { grantTask } from "./task-grants.js";

/** Options of {@link buildExecutionPolicy} and {@link findPolicyGaps}. */
export interface ExecutionPolicyOptions {
  /** Partition of resources that the definition names without ARN. @defaultValue the first one in the definition, else `aws` */
  readonly partition?: string;
  /** Region of resources that the definition names without ARN. @defaultValue `*`, which is a gap */
  readonly region?: string;
  /** Account of resources that the definition names without ARN. @defaultValue `*`, which is a gap */
  readonly accountId?: string;
  /** Name of the state machine; a distributed map starts executions of it. */
  readonly stateMachineName?: string;
  /** By name of a state: ARNs that it works on where the definition does not tell, wildcards allowed. */
  readonly resources?: Readonly<Record<string, readonly string[]>>;
  /** Whether the machine writes logs to CloudWatch Logs. @defaultValue `false` */
  readonly logging?: boolean;
  /** Whether the machine is traced by X-Ray. @defaultValue `false` */
  readonly tracing?: boolean;
}

const SUBSTITUTION = String.raw`\$\{[A-Za-z0-9:.]+\}`;
const placeSchema = (pattern: string, what: string) =>
  z.string().regex(new RegExp(`^(?:${pattern}|${SUBSTITUTION}|\\*)$`), `must be ${what}, a \${...} substitution, or *`);

const OptionsSchema = z.strictObject({
  partition: z
    .string()
    .regex(new RegExp(`^(?:aws[a-z-]*|${SUBSTITUTION})$`), "must be a partition, such as aws-cn")
    .optional(),
  region: placeSchema("[a-z]{2}[a-z-]*-\\d", "a region").default("*"),
  accountId: placeSchema("\\d{12}", "an account of 12 digits").default("*"),
  stateMachineName: z.union([machineNameSchema, z.string().regex(new RegExp(`^${SUBSTITUTION}$`))]).optional(),
  resources: z
    .record(z.string(), z.array(z.string().regex(/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/, "must be an ARN")).readonly())
    .default({}),
  logging: z.boolean().default(false),
  tracing: z.boolean().default(false),
});

/** Neither service has resources of its own for these. Source: "Logging in CloudWatch Logs", developer guide. */
const LOGGING: Grant = {
  actions: [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
  resources: ["*"],
};
/** Source: "Trace with X-Ray", developer guide. */
const TRACING: Grant = {
  actions: ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  resources: ["*"],
};

/**
 * Builds the policy that a state machine's role needs for exactly what its definition does. What the definition does
 * not tell is left out, never widened: {@link findPolicyGaps} lists it, and `resources` fills it in. Calls nothing.
 *
 * @param definition - The definition; `checkDefinition` tells whether it is in order.
 * @param options - See {@link ExecutionPolicyOptions}.
 * @returns The policy, the same for the same definition.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { buildExecutionPolicy, buildInferenceWorkflow, findPolicyGaps } from "scones-ml/workflow";
 *
 * const definition = buildInferenceWorkflow({
 *   functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 * });
 * const place = { region: "us-east-1", accountId: "123456789012" };
 * for (const gap of findPolicyGaps(definition, place)) console.warn(gap.path, gap.message, gap.remedy);
 * console.log(JSON.stringify(buildExecutionPolicy(definition, place), undefined, 2));
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
 */
export function buildExecutionPolicy(
  definition: StateMachineDefinition,
  options: ExecutionPolicyOptions = {},
): PolicyDocument {
  return toPolicyDocument(collect("buildExecutionPolicy", definition, options).grants);
}

/**
 * Finds what {@link buildExecutionPolicy} cannot know from the definition: resources that only the execution's data
 * name, services it does not know, names without account. Calls nothing.
 *
 * @param definition - The definition.
 * @param options - See {@link ExecutionPolicyOptions}.
 * @returns The gaps, outermost first; empty when the policy is complete and exact.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function findPolicyGaps(
  definition: StateMachineDefinition,
  options: ExecutionPolicyOptions = {},
): readonly PolicyGap[] {
  return collect("findPolicyGaps", definition, options).gaps;
}

function collect(
  name: string,
  definition: StateMachineDefinition,
  options: ExecutionPolicyOptions,
): { readonly grants: readonly Grant[]; readonly gaps: readonly PolicyGap[] } {
  const { logging, tracing, ...resolved } = parseOptions(name, OptionsSchema, options);
  const grants = [...(logging ? [LOGGING] : []), ...(tracing ? [TRACING] : [])];
  if (!isObject(definition)) {
    const remedy = "Pass an object with StartAt and States.";
    return { grants, gaps: [{ path: "", code: "DEFINITION_INVALID", message: "It is not an object.", remedy }] };
  }
  const visits = findScopes(definition).flatMap(({ states }) => [...states.values()]);
  const partition = resolved.partition ?? findPartition(visits.map(({ state }) => state["Resource"]));
  const place = { ...resolved, partition, stateMachineName: resolved.stateMachineName };
  const scopes = visits.map((visit) => {
    const scope = new PolicyScope(visit, place);
    if (visit.state["Type"] === "Task") grantTask(scope);
    if (visit.state["Type"] === "Map") grantMap(scope);
    return scope;
  });
  return {
    grants: [...grants, ...scopes.flatMap((scope) => scope.grants)],
    gaps: scopes.flatMap((scope) => scope.gaps),
  };
}

function findPartition(resources: readonly unknown[]): string {
  for (const resource of resources) {
    const partition = typeof resource === "string" ? /^arn:([a-z-]+|\$\{[^}]+\}):/.exec(resource)?.[1] : undefined;
    if (partition !== undefined) return partition;
  }
  return "aws";
}
