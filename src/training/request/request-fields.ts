import * as z from "zod";

/*
 * What the options of a training job are made of.
 * Source of the bounds and patterns: the SageMaker service model (botocore, sagemaker/2017-07-24).
 */

/** Longest runtime of a training job, 28 days. Source: StoppingCondition, SageMaker API reference. */
const MAX_RUNTIME_SECONDS = 2_419_200;

/** Location in S3. @internal */
export const s3LocationSchema = z
  .string()
  .max(1024)
  .regex(
    /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/s,
    "must be an S3 location such as s3://bucket/models, with a lower-case bucket name",
  );

/** Seconds that a job may take. @internal */
export const secondsSchema = z.int().min(1).max(MAX_RUNTIME_SECONDS);

/** A key of KMS. @internal */
export const kmsKeyIdSchema = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^[a-zA-Z0-9:/_-]*$/, "must be a KMS key's id, ARN or alias");

const networkIds = (max: number, what: string) =>
  z
    .array(
      z
        .string()
        .max(32)
        .regex(/^[-0-9a-zA-Z]+$/, `must be the id of a ${what}`),
    )
    .min(1)
    .max(max)
    .readonly();

/** Where a job runs in a network of one's own. @internal */
export const VpcOptionsSchema = z.strictObject({
  subnets: networkIds(16, "subnet"),
  securityGroupIds: networkIds(5, "security group"),
});

/** Managed spot training. @internal */
export const SpotOptionsSchema = z.strictObject({ maxWaitSeconds: secondsSchema });

/** Environment of the container. @internal */
export const environmentSchema = z
  .record(
    z
      .string()
      .max(512)
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must consist of letters, digits and underscores, and not begin with a digit"),
    z.string().max(512),
  )
  .refine((variables) => Object.keys(variables).length <= 100, "must have at most 100 variables");

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const tagText = (min: number, max: number) =>
  z.string().min(min).max(max).regex(TAG_TEXT, "must consist of letters, digits, spaces and _.:/=+-@");

/** Tags beside our own. @internal */
export const tagsSchema = z
  .record(
    tagText(1, 128).refine((key) => !/^aws:/i.test(key), 'must not begin with "aws:"'),
    tagText(0, 256),
  )
  // AWS takes 50, and one of them is `created-by`.
  .refine((tags) => Object.keys(tags).length <= 49, "must be at most 49 tags");
