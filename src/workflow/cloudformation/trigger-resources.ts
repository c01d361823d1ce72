import { UPLOAD_TRANSFORMER, uploadPattern } from "../machine/upload-event.js";
import { getAtt, PLACE, ref, role, STACK_NAME, sub } from "./intrinsics.js";
import type { ResolvedTemplateOptions } from "./template-options.js";
import type { Resources } from "./template-types.js";

/** Named beforehand, because rule, role and queue know each other by it. */
const RULE_NAME = `${STACK_NAME}-uploads`;

/**
 * Describes the rule that starts an execution for each uploaded image, and the queue of what could not be started.
 *
 * @param options - The options.
 * @returns The resources; none where the trigger is off.
 * @internal
 */
export function triggerResources({ trigger }: ResolvedTemplateOptions): Resources {
  if (trigger === "off") return {};
  const { partition, region, accountId } = PLACE;
  const ruleArn = sub(`arn:${partition}:events:${region}:${accountId}:rule/${RULE_NAME}`);
  const start = { Effect: "Allow", Action: ["states:StartExecution"], Resource: [ref("StateMachine")] };
  const send = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["sqs:SendMessage"],
    Resource: [getAtt("LostUploads", "Arn")],
    Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
  };
  return {
    LostUploads: {
      Type: "AWS::SQS::Queue",
      Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
    },
    LostUploadsPolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [ref("LostUploads")], PolicyDocument: { Version: "2012-10-17", Statement: [send] } },
    },
    UploadRole: role(
      "events.amazonaws.com",
      { Version: "2012-10-17", Statement: [start] },
      { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") }, ArnEquals: { "aws:SourceArn": ruleArn } },
    ),
    UploadRule: {
      Type: "AWS::Events::Rule",
      Properties: {
        Name: sub(RULE_NAME),
        Description: "Starts an execution for each uploaded image",
        State: "ENABLED",
        EventPattern: uploadPattern({ bucket: ref("ImageBucket"), ...trigger }),
        Targets: [
          {
            Id: "state-machine",
            Arn: ref("StateMachine"),
            RoleArn: getAtt("UploadRole", "Arn"),
            InputTransformer: UPLOAD_TRANSFORMER,
            DeadLetterConfig: { Arn: getAtt("LostUploads", "Arn") },
          },
        ],
      },
    },
  };
}
