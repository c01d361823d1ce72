import type { Tag } from "@aws-sdk/client-sagemaker";

const KEY = "scones-ml:labels";
const SEPARATOR = " / ";
/** What AWS takes in the value of a tag. Source: the SageMaker API, Tag. */
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

/**
 * Writes class names as a tag of the job, so that whoever attaches to it knows them.
 *
 * @param labels - Class names in label order.
 * @returns One tag; none where the names do not fit into one.
 * @internal
 */
export function formatLabelTags(labels: readonly string[]): Tag[] {
  const Value = labels.join(SEPARATOR);
  return VALUE.test(Value) && labels.every((label) => !label.includes("/")) ? [{ Key: KEY, Value }] : [];
}

/**
 * Reads the class names from the tags of a job.
 *
 * @param tags - The tags.
 * @returns The names; `undefined` where no tag has them.
 * @internal
 */
export function parseLabelTags(tags: readonly Tag[]): readonly string[] | undefined {
  return tags.find((tag) => tag.Key === KEY)?.Value?.split(SEPARATOR);
}
