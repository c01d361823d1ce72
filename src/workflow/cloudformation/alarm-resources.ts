import { getAtt, ref } from "./intrinsics.js";
import type { ResolvedTemplateOptions } from "./template-options.js";
import type { CloudFormationResource, Resources } from "./template-types.js";

interface Watched {
  readonly what: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: Readonly<Record<string, unknown>>;
  readonly statistic?: "Sum" | "Maximum";
  readonly from?: number;
}

/**
 * Describes the alarms. The filter fails by design, so that its errors are counted as failed executions alone.
 *
 * @param options - The options.
 * @returns The resources; none where alarms are off.
 * @internal
 */
export function alarmResources({ alarms, failedExecutions, trigger }: ResolvedTemplateOptions): Resources {
  if (alarms === "off") return {};
  const machine = { namespace: "AWS/States", dimension: { StateMachineArn: ref("StateMachine") } };
  const errorsOf = (id: string): Watched => ({
    what: `The function ${id} fails`,
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimension: { FunctionName: ref(`${id}Function`) },
  });
  return {
    ExecutionsFailedAlarm: alarm({
      ...machine,
      what: "Executions fail",
      metric: "ExecutionsFailed",
      from: failedExecutions,
    }),
    ExecutionsTimedOutAlarm: alarm({ ...machine, what: "Executions time out", metric: "ExecutionsTimedOut" }),
    SerializeErrorsAlarm: alarm(errorsOf("Serialize")),
    ClassifyErrorsAlarm: alarm(errorsOf("Classify")),
    ...(trigger === "off"
      ? {}
      : {
          LostUploadsAlarm: alarm({
            what: "Uploads could not start an execution",
            namespace: "AWS/SQS",
            metric: "ApproximateNumberOfMessagesVisible",
            dimension: { QueueName: getAtt("LostUploads", "QueueName") },
            statistic: "Maximum",
          }),
        }),
  };
}

function alarm({ what, namespace, metric, dimension, statistic = "Sum", from = 1 }: Watched): CloudFormationResource {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: what,
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimension).map(([Name, Value]) => ({ Name, Value })),
      Statistic: statistic,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: from,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [ref("NoticeTopic")],
    },
  };
}
