import * as z from "zod";
import { RoleArnSchema } from "../../core/names.js";
import { parseOptions } from "../../core/options.js";
import { splitArn } from "../definition/split-arn.js";
import type { PolicyDocument } from "../policy/policy-document.js";
import { stateMachineArnSchema } from "./machine-names.js";
import { type EventPattern, type InputTransformer, UPLOAD_TRANSFORMER, uploadPattern } from "./upload-event.js";

/** Options of {@link buildTrigger}. */
export interface BuildTriggerOptions {
  /** Name of the rule, 1 to 64 letters, digits, `.`, `-` and `_`. */
  readonly name: string;
  /** ARN of the state machine, or of a version or alias of it. */
  readonly stateMachineArn: string;
  /** ARN of the role that EventBridge starts executions with; `trustPolicy` and `policy` of the result are what it needs. */
  readonly roleArn: string;
  /** Bucket of the images; its notifications to EventBridge have to be switched on. */
  readonly bucket: string;
  /** What the keys begin with. @defaultValue `""`: everything */
  readonly prefix?: string;
  /** What the keys end with, one of these, in exactly this case; none for every key. @defaultValue `[".png"]` */
  readonly suffixes?: readonly string[];
  /** ARN of an SQS queue for events that could not be delivered. @defaultValue none: they are lost after 24 hours */
  readonly deadLetterQueueArn?: string;
}

/** Where a rule sends its events: a target as PutTargets and CloudFormation take it. */
export interface TriggerTarget {
  /** Name of the target in its rule. */
  readonly Id: string;
  /** The state machine. */
  readonly Arn: string;
  /** The role that starts it. */
  readonly RoleArn: string;
  /** Makes the input of the execution. */
  readonly InputTransformer: InputTransformer;
  /** Where events go that could not be delivered. */
  readonly DeadLetterConfig?: {
    /** The queue. */
    readonly Arn: string;
  };
}

/** A rule that starts a state machine: what {@link buildTrigger} returns. */
export interface Trigger {
  /** Input of PutRule. */
  readonly rule: {
    /** Name of the rule. */
    readonly Name: string;
    /** A remark. */
    readonly Description: string;
    /** The pattern, as JSON text. */
    readonly EventPattern: string;
    /** Whether it is on. */
    readonly State: "ENABLED";
  };
  /** Input of PutTargets. */
  readonly targets: {
    /** Name of the rule. */
    readonly Rule: string;
    /** The state machine. */
    readonly Targets: readonly TriggerTarget[];
  };
  /** Properties of an `AWS::Events::Rule` of CloudFormation: the same in one. */
  readonly properties: {
    /** Name of the rule. */
    readonly Name: string;
    /** A remark. */
    readonly Description: string;
    /** The pattern. */
    readonly EventPattern: EventPattern;
    /** Whether it is on. */
    readonly State: "ENABLED";
    /** The state machine. */
    readonly Targets: readonly TriggerTarget[];
  };
  /** Who may take the role: EventBridge, for this rule alone. */
  readonly trustPolicy: {
    /** Version of the policy language. */
    readonly Version: "2012-10-17";
    /** The one statement. */
    readonly Statement: readonly Readonly<Record<string, unknown>>[];
  };
  /** What the role may do: start this state machine. */
  readonly policy: PolicyDocument;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const keyPartSchema = z.string().max(1024, "must have at most 1024 characters");

const OptionsSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 letters, digits, dots, hyphens and underscores"),
  stateMachineArn: stateMachineArnSchema,
  roleArn: RoleArnSchema,
  bucket: z.string().regex(BUCKET, "must be the name of a bucket"),
  prefix: keyPartSchema.default(""),
  suffixes: z.array(keyPartSchema.min(1)).max(20).readonly().default([".png"]),
  deadLetterQueueArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:\S+$/, "must be the ARN of an SQS queue")
    .optional(),
});

/**
 * Builds the EventBridge rule that starts a state machine for each image that is put into a bucket, with the policies of
 * the role that it needs. The execution's input is `{ "image_data": "", "s3_bucket": ..., "s3_key": ..., "inferences": [] }`,
 * as the inference workflow takes it. The bucket has to send its events to EventBridge: PutBucketNotificationConfiguration
 * with `{ EventBridgeConfiguration: {} }`. Do not let the workflow write under the same prefix and suffix: it would start
 * itself. Calls nothing.
 *
 * @param options - See {@link BuildTriggerOptions}.
 * @returns The rule as data for PutRule and PutTargets, and for CloudFormation.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { buildTrigger } from "scones-ml/workflow";
 *
 * const { rule, targets } = buildTrigger({
 *   name: "scones-uploads",
 *   stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:scones-inference",
 *   roleArn: "arn:aws:iam::123456789012:role/scones-uploads",
 *   bucket: "scones",
 *   prefix: "uploads/",
 *   suffixes: [".png", ".jpg"],
 * });
 * // await events.send(new PutRuleCommand(rule)); await events.send(new PutTargetsCommand(targets));
 * console.log(rule.EventPattern, targets.Targets);
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-cloudwatch-events-s3.html
 */
export function buildTrigger(options: BuildTriggerOptions): Trigger {
  const { name, stateMachineArn, roleArn, deadLetterQueueArn, ...filter } = parseOptions(
    "buildTrigger",
    OptionsSchema,
    options,
  );
  const eventPattern = uploadPattern(filter);
  const target: TriggerTarget = {
    Id: "state-machine",
    Arn: stateMachineArn,
    RoleArn: roleArn,
    InputTransformer: UPLOAD_TRANSFORMER,
    ...(deadLetterQueueArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterQueueArn } }),
  };
  const common = {
    Name: name,
    Description: `Starts an execution for each image that is put into ${filter.bucket}`,
    State: "ENABLED",
  } as const;
  return {
    rule: { ...common, EventPattern: JSON.stringify(eventPattern) },
    targets: { Rule: name, Targets: [target] },
    properties: { ...common, EventPattern: eventPattern, Targets: [target] },
    trustPolicy: trustOfRule(name, stateMachineArn),
    policy: { Version: "2012-10-17", Statement: [startStatement(stateMachineArn)] },
  };
}

/** The account is in the condition, so that no rule of another account can make EventBridge take the role. */
function trustOfRule(name: string, stateMachineArn: string): Trigger["trustPolicy"] {
  const [, partition, , region, account] = splitArn(stateMachineArn);
  const rule = `arn:${partition}:events:${region}:${account}:rule/${name}`;
  const statement = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { ArnEquals: { "aws:SourceArn": rule }, StringEquals: { "aws:SourceAccount": account } },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

/** Rights go by the machine's own ARN; a version or alias is a condition. Source: "Authorization for versions and aliases", developer guide. */
function startStatement(stateMachineArn: string): PolicyDocument["Statement"][number] {
  const parts = splitArn(stateMachineArn);
  const qualifier = parts[7];
  return {
    Effect: "Allow",
    Action: ["states:StartExecution"],
    Resource: [parts.slice(0, 7).join(":")],
    ...(qualifier === undefined
      ? {}
      : { Condition: { "ForAnyValue:StringEquals": { "states:StateMachineQualifier": [qualifier] } } }),
  };
}
