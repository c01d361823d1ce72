import type { ResultWriter } from "../../definition/distributed-model.js";
import type { ItemStore } from "../../item-store.js";
import { type Json, type JsonObject, memberOf } from "../../json.js";
import { StateFailure } from "../../state-failure.js";
import type { ChildInput } from "./batch-items.js";
import { collectResults, describeChild, formatResults } from "./child-results.js";
import type { MapRun } from "./map-run.js";

/** Where results are written to. @internal */
export interface ResultTarget {
  readonly store: ItemStore;
  readonly bucket: string;
  /** Prefix of all keys of the Map Run, with a slash at its end. */
  readonly folder: string;
}

/**
 * Finds out where results are to be written, before any child runs.
 *
 * @param store - The local S3, where there is one.
 * @param parameters - Those of the ResultWriter, evaluated.
 * @param run - The Map Run.
 * @returns The place.
 * @throws {@link StateFailure} `States.ResultWriterFailed` when there is no such bucket.
 * @internal
 */
export async function openTarget(store: ItemStore | undefined, parameters: Json, run: MapRun): Promise<ResultTarget> {
  const bucket = memberOf(parameters, "Bucket");
  const prefix = memberOf(parameters, "Prefix") ?? "";
  if (typeof bucket !== "string" || typeof prefix !== "string") {
    throw writerFailure("The fields 'Bucket' and 'Prefix' of the ResultWriter must be strings.");
  }
  if (store === undefined || !(await store.hasBucket(bucket))) {
    throw writerFailure(
      `Failed to write a test manifest into the specified output bucket '${bucket}'. Make sure that the bucket exists.`,
    );
  }
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  return { store, bucket, folder: `${start}${run.facts.id}/` };
}

/**
 * Writes the results of all children to S3, one file for each way of ending, and the manifest that names them.
 *
 * @param target - Where.
 * @param writer - How.
 * @param run - The Map Run.
 * @param inputs - Inputs of all children, also of those that were not started.
 * @returns What the state gives instead of the results.
 * @throws {@link StateFailure} `States.ResultWriterFailed` when the bucket is gone.
 * @internal
 */
export async function writeResults(
  target: ResultTarget,
  writer: ResultWriter,
  run: MapRun,
  inputs: readonly ChildInput[],
): Promise<JsonObject> {
  const { children, facts } = run;
  const succeeded = children.filter(({ status }) => status === "SUCCEEDED");
  const failed = children.filter(({ status }) => status !== "SUCCEEDED");
  const pending = inputs.slice(children.length).map(({ input }) => ({
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    StateMachineArn: facts.stateMachineArn,
    Status: "PENDING",
  }));
  // What failed is described whole, whatever the transformation.
  const files = {
    FAILED: await writeFile(target, "FAILED", failed.map(describeChild), writer),
    PENDING: await writeFile(target, "PENDING", pending, writer),
    SUCCEEDED: await writeFile(
      target,
      "SUCCEEDED",
      succeeded.length === 0 ? [] : collectResults(succeeded, writer.transformation),
      writer,
    ),
  };
  run.hasWrittenResults = true;
  const manifest = { DestinationBucket: target.bucket, MapRunArn: facts.arn, ResultFiles: files };
  const { key } = await put(target, "manifest.json", JSON.stringify(manifest));
  return { MapRunArn: facts.arn, ResultWriterDetails: { Bucket: target.bucket, Key: key } };
}

async function writeFile(target: ResultTarget, name: string, results: readonly Json[], { outputType }: ResultWriter) {
  if (results.length === 0) return [];
  const { key, size } = await put(
    target,
    `${name}_0.${outputType === "JSON" ? "json" : "jsonl"}`,
    formatResults(results, outputType),
  );
  return [{ Key: key, Size: size }];
}

async function put({ store, bucket, folder }: ResultTarget, name: string, text: string) {
  const bytes = new TextEncoder().encode(text);
  const key = `${folder}${name}`;
  if (await store.write(bucket, key, bytes, "application/json")) return { key, size: bytes.length };
  throw writerFailure(`The specified bucket does not exist: ${bucket}`);
}

function writerFailure(cause: string): StateFailure {
  return new StateFailure("States.ResultWriterFailed", cause, { located: true });
}
