import { InvalidOptionsError } from "../../core/options.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { refuseErrors } from "../machine/refuse-errors.js";
import { buildExecutionPolicy, findPolicyGaps } from "../policy/build-execution-policy.js";
import { buildInferenceWorkflow } from "../workflows/inference-workflow.js";
import { FUNCTIONS } from "./function-resources.js";
import { getAtt, PLACE, policyFor, ref, role, STACK_NAME, sub, variable } from "./intrinsics.js";
import type { ResolvedTemplateOptions } from "./template-options.js";
import type { Resources } from "./template-types.js";

/** Names that a definition has for what the template makes, and what they are in the notation of Fn::Sub. */
const OWN_NAMES = {
  SerializeFunctionArn: variable(`${FUNCTIONS.serialize.id}Function.Arn`),
  ClassifyFunctionArn: variable(`${FUNCTIONS.classify.id}Function.Arn`),
  FilterFunctionArn: variable(`${FUNCTIONS.filter.id}Function.Arn`),
  // The name of a topic is its ARN.
  NoticeTopicArn: variable("NoticeTopic"),
  ImageBucketName: variable("ImageBucket"),
} as const;

/**
 * Describes the state machine with its role and its log group.
 *
 * @param options - The options.
 * @returns The resources.
 * @throws {@link DefinitionError} `DEFINITION_INVALID` when the definition has an error.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when a name in it has no value, or its rights are not known.
 * @internal
 */
export function machineResources(options: ResolvedTemplateOptions): Resources {
  const definition = options.definition ?? inferenceWorkflow(options);
  refuseErrors("of the template", definition);
  const text = JSON.stringify(definition);
  const names: Readonly<Record<string, string>> = { ...OWN_NAMES, ...options.substitutions };
  const used = [...new Set([...text.matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map(([, name = ""]) => name))].sort();
  const missing = used.filter((name) => !Object.hasOwn(names, name));
  if (missing.length > 0)
    throw refuse("substitutions", `has no value for ${missing.map(variable).join(", ")} of the definition`);
  return {
    StateMachineLogs: {
      Type: "AWS::Logs::LogGroup",
      Properties: {
        // Step Functions keeps its rights to write in one policy of limited length; groups under this name need none there.
        LogGroupName: sub(`/aws/vendedlogs/states/${STACK_NAME}`),
        RetentionInDays: options.logRetentionDays,
      },
    },
    StateMachineRole: role("states.amazonaws.com", describePolicy(definition, options, names), {
      StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") },
      ArnLike: {
        "aws:SourceArn": sub(`arn:${PLACE.partition}:states:${PLACE.region}:${PLACE.accountId}:stateMachine:*`),
      },
    }),
    StateMachine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        StateMachineName: ref("AWS::StackName"),
        StateMachineType: options.type,
        RoleArn: getAtt("StateMachineRole", "Arn"),
        DefinitionString: text,
        ...(used.length === 0
          ? {}
          : { DefinitionSubstitutions: Object.fromEntries(used.map((name) => [name, sub(names[name] ?? "")])) }),
        LoggingConfiguration: {
          Level: options.logLevel,
          IncludeExecutionData: false,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: getAtt("StateMachineLogs", "Arn") } }],
        },
        TracingConfiguration: { Enabled: options.tracing },
      },
    },
  };
}

function inferenceWorkflow({ queryLanguage }: ResolvedTemplateOptions): StateMachineDefinition {
  return buildInferenceWorkflow({
    functions: {
      serialize: variable("SerializeFunctionArn"),
      classify: variable("ClassifyFunctionArn"),
      filter: variable("FilterFunctionArn"),
    },
    queryLanguage,
    onFailure: { type: "sns", topicArn: variable("NoticeTopicArn") },
  });
}

/** What a stack knows of itself, under names without the colons that separate the parts of an ARN. */
const PSEUDO_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  ["AccountId", "Partition", "Region", "StackName"].map((name) => [`AWS${name}`, variable(`AWS::${name}`)]),
);

/** The policy is exact or there is none: what only the data of an execution names has to be given. */
function describePolicy(
  definition: StateMachineDefinition,
  { resources, tracing }: ResolvedTemplateOptions,
  names: Readonly<Record<string, string>>,
): unknown {
  const given = Object.entries(resources).map(([state, arns]) => [
    state,
    arns.map((arn) => arn.replaceAll("${AWS::", "${AWS")),
  ]);
  const place = {
    ...PLACE,
    stateMachineName: STACK_NAME,
    resources: Object.fromEntries(given) as typeof resources,
    logging: true,
    tracing,
  };
  const gaps = findPolicyGaps(definition, place).filter(({ code }) => code !== "RESOURCE_SUBSTITUTED");
  const unknown = gaps.map(({ path, message, remedy }) => `at ${path} of the definition: ${message} ${remedy}`);
  if (unknown.length > 0) throw refuse("resources", unknown.join(" "));
  return policyFor(buildExecutionPolicy(definition, place), { ...names, ...PSEUDO_NAMES });
}

function refuse(path: string, message: string): InvalidOptionsError {
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `toCloudFormation cannot work with these options: ${path}: ${message.replace(/\.$/, "")}. Correct them and call again.`,
    details: { functionName: "toCloudFormation", issues: [{ path, message }] },
  });
}
