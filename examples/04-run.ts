import type { S3Client } from "@aws-sdk/client-s3";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { GetExecutionHistoryCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { isSconesError, parseS3Uri, type StagedDataset } from "scones-ml/core";
import { type LstRow, parseLst } from "scones-ml/etl";
import { InferencePayloadSchema } from "scones-ml/inference";
import { buildInferenceWorkflow, deployStateMachine, readExecution, renderWorkflow, runMany } from "scones-ml/workflow";
import { z } from "zod";

/** How the executions over the test images ended. */
export interface RunSummary {
  /** Executions that were started. */
  readonly total: number;
  /** Executions that gave an answer. */
  readonly succeeded: number;
  /** Executions that failed loudly: the answer was not confident enough. */
  readonly belowThreshold: number;
  /** Executions that failed for another reason. */
  readonly failed: number;
  /** What those others said, at most one of each kind. */
  readonly reasons: readonly string[];
  /** The workflow, and the last execution that failed loudly, or else the last one of all, as SVG. */
  readonly pictures: { readonly workflow: string; readonly execution: string | undefined };
}

/** What {@link run} works with. */
export interface RunOptions {
  /** ARNs of the three Lambda functions. */
  readonly functions: { readonly serialize: string; readonly classify: string; readonly filter: string };
  /** Role of the state machine. */
  readonly roleArn: string;
  /** The staged images; the test images are classified. */
  readonly dataset: StagedDataset;
  /** Executions under way at once. */
  readonly concurrency: number;
  /** AWS clients. */
  readonly clients: { readonly s3: S3Client; readonly sfn: SFNClient };
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Is told after each execution. */
  readonly onProgress: (done: number, total: number) => void;
}

const OutputSchema = z.object({ s3_key: InferencePayloadSchema.unwrap().shape.s3_key });

/** Deploys the state machine and sends every test image through it. */
export async function run(options: RunOptions): Promise<RunSummary> {
  const { functions, roleArn, dataset, clients, signal } = options;
  const definition = buildInferenceWorkflow({ functions });
  const { stateMachineArn } = await deployStateMachine({
    name: "scones-inference",
    definition,
    roleArn,
    clients,
    signal,
  });
  const images = await readManifest(dataset, clients.s3, signal);
  const { key: prefix } = parseS3Uri(dataset.validation.images);
  const results = runMany({
    stateMachineArn,
    inputs: images.map(({ filename }) => ({
      image_data: "",
      s3_bucket: dataset.bucket,
      s3_key: `${prefix}${filename}`,
      inferences: [],
    })),
    outputSchema: OutputSchema,
    concurrency: options.concurrency,
    clients,
    signal,
  });
  const counts = { total: images.length, succeeded: 0, belowThreshold: 0, failed: 0 };
  const reasons = new Map<string, string>();
  let done = 0;
  let shown: { readonly arn: string; readonly isLoud: boolean } | undefined;
  for await (const result of results) {
    if (result.type === "succeeded") {
      counts.succeeded++;
      if (!shown?.isLoud) shown = { arn: result.executionArn, isLoud: false };
    } else {
      const { error } = result;
      if (!isSconesError(error, "EXECUTION_FAILED")) throw error;
      if (error.details.error === "THRESHOLD_CONFIDENCE_NOT_MET") {
        counts.belowThreshold++;
        shown = { arn: error.details.executionArn, isLoud: true };
      } else {
        counts.failed++;
        reasons.set(error.details.error ?? error.details.status, error.message);
      }
    }
    options.onProgress(++done, images.length);
  }
  const history = shown && (await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn: shown.arn })));
  const pictures = {
    workflow: renderWorkflow(definition),
    execution: history && renderWorkflow(definition, { execution: readExecution(history) }),
  };
  return { ...counts, reasons: [...reasons.values()], pictures };
}

async function readManifest(dataset: StagedDataset, s3: S3Client, signal: AbortSignal): Promise<readonly LstRow[]> {
  const { bucket, key } = parseS3Uri(dataset.validation.manifest);
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  return parseLst((await object.Body?.transformToString()) ?? "");
}
