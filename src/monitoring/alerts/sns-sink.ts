import * as z from "zod";
import { clientSchema, parseOptions } from "../../core/options.js";
import { type AlertSink, type SendingClient, type SinkClient, sendOptions } from "./alert-sink.js";
import type { AlertResult } from "./evaluate-alerts.js";

/** Options of {@link createSnsSink}. */
export interface SnsSinkOptions {
  /** ARN of the topic. */
  readonly topicArn: string;
  /** AWS clients to use; a missing one is made at the first message and kept. */
  readonly clients?: {
    /** SNS: the `SNSClient` of the optional peer `@aws-sdk/client-sns`. */
    readonly sns?: SinkClient;
  };
}

const OptionsSchema = z.strictObject({
  topicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, "must be the ARN of a topic"),
  clients: z.object({ sns: clientSchema<SinkClient>("SNSClient").optional() }).prefault({}),
});

/** Longest subject. Source: Publish, Amazon SNS API reference. */
const MAX_SUBJECT = 100;

/**
 * Makes a sink that publishes one message for each alert that is raised or cleared, with the attributes `rule`, `severity`
 * and `change` for filter policies. It uses the optional package `@aws-sdk/client-sns`. Needs `sns:Publish` on the topic.
 *
 * @param options - See {@link SnsSinkOptions}.
 * @returns The sink.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createMonitorHandler, createSnsSink } from "scones-ml/monitoring";
 *
 * export const handler = createMonitorHandler({
 *   source: "s3://scones/data_capture",
 *   labels: ["bicycle", "motorcycle"],
 *   rules: [{ type: "silence", longerThan: "2h" }],
 *   state: "s3://scones/monitoring/state.json",
 *   sinks: [createSnsSink({ topicArn: "arn:aws:sns:us-east-1:123456789012:scones-alerts" })],
 * });
 * ```
 */
export function createSnsSink(options: SnsSinkOptions): AlertSink {
  const { topicArn, clients } = parseOptions("createSnsSink", OptionsSchema, options);
  let client = clients.sns as SendingClient | undefined;
  return async ({ changes, source }, { signal }) => {
    if (changes.length === 0) return;
    const { PublishCommand, SNSClient } = await import("@aws-sdk/client-sns");
    client ??= new SNSClient({}) as SendingClient;
    for (const alert of changes) {
      const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectOf(alert),
        Message: `${alert.text}.\n\nRule: ${alert.name} (${alert.type}), ${alert.severity}\nSince: ${alert.since}\nCaptures: ${source}\n`,
        MessageAttributes: {
          rule: attribute(alert.name),
          severity: attribute(alert.severity),
          change: attribute(alert.change ?? "raised"),
        },
      });
      await client.send(command, sendOptions(signal));
    }
  };
}

/** SNS takes printable ASCII that begins with a letter, a digit or punctuation. */
function subjectOf({ name, severity, change }: AlertResult): string {
  const text = `scones-ml ${severity}: ${name} ${change}`.replace(/[^ -~]/g, "?");
  return text.length > MAX_SUBJECT ? `${text.slice(0, MAX_SUBJECT - 3)}...` : text;
}
