import { randomUUID } from "node:crypto";
import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import type { SageMakerEnvironment } from "./environment.js";

/** DataCaptureConfig of a transform job. @internal */
export interface BatchCaptureConfig {
  readonly DestinationS3Uri: string;
  readonly GenerateInferenceId?: boolean;
}

/** Objects that a manifest names: a folder of S3 and the names in it. @internal */
export interface CapturedObjects {
  /** `s3://` location that the names follow. */
  readonly prefix: string;
  readonly names: readonly string[];
}

/**
 * Captures a transform job as SageMaker does: a manifest of the inputs and one of the outputs, no payloads.
 *
 * @param environment - S3 and the clock.
 * @param config - DataCaptureConfig of the job.
 * @param sides - What was read and what was written, in the same order.
 * @throws Error when the bucket is not there.
 * @internal
 */
export async function captureTransform(
  environment: Pick<SageMakerEnvironment, "objects" | "now">,
  { DestinationS3Uri }: BatchCaptureConfig,
  sides: Readonly<Record<"input" | "output", CapturedObjects>>,
): Promise<void> {
  const { bucket, key } = parseS3Uri(DestinationS3Uri);
  const time = environment.now().toISOString();
  const hour = time.slice(0, 13).replace(/[-T]/g, "/");
  const name = `${time.slice(14, 23).replace(/[:.]/g, "-")}-${randomUUID()}.json`;
  for (const side of ["input", "output"] as const) {
    const { prefix, names } = sides[side];
    const manifest = Buffer.from(JSON.stringify([{ prefix }, ...names]));
    const place = joinS3Key(key, side, hour, name);
    if (await environment.objects.write(bucket, place, manifest, "application/json")) continue;
    throw new Error(`The bucket ${bucket} of the data capture does not exist.`);
  }
}
