import * as z from "zod";
import { from, fromContext, type Reference } from "../data/reference.js";
import type { Step } from "../step.js";
import { chain } from "./chain.js";
import { serviceTask } from "./service-task.js";
import { fail } from "./simple-states.js";

/** What happens before an execution ends as failed; it fails all the same, with the original error and cause. */
export type FailureNotice =
  /** A message to an SNS topic. */
  | {
      /** Kind of the notice. */
      readonly type: "sns";
      /** ARN of the topic, or a `${...}` substitution; the state machine's role needs `sns:Publish` on it. */
      readonly topicArn: string;
      /** Subject of e-mail notices, 1 to 100 printable ASCII characters. @defaultValue `"The workflow failed"`, with its kind */
      readonly subject?: string;
    }
  /** An event for the rules of an event bus. */
  | {
      /** Kind of the notice. */
      readonly type: "eventBridge";
      /** Name or ARN of the bus, or a `${...}` substitution; the role needs `events:PutEvents` on it. @defaultValue `"default"` */
      readonly eventBusName?: string;
      /** Source of the event, which rules match; not one of AWS's own. @defaultValue `"scones-ml"` */
      readonly source?: string;
      /** Detail type of the event, which rules match. @defaultValue `"The workflow failed"`, with its kind */
      readonly detailType?: string;
    }
  /** No more than a state in which every failure ends, visible in the picture. */
  | {
      /** Kind of the notice. */
      readonly type: "fail";
    };

const SUBSTITUTION = /^\$\{[\w:.]+\}$/;
const isSubstitution = (text: string) => SUBSTITUTION.test(text);

/** Schema of {@link FailureNotice}. @internal */
export const failureNoticeSchema = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("sns"),
      topicArn: z.string().refine(
        // A substitution may stand for any part; its own colons would be taken for those of the ARN.
        (arn) =>
          isSubstitution(arn) ||
          /^arn:(aws[a-z-]*|x):sns:[a-z0-9-]+:(\d{12}|x):[A-Za-z0-9_.-]{1,256}$/.test(
            arn.replace(/\$\{[\w:.]+\}/g, "x"),
          ),
        "must be the ARN of an SNS topic",
      ),
      subject: z
        .string()
        .regex(/^[!-~][ -~]{0,99}$/, "must be 1 to 100 printable ASCII characters")
        .optional(),
    }),
    z.strictObject({
      type: z.literal("eventBridge"),
      eventBusName: z
        .string()
        .min(1)
        .max(1600)
        .regex(/^\S+$/, "must be the name or ARN of an event bus")
        .default("default"),
      source: z
        .string()
        .min(1)
        .max(256)
        .refine((source) => !/^aws\./i.test(source), 'must not begin with "aws.", which is AWS\'s own')
        .default("scones-ml"),
      detailType: z.string().min(1).max(128).optional(),
    }),
    z.strictObject({ type: z.literal("fail") }),
  ])
  .optional();

/** The parsed form of {@link FailureNotice}. @internal */
export type ResolvedNotice = NonNullable<z.output<typeof failureNoticeSchema>>;

/** Where the step finds the error: the input itself, or its `failure`. @internal */
export type FailurePlace = "input" | "failure";

/**
 * Describes the states that a failure passes: a notice with error, cause and execution, and a `Fail` state with the
 * original error and cause. When the notice cannot be sent, the execution still fails with the original.
 *
 * @param notice - What happens.
 * @param what - What failed, such as `inference workflow`.
 * @param place - Where the error stands.
 * @returns The step; nothing can follow it.
 * @internal
 */
export function failureStep(notice: ResolvedNotice, what: string, place: FailurePlace = "input"): Step<unknown, never> {
  const path: readonly string[] = place === "input" ? [] : [place];
  const error: Reference<unknown> = from(...path, "Error");
  const cause: Reference<unknown> = from(...path, "Cause");
  const end = fail({ name: "Fail", error, cause });
  if (notice.type === "fail") return end;
  const detail = { Error: error, Cause: cause, Execution: fromContext("Execution", "Id") };
  const message = `The ${what} failed`;
  // An error of the notice must not take the place of the error that it tells of.
  const common = { name: "Notify of failure", output: "input", ignoreErrors: true } as const;
  const send =
    notice.type === "sns"
      ? serviceTask<unknown, unknown>({
          ...common,
          resource: "sns:publish",
          parameters: { TopicArn: notice.topicArn, Subject: notice.subject ?? message, Message: detail },
        })
      : serviceTask<unknown, unknown>({
          ...common,
          resource: "events:putEvents",
          parameters: {
            Entries: [
              {
                EventBusName: notice.eventBusName,
                Source: notice.source,
                DetailType: notice.detailType ?? message,
                Detail: detail,
              },
            ],
          },
        });
  return chain(send, end);
}
