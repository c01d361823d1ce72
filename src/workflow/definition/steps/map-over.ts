import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { MapState } from "../asl-types.js";
import { type Containing, type DataPath, type InputReference, isReference } from "../data/reference.js";
import { type AnyTemplateObject, type TemplateNeeds, type TemplateObject, writeTemplate } from "../data/template.js";
import { toJsonata, toJsonPath } from "../data/write-reference.js";
import { buildScope, type Step, stepSchema, transitionOf } from "../step.js";
import {
  buildErrorRoute,
  hasOneErrorRoute,
  ONE_ERROR_ROUTE,
  type WorkOptions,
  workFields,
  writeErrorHandling,
} from "../task-state.js";

/** What both forms of {@link mapOver} take. */
interface MapCommon<Path extends DataPath> extends WorkOptions<Containing<Path, readonly unknown[]>> {
  /** Where the list is. */
  readonly items: InputReference<Path>;
  /** How many items are worked on at once, 0 for as many as AWS allows, which is 40 or so. @defaultValue `40` */
  readonly maxConcurrency?: number;
}

/** Options of {@link mapOver}. */
export interface MapOverOptions<Path extends DataPath, Item, Output> extends MapCommon<Path> {
  /** What is done with each item. */
  readonly each: Step<Item, Output>;
  /** Not in this form. */
  readonly select?: never;
}

/** Options of {@link mapOver} where the work on an item gets more, or less, than the item. */
export interface MapSelectedOptions<Path extends DataPath, Select extends TemplateObject<never>, Output>
  extends MapCommon<Path> {
  /** What the work on one item gets: `fromItem(...)` refers to the item, `from(...)` to the state's input. */
  readonly select: Select;
  /** What is done with each item. */
  readonly each: Step<never, Output>;
}

const OptionsSchema = z
  .strictObject({
    ...workFields([]),
    items: z.custom<InputReference<DataPath>>(isReference, "must be a reference, such as what from(...) returns"),
    select: z.custom<AnyTemplateObject>((value) => typeof value === "object" && value !== null).optional(),
    each: stepSchema,
    maxConcurrency: z.int().min(0).max(99_999_999).default(40),
  })
  .refine(hasOneErrorRoute, ONE_ERROR_ROUTE);

/**
 * Describes a state that does the same with every item of a list within the execution, and hands on the list of results
 * in the order of the items. An item that fails ends the others. All results together are one state's output, 262,144
 * bytes at most; `distributedMap` has no such limit. Calls nothing.
 *
 * @param options - See {@link MapOverOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { from, lambdaTask, mapOver } from "scones-ml/workflow";
 *
 * const classify = lambdaTask<{ readonly s3_key: string }, { readonly label: string }>({
 *   name: "Classify",
 *   functionName: "classify",
 * });
 * const all = mapOver({ name: "Each image", items: from("images"), each: classify });
 * // Step<{ images: { s3_key: string }[] }, { label: string }[]>
 * console.log(all.startAt); // Each image
 * ```
 */
export function mapOver<const Path extends DataPath, Item, Output>(
  options: MapOverOptions<Path, Item, Output>,
): Step<Containing<Path, readonly Item[]>, readonly Output[]>;
/**
 * Describes the same where the work on an item gets something made of the item and the state's input.
 *
 * @param options - See {@link MapSelectedOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function mapOver<const Path extends DataPath, const Select extends TemplateObject<never>, Output>(
  options: MapSelectedOptions<Path, Select, Output>,
): Step<Containing<Path, readonly unknown[]> & TemplateNeeds<Select>, readonly Output[]>;
export function mapOver(
  options: Omit<MapOverOptions<DataPath, never, unknown>, "select"> & { readonly select?: unknown },
): Step<never, unknown> {
  const work = parseOptions("mapOver", OptionsSchema, options);
  const { name, items, select, each, maxConcurrency, comment } = work;
  return {
    startAt: name,
    build: (context) => {
      const { queryLanguage } = context;
      const state: MapState = {
        Type: "Map",
        ...(comment === undefined ? {} : { Comment: comment }),
        ...(queryLanguage === "JSONPath" ? { ItemsPath: toJsonPath(items) } : { Items: `{% ${toJsonata(items)} %}` }),
        ...(select === undefined ? {} : { ItemSelector: writeTemplate(select, queryLanguage) }),
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...buildScope(each, context) },
        MaxConcurrency: maxConcurrency,
        ...writeErrorHandling(work, context),
        ...transitionOf(context),
      };
      return [[name, state], ...buildErrorRoute(work, context)];
    },
  };
}
