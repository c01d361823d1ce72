import type { Shape } from "../shapes.js";

/*
 * What the request shapes of the local SageMaker are built of.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.67, 2026-08-07).
 */

/** Text with bounds. @internal */
export const text = (
  bounds: { readonly min?: number; readonly max?: number; readonly pattern?: RegExp } = {},
): Shape => ({
  kind: "string",
  ...bounds,
});
/** One of several words. @internal */
export const oneOf = (...values: readonly string[]): Shape => ({ kind: "enum", values });
/** A whole number with bounds. @internal */
export const integer = (bounds: { readonly min?: number; readonly max?: number } = {}): Shape => ({
  kind: "number",
  integer: true,
  ...bounds,
});
/** A list of one shape. @internal */
export const listOf = (of: Shape, bounds: { readonly min?: number; readonly max?: number } = {}): Shape => ({
  kind: "list",
  of,
  ...bounds,
});
/** A structure; the rest names its required members. @internal */
export const structure = (members: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape => ({
  kind: "structure",
  members,
  required,
});

const NAME = /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/;
/** Name of an endpoint, a configuration or a variant. @internal */
export const resourceName = text({ max: 63, pattern: NAME });
/** Name of a model. @internal */
export const modelName = text({ max: 63, pattern: /[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?/ });
/** Name of a training or transform job. @internal */
export const trainingJobName = text({ min: 1, max: 63, pattern: NAME });
/** ARN of a role. @internal */
export const roleArn = text({
  min: 20,
  max: 2048,
  pattern: /arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+/,
});
/** `s3://` location. @internal */
export const s3Uri = text({ max: 1024, pattern: /(https|s3):\/\/([^/]+)\/?(.*)/ });
/** Name of a key. @internal */
export const kmsKeyId = text({ max: 2048, pattern: /[a-zA-Z0-9:/_-]*/ });
/** Content type of captures. @internal */
export const contentType = text({
  min: 1,
  max: 256,
  pattern: /[a-zA-Z0-9](-*[a-zA-Z0-9])*\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*/,
});
const tagPattern = /([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u;
/** Tags of a resource. @internal */
export const tags = listOf(
  structure(
    { Key: text({ min: 1, max: 128, pattern: tagPattern }), Value: text({ max: 256, pattern: tagPattern }) },
    "Key",
    "Value",
  ),
  { max: 50 },
);
/** How a channel reaches the container. @internal */
export const inputMode = oneOf("Pipe", "File", "FastFile");
/** Type of an instance. @internal */
export const instanceType = text({ pattern: /ml\.[a-z0-9-]+\.[a-z0-9-]+/ });
/** A switch. @internal */
export const flag: Shape = { kind: "boolean" };
/** A time, in seconds since 1970. @internal */
export const timestamp: Shape = { kind: "number", integer: false };
/** Short texts by name. @internal */
export const textMap = (max: number): Shape => ({
  kind: "map",
  key: text({ max: 1024 }),
  value: text({ max: 10_240 }),
  max,
});
