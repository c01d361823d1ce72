import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import type { Classifier } from "../training/classifier.js";
import type { SageMakerEnvironment } from "./environment.js";
import { askContainer, ContainerRefusal } from "./model-container.js";
import { ContainerFailure } from "./training-data.js";
import { type BatchCaptureConfig, captureTransform } from "./transform-capture.js";
import {
  listTransformObjects,
  readTransformObject,
  type TransformInput,
  type TransformObject,
} from "./transform-input.js";

/** What a transform job is started with. @internal */
export interface TransformOptions {
  readonly input: TransformInput;
  readonly output: { readonly S3OutputPath: string; readonly Accept?: string; readonly AssembleWith?: string };
  readonly capture: BatchCaptureConfig | undefined;
  /** Largest payload of one request. */
  readonly maxPayloadBytes: number;
  /** When the job was created. */
  readonly created: Date;
  /** Loads the model. */
  readonly load: () => Promise<Classifier>;
  /** Fires when the job is stopped. */
  readonly signal: AbortSignal;
  /** Receives the log. */
  readonly log: (line: string) => void;
}

/**
 * Sends every input object to the model and writes what it answers to `{output}/{key}.out`. An object that fails does not
 * keep the others from being done, but the job fails in the end.
 *
 * @param environment - S3 and the clock.
 * @param options - See {@link TransformOptions}.
 * @throws {@link ContainerFailure} with what becomes the job's FailureReason.
 * @internal
 */
export async function runTransform(environment: SageMakerEnvironment, options: TransformOptions): Promise<void> {
  const { input, output, capture, signal, log } = options;
  const classifier = await options.load();
  const { bucket, key: outputPrefix } = parseS3Uri(output.S3OutputPath);
  const done: (TransformObject & { readonly outputKey: string })[] = [];
  let failed = 0;
  for (const object of await listTransformObjects(environment.objects, input)) {
    // Loading from memory and classifying take no turn of the event loop; others want theirs.
    await setImmediate();
    signal.throwIfAborted();
    const outputKey = `${joinS3Key(outputPrefix, object.relativeKey)}.out`;
    const answer = await transformObject(environment, classifier, object, options);
    if (answer === undefined) {
      failed++;
      continue;
    }
    if (!(await environment.objects.write(bucket, outputKey, answer, output.Accept ?? "application/json"))) {
      throw new ContainerFailure(`ClientError: The output bucket ${bucket} does not exist.`);
    }
    done.push({ ...object, outputKey });
  }
  log(`${done.length} objects were transformed, ${failed} failed.`);
  const [first] = done;
  if (capture !== undefined && first !== undefined) {
    await captureTransform(environment, capture, {
      input: { prefix: `s3://${first.bucket}/`, names: done.map(({ key }) => key) },
      output: { prefix: `s3://${bucket}/`, names: done.map(({ outputKey }) => outputKey) },
    });
  }
  if (failed > 0) throw new ContainerFailure("ClientError: See job logs for more information");
}

async function transformObject(
  environment: SageMakerEnvironment,
  classifier: Classifier,
  object: TransformObject,
  { input, output, capture, maxPayloadBytes, created, log }: TransformOptions,
): Promise<Uint8Array | undefined> {
  try {
    const body = await readTransformObject(environment.objects, object, input, maxPayloadBytes);
    const contentType = input.ContentType ?? "application/octet-stream";
    const answer = Buffer.from(askContainer(classifier, { contentType, body }, output.Accept).body).toString();
    const marked = capture?.GenerateInferenceId === true ? addInferenceId(answer, created) : answer;
    return Buffer.from(output.AssembleWith === "Line" && !marked.endsWith("\n") ? `${marked}\n` : marked);
  } catch (error) {
    const name = `${object.bucket}/${object.key}`;
    if (error instanceof ContainerRefusal) {
      log(`${name}: Bad HTTP status received from algorithm: ${error.status}`);
    }
    log(`${name}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Only a JSON object can carry the id; the bare array of `application/json` stays as it is, as the job's log says. */
function addInferenceId(answer: string, created: Date): string {
  const parsed: unknown = JSON.parse(answer);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return answer;
  const SageMakerInferenceTime = `${created.toISOString().slice(0, 19)}Z`;
  return `${JSON.stringify({ ...parsed, SageMakerInferenceId: randomUUID(), SageMakerInferenceTime })}\n`;
}
