import * as z from "zod";
import { LabelsSchema, type TrainedModel, TrainedModelSchema } from "../../core/contracts.js";
import { type DurationText, durationSchema } from "../../core/duration.js";
import { ResourceNameSchema, RoleArnSchema } from "../../core/names.js";

/** What is captured of the requests to an endpoint, and where it goes. */
export interface CaptureOptions {
  /** `s3://` prefix that receives `{endpoint}/{variant}/yyyy/MM/dd/HH/*.jsonl`. */
  readonly destination: string;
  /** Share of requests that are captured, in percent, 0 to 100. @defaultValue `100` */
  readonly samplingPercentage?: number;
  /** What is captured of a request. @defaultValue `["Input", "Output"]` */
  readonly modes?: readonly ("Input" | "Output")[];
}

/** Serves without machines of its own: billed by use, no cost while nobody asks. */
export interface ServerlessOptions {
  /** Memory in MB, a multiple of 1024. @defaultValue `2048` */
  readonly memoryMb?: number;
  /** Most requests at once, 1 to 200. @defaultValue `5` */
  readonly maxConcurrency?: number;
}

/** Answers go to S3 instead of to the caller. */
export interface AsyncOptions {
  /** `s3://` prefix that receives the answers. */
  readonly destination: string;
  /** `s3://` prefix that receives what failed. */
  readonly failureDestination?: string;
  /** Most requests at once on one machine, 1 to 1000. @defaultValue chosen by SageMaker */
  readonly maxConcurrentInvocations?: number;
}

/** One of several models behind an endpoint. */
export interface VariantOptions {
  /** Name of the variant; its captures lie under it. */
  readonly name: string;
  /** The trained model, or the name of a model that SageMaker has already. */
  readonly model: TrainedModel | string;
  /** Share of the requests, in proportion to the other weights. @defaultValue `1` */
  readonly weight?: number;
  /** Kind of machine. @defaultValue that of the endpoint */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue that of the endpoint */
  readonly instanceCount?: number;
}

/** What runs behind an endpoint. */
export interface ServingOptions {
  /** The trained model, or the name of a model that SageMaker has already. Either this or `variants`. */
  readonly model?: TrainedModel | string;
  /** Several models side by side, for an A/B test. */
  readonly variants?: readonly VariantOptions[];
  /** A model that gets a copy of the requests and whose answers nobody sees; with one other variant only. */
  readonly shadow?: VariantOptions;
  /** Class names in label order. @defaultValue those of the trained models; needed where all models are names */
  readonly labels?: readonly string[];
  /** ARN of the IAM role that the endpoint runs as: it reads the artifact and writes the captures. */
  readonly roleArn: string;
  /** Kind of machine. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Serves without machines; goes before `instanceType`. SageMaker captures nothing there, so `capture` is then off. */
  readonly serverless?: ServerlessOptions;
  /** Makes the endpoint an asynchronous one. */
  readonly async?: AsyncOptions;
  /** Data capture, or `false` for none. @defaultValue everything, to `data_capture` in the bucket of the first trained model */
  readonly capture?: CaptureOptions | false;
  /** KMS key for the disks of the machines, and for captures and asynchronous answers. */
  readonly kmsKeyId?: string;
  /** Network in which the containers run. */
  readonly vpc?: {
    /** Ids of security groups, 1 to 5. */
    readonly securityGroupIds: readonly string[];
    /** Ids of subnets, 1 to 16. */
    readonly subnets: readonly string[];
  };
  /** Whose it is; becomes a tag. @defaultValue `"scones-ml"` */
  readonly owner?: string;
  /** How long it may stay before `listOrphans` names it; becomes a tag. Nothing ends by itself. `false`: for good. @defaultValue `"24h"` */
  readonly lease?: DurationText | false;
  /** Further tags of all resources; `created-by: scones-ml` is always there. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What describes an endpoint. */
export interface EndpointOptions extends ServingOptions {
  /** Name of the endpoint, and of its model and configuration. @defaultValue a new name that begins with `scones` */
  readonly endpointName?: string;
}

const locationSchema = z
  .string()
  .max(512)
  .regex(/^s3:\/\/[^/]+(\/.*)?$/s, "must be an S3 location such as s3://bucket/data_capture");

const instanceTypeSchema = z.string().startsWith("ml.", "must be a SageMaker instance type such as ml.m5.xlarge");

const modelSchema = z.union([TrainedModelSchema, ResourceNameSchema.min(1)]);

const variantSchema = z.strictObject({
  name: ResourceNameSchema.min(1),
  model: modelSchema,
  weight: z.number().min(0).default(1),
  instanceType: instanceTypeSchema.optional(),
  instanceCount: z.int().min(1).optional(),
});

const idsSchema = (max: number) =>
  z
    .array(z.string().regex(/^[-0-9a-zA-Z]{1,32}$/, "must be an id of AWS"))
    .min(1)
    .max(max)
    .readonly();

/** Schema fields of {@link ServingOptions}; they hold the defaults. @internal */
export const servingFields = {
  model: modelSchema.optional(),
  variants: z.array(variantSchema).min(1).max(10).readonly().optional(),
  shadow: variantSchema.optional(),
  labels: LabelsSchema.optional(),
  roleArn: RoleArnSchema,
  instanceType: instanceTypeSchema.default("ml.m5.xlarge"),
  instanceCount: z.int().min(1).default(1),
  serverless: z
    .strictObject({
      memoryMb: z.int().min(1024).max(6144).multipleOf(1024).default(2048),
      maxConcurrency: z.int().min(1).max(200).default(5),
    })
    .optional(),
  async: z
    .strictObject({
      destination: locationSchema,
      failureDestination: locationSchema.optional(),
      maxConcurrentInvocations: z.int().min(1).max(1000).optional(),
    })
    .optional(),
  capture: z
    .union([
      z.literal(false),
      z.strictObject({
        destination: locationSchema,
        samplingPercentage: z.int().min(0).max(100).default(100),
        modes: z
          .array(z.enum(["Input", "Output"]))
          .min(1)
          .readonly()
          .default(["Input", "Output"]),
      }),
    ])
    .optional(),
  kmsKeyId: z
    .string()
    .max(2048)
    .regex(/^[a-zA-Z0-9:/_-]+$/, "must be the id, alias or ARN of a KMS key")
    .optional(),
  vpc: z.strictObject({ securityGroupIds: idsSchema(5), subnets: idsSchema(16) }).optional(),
  owner: z.string().min(1).max(256).default("scones-ml"),
  lease: z.union([z.literal(false), durationSchema]).prefault("24h"),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
} as const;

/** Schema fields of {@link EndpointOptions}. @internal */
export const endpointFields = { ...servingFields, endpointName: ResourceNameSchema.min(1).optional() } as const;

const ServingSchema = z.strictObject(servingFields);

/** {@link ServingOptions} with every default. @internal */
export type ResolvedServing = z.output<typeof ServingSchema>;

/** What of the options does not fit together. @internal */
export function checkServing(options: ResolvedServing, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  const { model, variants, shadow, serverless, capture } = options;
  if ((model === undefined) === (variants === undefined)) refuse("model", "give either one model or variants");
  const all = [...(variants ?? []), ...(shadow === undefined ? [] : [shadow])];
  if (new Set(all.map(({ name }) => name)).size < all.length) refuse("variants", "two variants have the same name");
  if (variants?.every(({ weight }) => weight === 0)) refuse("variants", "one variant needs a weight above 0");
  if (shadow !== undefined && (variants?.length ?? 1) > 1) refuse("shadow", "goes with one other variant only");
  if (shadow !== undefined && serverless !== undefined) refuse("shadow", "does not go with serverless");
  if (options.async !== undefined && serverless !== undefined) refuse("async", "does not go with serverless");
  if (serverless !== undefined && options.vpc !== undefined) refuse("vpc", "does not go with serverless");
  if (serverless !== undefined && capture !== undefined && capture !== false) {
    refuse("capture", "SageMaker captures nothing of a serverless endpoint; leave it out");
  }
  const trained = [model, ...all.map((variant) => variant.model)].filter((one) => typeof one === "object");
  const [first, ...others] = trained;
  if (first === undefined && options.labels === undefined) refuse("labels", "needed where all models are names");
  const labels = JSON.stringify(options.labels ?? first?.labels);
  if (others.concat(first ?? []).some((one) => JSON.stringify(one.labels) !== labels)) {
    refuse("labels", "all models must have the same labels in the same order");
  }
  if (first === undefined && capture === undefined && serverless === undefined) {
    refuse("capture", "name a destination, or false: no trained model tells the bucket");
  }
}
