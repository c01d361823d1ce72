import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { MapState } from "../asl-types.js";
import { isReference, type Reference } from "../data/reference.js";
import { type AnyTemplateObject, type TemplateObject, writeTemplate } from "../data/template.js";
import { buildScope, type Step, type StepContext, stepSchema, transitionOf } from "../step.js";
import {
  buildErrorRoute,
  hasOneErrorRoute,
  ONE_ERROR_ROUTE,
  type WorkOptions,
  workFields,
  writeErrorHandling,
} from "../task-state.js";
import { type ItemSource, itemSourceSchema, writeSource } from "./item-source.js";

/** What a distributed map hands on when its results went to S3. */
export interface MapRunResult {
  /** ARN of the run, whose counts DescribeMapRun tells. */
  readonly MapRunArn: string;
  /** Where `manifest.json` is, which lists the files of results. */
  readonly ResultWriterDetails: {
    /** The bucket. */
    readonly Bucket: string;
    /** Key of `manifest.json`. */
    readonly Key: string;
  };
}

/** How many items may fail before the map fails; without it none may. */
export interface ToleratedFailures {
  /** Share of the items, in percent, 0 to 100. */
  readonly percentage?: number;
  /** Number of the items. */
  readonly count?: number;
}

/** How items are put together for one child execution. */
export interface ItemBatch<Input> {
  /** How many items at most. */
  readonly maxItems: number;
  /** How many bytes of input at most, up to 262,144. */
  readonly maxBytes?: number;
  /** What every batch gets as `BatchInput` beside its `Items`. */
  readonly input?: TemplateObject<Input>;
}

/** Options of {@link distributedMap}. */
export interface DistributedMapOptions<Input, Output> extends WorkOptions<Input> {
  /** Where the items come from. */
  readonly source: ItemSource;
  /** What is made of an item: `fromItem(...)` refers to it, `from(...)` to the state's input. @defaultValue the item itself */
  readonly select?: TemplateObject<Input>;
  /** Puts items together: each child execution gets `{ Items, BatchInput }`. @defaultValue one item each */
  readonly batch?: ItemBatch<Input>;
  /** What is done with an item, or a batch, as an execution of its own. */
  readonly each: Step<never, Output>;
  /** Type of the child executions. `"EXPRESS"` ones are cheaper and end after 300 seconds. @defaultValue `"STANDARD"` */
  readonly executionType?: "STANDARD" | "EXPRESS";
  /** How many child executions at once, 1 to 10000. @defaultValue `40` */
  readonly maxConcurrency?: number;
  /** How many items may fail. @defaultValue none */
  readonly toleratedFailures?: ToleratedFailures;
  /** Where results go: bucket and prefix, or a reference to each. */
  readonly results: {
    /** The bucket. */
    readonly bucket: string | Reference<Input>;
    /** Beginning of the keys. */
    readonly prefix: string | Reference<Input>;
  };
  /** Part of the ARNs of the run and its executions, up to 40 letters, digits, `-` and `_`. @defaultValue AWS makes one up */
  readonly label?: string;
}

const templateSchema = z.custom<AnyTemplateObject>((value) => typeof value === "object" && value !== null);
const textSchema = z.union([z.string().min(1), z.custom<Reference<never>>(isReference, "must be text or a reference")]);

/** Schema of the numbers and places that a distributed map and what is made of it take. @internal */
export const distributedFields = {
  executionType: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
  maxConcurrency: z.int().min(1).max(10_000).default(40),
  toleratedFailures: z
    .strictObject({ percentage: z.number().min(0).max(100).optional(), count: z.int().min(0).optional() })
    .optional(),
  results: z.strictObject({ bucket: textSchema, prefix: textSchema }),
  label: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, "must be 1 to 40 letters, digits, - and _")
    .optional(),
};

const OptionsSchema = z
  .strictObject({
    ...workFields([]),
    ...distributedFields,
    source: itemSourceSchema,
    select: templateSchema.optional(),
    batch: z
      .strictObject({
        maxItems: z.int().min(1).max(99_999_999),
        maxBytes: z.int().min(1).max(262_144).optional(),
        input: templateSchema.optional(),
      })
      .optional(),
    each: stepSchema,
  })
  .refine(hasOneErrorRoute, ONE_ERROR_ROUTE);

/**
 * Describes a state that does the same with every item of a source, each item or batch as an execution of its own, and
 * writes what comes of it to S3: `manifest.json`, and files of the executions that succeeded, failed, and were not begun.
 * A Standard machine only. Calls nothing.
 *
 * @param options - See {@link DistributedMapOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { distributedMap, fromItem, lambdaTask } from "scones-ml/workflow";
 *
 * const all = distributedMap({
 *   name: "Each image",
 *   source: { type: "prefix", bucket: "scones", prefix: "new/" },
 *   select: { s3_bucket: "scones", s3_key: fromItem("Key") },
 *   each: lambdaTask<{ readonly s3_key: string }, { readonly label: string }>({ name: "Classify", functionName: "classify" }),
 *   results: { bucket: "scones", prefix: "answers" },
 * });
 * console.log(all.startAt); // Each image
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function distributedMap<Input, Output>(
  options: DistributedMapOptions<Input, Output>,
): Step<Input, MapRunResult> {
  const work = parseOptions("distributedMap", OptionsSchema, options);
  return {
    startAt: work.name,
    build: (context) => [[work.name, writeMap(work, context)], ...buildErrorRoute(work, context)],
  };
}

function writeMap(work: z.output<typeof OptionsSchema>, context: StepContext): MapState {
  const { source, select, batch, each, executionType, maxConcurrency, toleratedFailures, results, label } = work;
  const { queryLanguage, partition } = context;
  const destination = writeTemplate({ Bucket: results.bucket, Prefix: results.prefix }, queryLanguage);
  return {
    Type: "Map",
    ...(work.comment === undefined ? {} : { Comment: work.comment }),
    ...(label === undefined ? {} : { Label: label }),
    ...writeSource(source, queryLanguage, partition),
    ...(select === undefined ? {} : { ItemSelector: writeTemplate(select, queryLanguage) }),
    ...(batch === undefined
      ? {}
      : {
          ItemBatcher: {
            MaxItemsPerBatch: batch.maxItems,
            ...(batch.maxBytes === undefined ? {} : { MaxInputBytesPerBatch: batch.maxBytes }),
            ...(batch.input === undefined ? {} : { BatchInput: writeTemplate(batch.input, queryLanguage) }),
          },
        }),
    ItemProcessor: {
      ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: executionType },
      ...buildScope(each, context),
    },
    MaxConcurrency: maxConcurrency,
    ...(toleratedFailures?.percentage === undefined
      ? {}
      : { ToleratedFailurePercentage: toleratedFailures.percentage }),
    ...(toleratedFailures?.count === undefined ? {} : { ToleratedFailureCount: toleratedFailures.count }),
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      ...(queryLanguage === "JSONPath" ? { Parameters: destination } : { Arguments: destination }),
    },
    ...writeErrorHandling(work, context),
    ...transitionOf(context),
  };
}
