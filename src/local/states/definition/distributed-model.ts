import type { Evaluator } from "../evaluation.js";

/** Formats of a file of items. @internal */
export type ItemFormat = "CSV" | "JSON" | "JSONL";

/** Where a Distributed Map reads its items from. @internal */
export interface ItemReader {
  /** `getObject` reads one file, `listObjectsV2` takes the objects under a prefix. */
  readonly action: "getObject" | "listObjectsV2";
  /** Gives Bucket and Key or Prefix. */
  readonly parameters: Evaluator;
  /** Format of the file, or of each listed object that is loaded; of a manifest's files. */
  readonly format: ItemFormat;
  /** What the file is a manifest of, when it is one. */
  readonly manifest: "S3_INVENTORY" | "ATHENA_DATA" | undefined;
  /** Names of the columns; `undefined` where the first row has them. */
  readonly csvHeaders: readonly string[] | undefined;
  /** One character. */
  readonly csvDelimiter: string;
  /** Steps from the top of a JSON file to the items. */
  readonly itemsPointer: readonly string[];
  readonly maxItems: Evaluator | undefined;
  /** Whether listed objects are loaded, and their items taken together. */
  readonly flattens: boolean;
}

/** How items are put together for one child execution. @internal */
export interface ItemBatcher {
  readonly maxItems: Evaluator | undefined;
  readonly maxBytes: Evaluator | undefined;
  readonly batchInput: Evaluator | undefined;
}

/** How the results of the child executions are given. @internal */
export interface ResultWriter {
  /** Gives Bucket and Prefix; without it nothing is written to S3. */
  readonly parameters: Evaluator | undefined;
  readonly transformation: "NONE" | "COMPACT" | "FLATTEN";
  readonly outputType: "JSON" | "JSONL";
}

/** What a Map state of the mode DISTRIBUTED has beside an inline one. @internal */
export interface DistributedMap {
  readonly executionType: "STANDARD" | "EXPRESS";
  /** Part of the ARNs; made up where the definition has none. */
  readonly label: string;
  /** The processor as it was written, which is the child executions' definition. */
  readonly processorText: string;
  readonly reader: ItemReader | undefined;
  readonly batcher: ItemBatcher | undefined;
  readonly writer: ResultWriter;
}
