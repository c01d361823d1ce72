import { randomBytes } from "node:crypto";
import * as z from "zod";

const MAX_NAME_LENGTH = 63;

/**
 * The name of a SageMaker training job, model, endpoint configuration, endpoint or variant: 1 to 63 letters, digits
 * and single or repeated inner hyphens. Source: the SageMaker service model (botocore, sagemaker/2017-07-24).
 */
export const ResourceNameSchema = z
  .string()
  .max(MAX_NAME_LENGTH, `must have at most ${MAX_NAME_LENGTH} characters`)
  .regex(
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    "must consist of letters, digits and inner hyphens (no underscore, no dot, no hyphen at an end)",
  );

/** An IAM role ARN. Source: the SageMaker service model (botocore, sagemaker/2017-07-24). */
export const RoleArnSchema = z
  .string()
  .min(20)
  .max(2048)
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/,
    "must be an IAM role ARN such as arn:aws:iam::123456789012:role/scones",
  );

/**
 * Makes a name that SageMaker accepts and that does not collide: base, UTC time to the millisecond and twelve random
 * hexadecimal digits. Training job names can never be reused in an account and region, so time alone is not enough.
 *
 * @param base - What the name begins with; shortened and cleaned as needed.
 * @param now - The time to use; the present by default.
 * @returns A name of at most 63 characters.
 *
 * @example
 * ```ts
 * import { createResourceName } from "scones-ml/core";
 *
 * console.log(createResourceName("scones")); // scones-2026-11-24-09-30-00-123-9f2c41d07be3
 * ```
 */
export function createResourceName(base: string, now: Date = new Date()): string {
  const time = now.toISOString().slice(0, 23).replace(/[T:.]/g, "-");
  const suffix = `-${time}-${randomBytes(6).toString("hex")}`;
  const clean = base
    .replace(/[^a-zA-Z0-9]+/g, "-")
    .slice(0, MAX_NAME_LENGTH - suffix.length)
    .replace(/^-+|-+$/g, "");
  return `${clean === "" ? "scones" : clean}${suffix}`;
}
