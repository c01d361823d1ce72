import * as z from "zod";
import type { QueryLanguage } from "../asl-types.js";
import { type DataPath, fromItem, type InputReference, isReference, type Reference } from "../data/reference.js";
import { type AnyTemplateObject, writeTemplate } from "../data/template.js";
import { toJsonata, toJsonPath } from "../data/write-reference.js";

/** A name, a `${...}` substitution of CloudFormation, or a value of the state's input. */
export type NameOrReference = string | Reference<never>;

/** Where the items of a distributed map come from. */
export type ItemSource =
  /** A list in the state's input. */
  | {
      /** Kind of the source. */
      readonly type: "list";
      /** Where the list is. */
      readonly items: InputReference<DataPath>;
    }
  /** Every object below a prefix: items are `{ Key, Size, Etag, ... }`, without the bucket. */
  | {
      /** Kind of the source. */
      readonly type: "prefix";
      /** The bucket. */
      readonly bucket: NameOrReference;
      /** Beginning of the keys. @defaultValue all objects of the bucket */
      readonly prefix?: NameOrReference;
    }
  /** A file: a JSON array, or one JSON value a line. */
  | {
      /** Kind of the source. */
      readonly type: "json" | "jsonl";
      /** The bucket. */
      readonly bucket: NameOrReference;
      /** Key of the file. */
      readonly key: NameOrReference;
      /** Where in a JSON file the array is, as a JSON pointer such as `/data/items`. @defaultValue the whole file */
      readonly itemsPointer?: string;
    }
  /** A CSV file: items are objects with a text for each column. */
  | {
      /** Kind of the source. */
      readonly type: "csv";
      /** The bucket. */
      readonly bucket: NameOrReference;
      /** Key of the file. */
      readonly key: NameOrReference;
      /** Names of the columns. @defaultValue the first row has them */
      readonly headers?: readonly string[];
      /** What stands between two columns. @defaultValue `"COMMA"` */
      readonly delimiter?: "COMMA" | "PIPE" | "SEMICOLON" | "SPACE" | "TAB";
    }
  /** The `manifest.json` of an S3 inventory in CSV: items are `{ Bucket, Key, ... }` with URL-encoded keys. */
  | {
      /** Kind of the source. */
      readonly type: "inventory";
      /** The bucket that the inventory was written to. */
      readonly bucket: NameOrReference;
      /** Key of `manifest.json`. */
      readonly key: NameOrReference;
    };

const nameSchema = z.union([
  z.string().min(1),
  z.custom<Reference<never>>(isReference, "must be text or a reference, such as what from(...) returns"),
]);

/** Schema of {@link ItemSource}. @internal */
export const itemSourceSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("list"),
    items: z.custom<InputReference<DataPath>>(isReference, "must be a reference, such as what from(...) returns"),
  }),
  z.strictObject({ type: z.literal("prefix"), bucket: nameSchema, prefix: nameSchema.optional() }),
  z.strictObject({
    type: z.enum(["json", "jsonl"]),
    bucket: nameSchema,
    key: nameSchema,
    itemsPointer: z.string().startsWith("/", "must be a JSON pointer such as /data/items").optional(),
  }),
  z.strictObject({
    type: z.literal("csv"),
    bucket: nameSchema,
    key: nameSchema,
    headers: z.array(z.string().min(1)).min(1).optional(),
    delimiter: z.enum(["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]).default("COMMA"),
  }),
  z.strictObject({ type: z.literal("inventory"), bucket: nameSchema, key: nameSchema }),
]);

/** The parsed form of {@link ItemSource}. @internal */
export type ResolvedSource = z.output<typeof itemSourceSchema>;

/**
 * What the work on one item of a source gets where the caller does not say: what the handlers of `scones-ml/inference`
 * take for an image.
 *
 * @param source - The source.
 * @returns A template, or `undefined` where the item itself is right.
 * @internal
 */
export function selectImage(source: ResolvedSource): AnyTemplateObject | undefined {
  if (source.type === "prefix") return { s3_bucket: source.bucket, s3_key: fromItem("Key") };
  // Keys of an inventory are URL-encoded. The handlers decode those of S3's notifications, so it is given as one.
  return source.type === "inventory"
    ? { s3: { bucket: { name: fromItem("Bucket") }, object: { key: fromItem("Key") } } }
    : undefined;
}

/**
 * Writes where the items come from.
 *
 * @param source - The source.
 * @param queryLanguage - The language.
 * @param partition - Partition of the ARNs.
 * @returns The fields of the map.
 * @internal
 */
export function writeSource(
  source: ResolvedSource,
  queryLanguage: QueryLanguage,
  partition: string,
): Readonly<Record<string, unknown>> {
  const usesPaths = queryLanguage === "JSONPath";
  if (source.type === "list") {
    return usesPaths ? { ItemsPath: toJsonPath(source.items) } : { Items: `{% ${toJsonata(source.items)} %}` };
  }
  const place =
    source.type === "prefix"
      ? { Bucket: source.bucket, ...(source.prefix === undefined ? {} : { Prefix: source.prefix }) }
      : { Bucket: source.bucket, Key: source.key };
  const parameters = writeTemplate(place, queryLanguage);
  return {
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:${source.type === "prefix" ? "listObjectsV2" : "getObject"}`,
      ...(usesPaths ? { Parameters: parameters } : { Arguments: parameters }),
      ...readerConfig(source),
    },
  };
}

function readerConfig(source: ResolvedSource): { readonly ReaderConfig?: Readonly<Record<string, unknown>> } {
  switch (source.type) {
    case "csv": {
      const { headers, delimiter } = source;
      const columns =
        headers === undefined
          ? { CSVHeaderLocation: "FIRST_ROW" }
          : { CSVHeaderLocation: "GIVEN", CSVHeaders: headers };
      return {
        ReaderConfig: {
          InputType: "CSV",
          ...columns,
          ...(delimiter === "COMMA" ? {} : { CSVDelimiter: delimiter }),
        },
      };
    }
    case "json":
    case "jsonl": {
      const pointer = source.itemsPointer === undefined ? {} : { ItemsPointer: source.itemsPointer };
      return { ReaderConfig: { InputType: source.type === "json" ? "JSON" : "JSONL", ...pointer } };
    }
    case "inventory":
      return { ReaderConfig: { InputType: "MANIFEST" } };
    default:
      return {};
  }
}
