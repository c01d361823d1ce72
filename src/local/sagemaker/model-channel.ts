import { parseS3Uri } from "../../core/s3-uri.js";
import type { ObjectAccess } from "./environment.js";
import { unpackModel } from "./model-artifact.js";
import { type ChannelConfig, ContainerFailure } from "./training-data.js";

const MODEL_TYPE = "application/x-sagemaker-model";

/**
 * Reads the weights that an incremental training goes on from.
 *
 * @param objects - S3.
 * @param channels - All channels of the job.
 * @returns The weights file; `undefined` without a `model` channel.
 * @throws {@link ContainerFailure} when the channel holds no model of a local job.
 * @internal
 */
export async function readModelChannel(
  objects: ObjectAccess,
  channels: readonly ChannelConfig[],
): Promise<Uint8Array | undefined> {
  const channel = channels.find(({ ChannelName }) => ChannelName === "model");
  if (channel === undefined) return undefined;
  const uri = channel.DataSource.S3DataSource?.S3Uri ?? "";
  if (channel.ContentType !== MODEL_TYPE) {
    throw new ContainerFailure(
      `ClientError: The model channel must have the content type ${MODEL_TYPE}, it has ${channel.ContentType ?? "none"}.`,
    );
  }
  const { bucket, key: prefix } = parseS3Uri(uri);
  for await (const key of objects.list(bucket, prefix)) {
    const artifact = key.endsWith(".tar.gz") ? await objects.read(bucket, key) : undefined;
    if (artifact === undefined) continue;
    try {
      return await unpackModel(artifact);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ContainerFailure(`ClientError: The model channel cannot be used: ${key}: ${reason}.`, { cause: error });
    }
  }
  throw new ContainerFailure(`ClientError: The model channel holds no model.tar.gz under ${uri}.`);
}
