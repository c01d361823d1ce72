import * as z from "zod";
import { InvalidOptionsError, parseOptions } from "../../core/options.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import type { Reference } from "../definition/data/reference.js";
import type { AnyTemplateObject, TemplateObject } from "../definition/data/template.js";
import { buildStateMachine } from "../definition/state-machine.js";
import type { Step } from "../definition/step.js";
import { distributedFields, distributedMap, type ToleratedFailures } from "../definition/steps/distributed-map.js";
import { failureStep } from "../definition/steps/failure-notice.js";
import {
  type ItemSource,
  itemSourceSchema,
  type ResolvedSource,
  selectImage,
} from "../definition/steps/item-source.js";
import { functionNameSchema } from "../definition/steps/lambda-task.js";
import { mapOver } from "../definition/steps/map-over.js";
import { buildImageSteps, type ImageFailures } from "./image-steps.js";
import { machineOptions, type ReadyWorkflowOptions, readyFields, taskTimeout } from "./ready-workflow.js";

/** The Lambda functions of the batch workflow: names or ARNs. */
export interface BatchFunctions {
  /** Asks the endpoint; it reads images from S3 itself where no `serialize` does. */
  readonly classify: string;
  /** Lets confident answers pass and fails otherwise. @defaultValue every answer passes */
  readonly filter?: string;
  /** Reads images from S3. @defaultValue none: the images then stay out of the states and of the results */
  readonly serialize?: string;
}

/** Options of {@link buildBatchWorkflow}. */
export interface BuildBatchWorkflowOptions extends ReadyWorkflowOptions {
  /** The functions. */
  readonly functions: BatchFunctions;
  /**
   * Where the images come from. A list is worked on within the execution; every other source, and a list with
   * `results`, by a Distributed Map.
   */
  readonly source: ItemSource;
  /**
   * What the functions get for an item: `fromItem(...)` refers to it.
   * @defaultValue for a prefix and an inventory bucket and key; for a row of CSV the row; else `{ body: item }`, the item
   * in any form that the handlers take, also as text
   */
  readonly select?: TemplateObject<never>;
  /**
   * How many images are handed to a function at once, 1 to 1000; the handlers of `scones-ml/inference` take several. Only
   * by a Distributed Map. @defaultValue `1`
   */
  readonly imagesPerBatch?: number;
  /**
   * What an image does that fails: it fails its item (and so counts as a failure), or it stands in the results with its
   * error. @defaultValue `"fail"`
   */
  readonly failedImages?: ImageFailures;
  /** How many items or batches are worked on at once, 1 to 10000; within the execution AWS does not go above 40. @defaultValue `40` */
  readonly maxConcurrency?: number;
  /** How many items or batches may fail before the execution does; only by a Distributed Map. @defaultValue none */
  readonly toleratedFailures?: ToleratedFailures;
  /** Where a Distributed Map writes the results; needed for every source but a list. */
  readonly results?: {
    /** The bucket. */
    readonly bucket: string | Reference<never>;
    /** Beginning of the keys. */
    readonly prefix: string | Reference<never>;
  };
  /** Type of the child executions of a Distributed Map. @defaultValue `"STANDARD"` */
  readonly executionType?: "STANDARD" | "EXPRESS";
  /** Part of the ARNs of the child executions. @defaultValue AWS makes one up */
  readonly label?: string;
}

const OptionsSchema = z.strictObject({
  ...readyFields,
  ...distributedFields,
  results: distributedFields.results.optional(),
  functions: z
    .strictObject({
      classify: functionNameSchema,
      filter: functionNameSchema.optional(),
      serialize: functionNameSchema.optional(),
    })
    .readonly(),
  source: itemSourceSchema,
  select: z.custom<AnyTemplateObject>((value) => typeof value === "object" && value !== null).optional(),
  imagesPerBatch: z.int().min(1).max(1000).default(1),
  failedImages: z.enum(["fail", "collect"]).default("fail"),
});

type ResolvedBatch = z.output<typeof OptionsSchema>;

/**
 * Builds the inference workflow for many images: classify and, where it is named, filter, for every image of a list in
 * the input (`mapOver`), or of a prefix, file or inventory in S3 (`distributedMap`), one image or a batch of them at once.
 * Every item is accounted for: in the output, or in the files that the Distributed Map writes of its succeeded and failed
 * executions. Calls nothing.
 *
 * @param options - See {@link BuildBatchWorkflowOptions}.
 * @returns The definition, new on every call; `deployStateMachine` takes it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or asks of a Map what it cannot do.
 *
 * @example
 * ```ts
 * import { buildBatchWorkflow } from "scones-ml/workflow";
 *
 * const definition = buildBatchWorkflow({
 *   functions: { classify: "scones-classify", filter: "scones-filter" },
 *   source: { type: "prefix", bucket: "scones", prefix: "new/" },
 *   imagesPerBatch: 25,
 *   failedImages: "collect",
 *   toleratedFailures: { percentage: 5 },
 *   results: { bucket: "scones", prefix: "answers" },
 * });
 * console.log(JSON.stringify(definition, undefined, 2));
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function buildBatchWorkflow(options: BuildBatchWorkflowOptions): StateMachineDefinition {
  const resolved = parseOptions("buildBatchWorkflow", OptionsSchema, options);
  const { functions, source, results } = resolved;
  const start = source.type === "list" && results === undefined ? inlineMap(resolved, source) : distributed(resolved);
  return buildStateMachine({ start, ...machineOptions(resolved, Object.values(functions)) });
}

const NAME = "Each image";

function inlineMap(resolved: ResolvedBatch, source: ResolvedSource & { readonly type: "list" }): Step<never, unknown> {
  const { imagesPerBatch, toleratedFailures, select, maxConcurrency } = resolved;
  if (imagesPerBatch > 1) throw needsResults("imagesPerBatch", "puts images together");
  if (toleratedFailures !== undefined) throw needsResults("toleratedFailures", "lets some of its items fail");
  const map = { name: NAME, items: source.items, maxConcurrency, ...errorRoute(resolved) };
  const each = imageSteps(resolved, resolved.type);
  return select === undefined ? mapOver({ ...map, each }) : mapOver({ ...map, each, select });
}

function distributed(resolved: ResolvedBatch): Step<never, unknown> {
  const { source, imagesPerBatch, results, executionType, maxConcurrency, toleratedFailures, label } = resolved;
  if (results === undefined)
    throw refuse("results", "must say where the results go, since they do not fit into a state");
  const select = resolved.select ?? selectImage(source);
  return distributedMap<never, unknown>({
    name: NAME,
    source: source as ItemSource,
    ...(select === undefined ? {} : { select }),
    ...(imagesPerBatch === 1 ? {} : { batch: { maxItems: imagesPerBatch } }),
    each: imageSteps(resolved, executionType),
    executionType,
    maxConcurrency,
    ...(toleratedFailures === undefined ? {} : { toleratedFailures: toleratedFailures as ToleratedFailures }),
    results,
    ...(label === undefined ? {} : { label }),
    ...errorRoute(resolved),
  });
}

function errorRoute({ onFailure }: ResolvedBatch): { readonly onError?: Step<unknown, never> } {
  return onFailure === undefined ? {} : { onError: failureStep(onFailure, "batch workflow") };
}

function imageSteps(resolved: ResolvedBatch, type: "STANDARD" | "EXPRESS"): Step<never, unknown> {
  const { functions, retry, failedImages, imagesPerBatch, taskTimeoutSeconds, source, select } = resolved;
  const mayBeText = select === undefined && ["list", "json", "jsonl"].includes(source.type);
  const timeoutSeconds = taskTimeout({ taskTimeoutSeconds, type });
  return buildImageSteps({ functions, retry, timeoutSeconds, failedImages, mayBeText, isBatch: imagesPerBatch > 1 });
}

function needsResults(path: string, what: string): InvalidOptionsError {
  return refuse(path, `only a Distributed Map ${what}; give results, where it writes what comes of the list`);
}

function refuse(path: string, message: string): InvalidOptionsError {
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `buildBatchWorkflow cannot work with these options: ${path}: ${message}. Correct them and call again.`,
    details: { functionName: "buildBatchWorkflow", issues: [{ path, message }] },
  });
}
