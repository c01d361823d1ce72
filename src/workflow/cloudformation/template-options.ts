import * as z from "zod";
import type { QueryLanguage, StateMachineDefinition } from "../definition/asl-types.js";

/** Which uploads start an execution. */
export interface TemplateTrigger {
  /** What the keys begin with. @defaultValue `"uploads/"` */
  readonly prefix?: string;
  /** What the keys end with, one of these, in exactly this case; none for every key. @defaultValue `[".png"]` */
  readonly suffixes?: readonly string[];
}

/** Options of {@link toCloudFormation}. */
export interface CloudFormationOptions {
  /** Description of the template, 1 to 1024 characters. @defaultValue `"Scones: classifies images with Lambda, SageMaker and Step Functions"` */
  readonly description?: string;
  /**
   * The state machine. It names what the template makes by `${SerializeFunctionArn}`, `${ClassifyFunctionArn}`,
   * `${FilterFunctionArn}`, `${NoticeTopicArn}` and `${ImageBucketName}`, and other things by `substitutions`.
   * @defaultValue the inference workflow, with a notice to the topic when it fails
   */
  readonly definition?: StateMachineDefinition;
  /** Query language of the inference workflow. @defaultValue `"JSONPath"` */
  readonly queryLanguage?: QueryLanguage;
  /** Further `${Name}` of the definition: name to text, which may itself hold `${...}` as Fn::Sub takes them. @defaultValue none */
  readonly substitutions?: Readonly<Record<string, string>>;
  /** By name of a state: ARNs that it works on where the definition does not tell; as in `buildExecutionPolicy`. @defaultValue none */
  readonly resources?: Readonly<Record<string, readonly string[]>>;
  /** Type of the state machine. @defaultValue `"STANDARD"` */
  readonly type?: "STANDARD" | "EXPRESS";
  /** The bucket of the images: made by the stack and kept when it goes, or there already and named by a parameter. @defaultValue `"create"` */
  readonly bucket?: "create" | "existing";
  /** Which uploads start an execution; `"off"` for none. An existing bucket has to send its events to EventBridge. @defaultValue `{ prefix: "uploads/", suffixes: [".png"] }` */
  readonly trigger?: TemplateTrigger | "off";
  /** Whether alarms watch the state machine, the functions and the trigger. @defaultValue `"on"` */
  readonly alarms?: "on" | "off";
  /** Failed executions within five minutes that raise the alarm; an answer below the threshold is one. @defaultValue `1` */
  readonly failedExecutions?: number;
  /** Which events of executions are logged, without inputs and outputs. @defaultValue `"ERROR"` */
  readonly logLevel?: "ALL" | "ERROR" | "FATAL";
  /** Days that logs are kept, one of those that CloudWatch Logs takes. @defaultValue `30` */
  readonly logRetentionDays?: number;
  /** Whether X-Ray traces the executions. @defaultValue `true` */
  readonly tracing?: boolean;
  /** Memory of the functions in MB, 128 to 10240. @defaultValue `512` */
  readonly memoryMb?: number;
  /** Runtime of the functions. @defaultValue `"nodejs22.x"` */
  readonly runtime?: "nodejs20.x" | "nodejs22.x" | "nodejs24.x";
}

/** Source: API reference of CloudWatch Logs, "PutRetentionPolicy". */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const keyPartSchema = z.string().max(1024, "must have at most 1024 characters");
const triggerSchema = z.strictObject({
  prefix: keyPartSchema.default("uploads/"),
  suffixes: z.array(keyPartSchema.min(1)).max(20).readonly().default([".png"]),
});

/** Checks {@link CloudFormationOptions}. @internal */
export const TemplateOptionsSchema = z.strictObject({
  description: z
    .string()
    .min(1)
    .max(1024)
    .default("Scones: classifies images with Lambda, SageMaker and Step Functions"),
  // Passed through uncloned; checkDefinition judges it.
  definition: z
    .custom<StateMachineDefinition>((value) => typeof value === "object" && value !== null, "must be a definition")
    .optional(),
  queryLanguage: z.enum(["JSONPath", "JSONata"]).default("JSONPath"),
  substitutions: z
    .record(z.string().regex(/^[A-Za-z0-9]{1,255}$/, "must be letters and digits"), z.string().min(1))
    .default({}),
  resources: z.record(z.string(), z.array(z.string()).readonly()).default({}),
  type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
  bucket: z.enum(["create", "existing"]).default("create"),
  trigger: z.union([z.literal("off"), triggerSchema]).default(() => triggerSchema.parse({})),
  alarms: z.enum(["on", "off"]).default("on"),
  failedExecutions: z.int().min(1).default(1),
  logLevel: z.enum(["ALL", "ERROR", "FATAL"]).default("ERROR"),
  logRetentionDays: z
    .int()
    .refine((days) => RETENTIONS.includes(days), `must be one of ${RETENTIONS.join(", ")}`)
    .default(30),
  tracing: z.boolean().default(true),
  memoryMb: z.int().min(128).max(10_240).default(512),
  runtime: z.enum(["nodejs20.x", "nodejs22.x", "nodejs24.x"]).default("nodejs22.x"),
});

/** The options with their defaults. @internal */
export type ResolvedTemplateOptions = z.output<typeof TemplateOptionsSchema>;
