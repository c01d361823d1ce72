import { parseOptions } from "../../core/options.js";
import { alarmResources } from "./alarm-resources.js";
import { FUNCTION_PARAMETERS, FUNCTIONS, functionResources } from "./function-resources.js";
import { getAtt, ref } from "./intrinsics.js";
import { machineResources } from "./machine-resources.js";
import { type CloudFormationOptions, type ResolvedTemplateOptions, TemplateOptionsSchema } from "./template-options.js";
import type {
  CloudFormationOutput,
  CloudFormationParameter,
  CloudFormationTemplate,
  Resources,
} from "./template-types.js";
import { triggerResources } from "./trigger-resources.js";

/**
 * Writes the whole workflow as one CloudFormation template: the three functions from bundles in S3, their roles and log
 * groups, the state machine with exactly the rights that its definition takes, the rule that starts it for uploaded
 * images with a queue for what could not be started, a topic for notices, and alarms. The endpoint is not part of it.
 * Give the stack a name of at most 50 characters, and let it make roles (`CAPABILITY_IAM`). Calls nothing. The template
 * is checked for its structure by tests here; no stack was made of it.
 *
 * @param options - See {@link CloudFormationOptions}.
 * @returns The template, ready for `JSON.stringify`; new on every call.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, a name in the definition has no value, or
 *   the rights that a state takes are not known.
 * @throws {@link DefinitionError} `DEFINITION_INVALID` when `checkDefinition` finds an error in the definition.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { toCloudFormation } from "scones-ml/workflow";
 *
 * const template = toCloudFormation({ trigger: { prefix: "uploads/", suffixes: [".png"] } });
 * await writeFile("scones.template.json", JSON.stringify(template, undefined, 2));
 * ```
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html
 */
export function toCloudFormation(options: CloudFormationOptions = {}): CloudFormationTemplate {
  const resolved = parseOptions("toCloudFormation", TemplateOptionsSchema, options);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: resolved.description,
    Parameters: describeParameters(resolved),
    Resources: {
      ...bucketResources(resolved),
      NoticeTopic: { Type: "AWS::SNS::Topic", Properties: {} },
      ...functionResources(resolved),
      ...machineResources(resolved),
      ...triggerResources(resolved),
      ...alarmResources(resolved),
    },
    Outputs: describeOutputs(),
  };
}

function describeParameters({ bucket }: ResolvedTemplateOptions): Readonly<Record<string, CloudFormationParameter>> {
  const image: CloudFormationParameter = {
    Type: "String",
    AllowedPattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
    Description: "Bucket of the images; it has to send its events to EventBridge.",
  };
  return bucket === "create" ? FUNCTION_PARAMETERS : { ...FUNCTION_PARAMETERS, ImageBucket: image };
}

/** The images outlive the stack. */
function bucketResources({ bucket }: ResolvedTemplateOptions): Resources {
  if (bucket === "existing") return {};
  const block = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
  return {
    ImageBucket: {
      Type: "AWS::S3::Bucket",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: block,
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    },
  };
}

function describeOutputs(): Readonly<Record<string, CloudFormationOutput>> {
  const functions = Object.entries(FUNCTIONS).map(([name, { id }]): [string, CloudFormationOutput] => [
    `${id}FunctionArn`,
    { Description: `ARN of the ${name} function`, Value: getAtt(`${id}Function`, "Arn") },
  ]);
  return {
    StateMachineArn: { Description: "ARN of the state machine", Value: ref("StateMachine") },
    ImageBucketName: { Description: "Name of the images' bucket", Value: ref("ImageBucket") },
    NoticeTopicArn: { Description: "ARN of the topic; subscribe to it", Value: ref("NoticeTopic") },
    ...Object.fromEntries(functions),
  };
}
