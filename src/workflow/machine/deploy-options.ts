import type { SFNClient } from "@aws-sdk/client-sfn";
import * as z from "zod";
import type { StepFunctionsClients } from "../../core/clients.js";
import { RoleArnSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, signalSchema } from "../../core/options.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { aliasNameSchema, machineNameSchema } from "./machine-names.js";

/** Which events of its executions a state machine writes to CloudWatch Logs. */
export interface StateMachineLogging {
  /** Which events: all, those of errors, or those that end an execution as failed. */
  readonly level: "ALL" | "ERROR" | "FATAL";
  /** ARN of the log group; it has to exist. */
  readonly logGroupArn: string;
  /** Whether the logs hold inputs and outputs, images among them. @defaultValue `false` */
  readonly includeExecutionData?: boolean;
}

/** An alias: a name under which executions are started, and which leads to one or two versions. */
export interface StateMachineAlias {
  /** Name, 1 to 80 letters, digits, `-`, `_` and `.`, not digits alone. */
  readonly name: string;
  /** A remark. @defaultValue none, or the one that is there */
  readonly description?: string;
  /**
   * Percent of the executions, 0 to 99, that the version gets to which the alias led until now; the version of this
   * deployment gets the rest. A new alias leads to the version of this deployment alone. @defaultValue `0`
   */
  readonly previousWeight?: number;
}

/** What `deployStateMachine` tells while it works; the ARN is that of the machine, version or alias. */
export type StateMachineProgressEvent =
  | {
      /** Something was created or changed. */
      readonly type: "created" | "updated" | "tagged" | "published" | "aliased";
      /** ARN of the machine, the version or the alias. */
      readonly arn: string;
    }
  | {
      /** Something went wrong, and what was created has been removed again. */
      readonly type: "cleanup";
      /** What was removed. */
      readonly removed: readonly string[];
      /** What could not be removed and is still on AWS. */
      readonly left: readonly string[];
    };

/** Options of {@link deployStateMachine}. */
export interface DeployStateMachineOptions {
  /** Name of the state machine, 1 to 80 characters, unique in account and region. */
  readonly name: string;
  /** The definition, as an object or as JSON text. */
  readonly definition: StateMachineDefinition | string;
  /** Role that the state machine works with; `buildExecutionPolicy` tells what it needs. */
  readonly roleArn: string;
  /** Type of the state machine, which cannot be changed later. @defaultValue `"STANDARD"` */
  readonly type?: "STANDARD" | "EXPRESS";
  /** Logs to CloudWatch Logs. @defaultValue none for a new machine; for one that is there as it is */
  readonly logging?: StateMachineLogging | "off";
  /** Whether X-Ray traces the executions. @defaultValue `false` for a new machine; for one that is there as it is */
  readonly tracing?: boolean;
  /** Tags to set; tags that are there already and not named here stay. @defaultValue none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Publishes what is deployed as a version, unless the newest one is that already; a text becomes its description. @defaultValue `false` */
  readonly publish?: boolean | string;
  /** Points an alias to the version; takes `publish`. @defaultValue none */
  readonly alias?: StateMachineAlias;
  /** Whether a machine of that name, whoever made it, is brought up to date or refused. @defaultValue `"update"` */
  readonly existing?: "update" | "refuse";
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: StepFunctionsClients;
  /** Gives up; what this call created is removed again before it rejects. */
  readonly signal?: AbortSignal;
  /** Is told each change. */
  readonly onProgress?: (event: StateMachineProgressEvent) => void;
}

/** Length of a description in bytes. Source: API reference, "CreateStateMachineAlias". */
const descriptionSchema = z.string().max(256, "must have at most 256 characters");

/** Checks {@link DeployStateMachineOptions}. @internal */
export const DeployOptionsSchema = z
  .strictObject({
    name: machineNameSchema,
    // Passed through uncloned; checkDefinition judges it.
    definition: z.custom<StateMachineDefinition | string>(
      (value) => typeof value === "string" || (typeof value === "object" && value !== null),
      "must be a definition or its JSON text",
    ),
    roleArn: RoleArnSchema,
    type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
    logging: z
      .union([
        z.literal("off"),
        z.strictObject({
          level: z.enum(["ALL", "ERROR", "FATAL"]),
          logGroupArn: z
            .string()
            .regex(/^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[^:*]+(:\*)?$/, "must be the ARN of a log group"),
          includeExecutionData: z.boolean().default(false),
        }),
      ])
      .optional(),
    tracing: z.boolean().optional(),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
    publish: z.union([z.boolean(), descriptionSchema.min(1)]).default(false),
    alias: z
      .strictObject({
        name: aliasNameSchema,
        description: descriptionSchema.optional(),
        previousWeight: z.int().min(0).max(99).default(0),
      })
      .optional(),
    existing: z.enum(["update", "refuse"]).default("update"),
    clients: z.object({ sfn: clientSchema<SFNClient>("SFNClient").optional() }).prefault({}),
    signal: signalSchema.optional(),
    onProgress: callbackSchema<(event: StateMachineProgressEvent) => void>().optional(),
  })
  .refine(({ alias, publish }) => alias === undefined || publish !== false, {
    path: ["alias"],
    message: "leads to a version, so publish has to be true or a description",
  });

/** The options with their defaults. @internal */
export type ResolvedDeployOptions = z.output<typeof DeployOptionsSchema>;
