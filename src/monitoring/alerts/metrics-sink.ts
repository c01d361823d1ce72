import * as z from "zod";
import { callbackSchema, parseOptions } from "../../core/options.js";
import type { AlertSink } from "./alert-sink.js";

/** Options of {@link createMetricsSink}. */
export interface MetricsSinkOptions {
  /** Namespace of the metrics. @defaultValue `"scones-ml"` */
  readonly namespace?: string;
  /** Dimensions of the metrics beside `Rule`, at most 29. @defaultValue none */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Receives one line of JSON for each rule. @defaultValue writes it to the standard output, which a Lambda function's log is */
  readonly write?: (line: string) => void;
}

const text = z.string().min(1).max(255);
const OptionsSchema = z.strictObject({
  namespace: z
    .string()
    .min(1)
    .max(255)
    .refine((name) => !name.startsWith("AWS/"), "must not begin with AWS/, which is AWS's own")
    .default("scones-ml"),
  dimensions: z
    .record(text, z.string().min(1).max(1024))
    .refine((dimensions) => Object.keys(dimensions).length < 30, "at most 29, for Rule is one")
    .default({}),
  write: callbackSchema<(line: string) => void>().default(
    () => (line: string) => void process.stdout.write(`${line}\n`),
  ),
});

/**
 * Makes a sink that writes metrics in CloudWatch's embedded metric format at every evaluation: for each rule `Alarm` (0
 * or 1) and, where it is known, `Value`; and over all `Captures` and `Answers`. CloudWatch makes metrics of the lines that
 * a Lambda function prints, without a call and without a permission of its own.
 *
 * @param options - See {@link MetricsSinkOptions}.
 * @returns The sink.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createMetricsSink } from "scones-ml/monitoring";
 *
 * export const sink = createMetricsSink({ dimensions: { EndpointName: "scones" } });
 * ```
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetricsSink(options: MetricsSinkOptions = {}): AlertSink {
  const { namespace, dimensions, write } = parseOptions("createMetricsSink", OptionsSchema, options);
  const format = (
    timestamp: number,
    more: Readonly<Record<string, string>>,
    metrics: Readonly<Record<string, number>>,
  ): string => {
    const all = { ...dimensions, ...more };
    const directive = {
      Namespace: namespace,
      Dimensions: [Object.keys(all)],
      Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: Name === "Value" ? "None" : "Count" })),
    };
    return JSON.stringify({ _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] }, ...all, ...metrics });
  };
  return ({ evaluatedAt, results, records, answers }) => {
    const timestamp = Date.parse(evaluatedAt);
    write(format(timestamp, {}, { Captures: records, Answers: answers }));
    for (const { name, status, value } of results) {
      const metrics = { Alarm: status === "alarm" ? 1 : 0, ...(value === undefined ? {} : { Value: value }) };
      write(format(timestamp, { Rule: name }, metrics));
    }
  };
}
