import { describeHandlerPolicies } from "../policy/role-policies.js";
import { getAtt, PLACE, policyFor, ref, role, variable } from "./intrinsics.js";
import type { ResolvedTemplateOptions } from "./template-options.js";
import type { CloudFormationParameter, Resources } from "./template-types.js";

/** The three functions by what they do. @internal */
export const FUNCTIONS = {
  serialize: { id: "Serialize", timeout: 30, environment: undefined },
  // The endpoint's container may take 60 s.
  classify: { id: "Classify", timeout: 70, environment: { ENDPOINT_NAME: ref("EndpointName") } },
  filter: { id: "Filter", timeout: 10, environment: { THRESHOLD: ref("Threshold") } },
} as const;

type FunctionName = keyof typeof FUNCTIONS;
const NAMES = ["serialize", "classify", "filter"] as const satisfies readonly FunctionName[];

/** What is asked for about the functions. @internal */
export const FUNCTION_PARAMETERS: Readonly<Record<string, CloudFormationParameter>> = {
  CodeBucket: { Type: "String", Description: "Bucket of the functions' bundles, in the region of the stack." },
  ...Object.fromEntries(
    NAMES.map((name): [string, CloudFormationParameter] => [
      `${FUNCTIONS[name].id}Key`,
      { Type: "String", Default: `${name}.zip`, Description: `Key of the bundle with ${name}.js at its top.` },
    ]),
  ),
  EndpointName: {
    Type: "String",
    Default: "scones-vehicles",
    // SageMaker's ARNs are in lower case, and a template cannot change the case.
    AllowedPattern: "^[a-z0-9](-*[a-z0-9]){0,62}$",
    Description: "The SageMaker endpoint, in lower case.",
  },
  Threshold: {
    Type: "Number",
    Default: 0.7,
    MinValue: 0,
    MaxValue: 1,
    Description: "Least confidence of an answer that is let through.",
  },
};

/**
 * Describes the functions, each with a role and a log group of its own.
 *
 * @param options - The options.
 * @returns The resources.
 * @internal
 */
export function functionResources(options: ResolvedTemplateOptions): Resources {
  const { partition, region, accountId } = PLACE;
  const policies = describeHandlerPolicies({
    images: `arn:${partition}:s3:::${variable("ImageBucket")}/*`,
    endpoint: `arn:${partition}:sagemaker:${region}:${accountId}:endpoint/${variable("EndpointName")}`,
    logs: { serialize: logsOf("serialize"), classify: logsOf("classify"), filter: logsOf("filter") },
  });
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const { id } = FUNCTIONS[name];
      return [
        [`${id}Logs`, { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: options.logRetentionDays } }],
        [`${id}Role`, role("lambda.amazonaws.com", policyFor(policies[name]))],
        [`${id}Function`, describeFunction(name, options)],
      ];
    }),
  );
}

/** The ARN of a log group ends in the wildcard for its streams. */
function logsOf(name: FunctionName): string {
  return variable(`${FUNCTIONS[name].id}Logs.Arn`);
}

function describeFunction(name: FunctionName, { runtime, memoryMb }: ResolvedTemplateOptions) {
  const { id, timeout, environment } = FUNCTIONS[name];
  return {
    Type: "AWS::Lambda::Function",
    Properties: {
      Description: `The ${name} step of the image workflow`,
      Runtime: runtime,
      Architectures: ["arm64"],
      Handler: `${name}.handler`,
      Code: { S3Bucket: ref("CodeBucket"), S3Key: ref(`${id}Key`) },
      Role: getAtt(`${id}Role`, "Arn"),
      MemorySize: memoryMb,
      Timeout: timeout,
      LoggingConfig: { LogGroup: ref(`${id}Logs`) },
      ...(environment === undefined ? {} : { Environment: { Variables: environment } }),
    },
  };
}
