import type { FailState, TaskState } from "./asl-types.js";
import type { TaskFailure } from "./lambda-task.js";
import type { Step, StepContext } from "./step.js";

/** What happens before an execution ends as failed; it fails all the same. */
export interface FailureNotice {
  /** Kind of the notice: a message to an SNS topic. */
  readonly type: "sns";
  /** ARN of the topic; the state machine's role needs `sns:Publish` on it. */
  readonly topicArn: string;
  /** Subject of e-mail notices, 1 to 100 printable ASCII characters. @defaultValue `"The inference workflow failed"` */
  readonly subject?: string;
}

const NOTIFY = "Notify of failure";
const FAIL = "Fail";

/**
 * Describes the two states that a failure passes: a message to a topic with error, cause and execution, and a `Fail`
 * state with the original error and cause. When the message cannot be sent, the execution still fails with the original.
 *
 * @param notice - Where the message goes.
 * @returns The step; nothing can follow it.
 * @internal
 */
export function failureStep(notice: Required<FailureNotice>): Step<TaskFailure, never> {
  return {
    startAt: NOTIFY,
    build: (context) => [
      [NOTIFY, describeNotice(notice, context)],
      [FAIL, describeFail(context)],
    ],
  };
}

function describeNotice({ topicArn, subject }: Required<FailureNotice>, context: StepContext): TaskState {
  const common = {
    Type: "Task",
    Resource: `arn:${context.partition}:states:::sns:publish`,
    TimeoutSeconds: 60,
    Next: FAIL,
  } as const;
  const unsent = { ErrorEquals: ["States.ALL"], Next: FAIL };
  const tooLarge = { ErrorEquals: ["States.DataLimitExceeded"], Next: FAIL };
  if (context.queryLanguage === "JSONPath") {
    return {
      ...common,
      Parameters: {
        TopicArn: topicArn,
        Subject: subject,
        Message: { "Error.$": "$.Error", "Cause.$": "$.Cause", "Execution.$": "$$.Execution.Id" },
      },
      ResultPath: null,
      Catch: [tooLarge, unsent].map((catcher) => ({ ...catcher, ResultPath: null })),
    };
  }
  return {
    ...common,
    Arguments: {
      TopicArn: topicArn,
      Subject: subject,
      Message: {
        Error: "{% $states.input.Error %}",
        Cause: "{% $states.input.Cause %}",
        Execution: "{% $states.context.Execution.Id %}",
      },
    },
    Output: "{% $states.input %}",
    Catch: [tooLarge, unsent].map((catcher) => ({ ...catcher, Output: "{% $states.input %}" })),
  };
}

function describeFail({ queryLanguage }: StepContext): FailState {
  return queryLanguage === "JSONPath"
    ? { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" }
    : { Type: "Fail", Error: "{% $states.input.Error %}", Cause: "{% $states.input.Cause %}" };
}
