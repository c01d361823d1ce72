import type { S3Client } from "@aws-sdk/client-s3";
import type * as z from "zod";
import { abortable } from "../../core/abort.js";
import { parseOptions } from "../../core/options.js";
import { parseS3Uri } from "../../core/s3-uri.js";

/**
 * Reads a value that is kept as JSON in S3.
 *
 * @param client - S3.
 * @param location - Where it is.
 * @param schema - What it must be.
 * @param signal - Gives up.
 * @param mode - Whether it has to be there.
 * @returns The value; `undefined` where an optional one is not there.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is something else; S3's own exceptions.
 * @internal
 */
export async function readJson<Schema extends z.ZodType>(
  client: S3Client,
  location: string,
  schema: Schema,
  signal: AbortSignal | undefined,
  mode: "optional" | "required" = "optional",
): Promise<z.output<Schema> | undefined> {
  const { bucket, key } = parseS3Uri(location);
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  try {
    const { Body } = await abortable(signal, (send) =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), send),
    );
    return parseOptions(`The reader of ${location}`, schema, parseText((await Body?.transformToString()) ?? ""));
  } catch (error) {
    if (mode === "optional" && error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

/**
 * Keeps a value as JSON in S3.
 *
 * @param client - S3.
 * @param location - Where.
 * @param value - The value.
 * @param signal - Gives up.
 * @throws S3's own exceptions.
 * @internal
 */
export async function writeJson(
  client: S3Client,
  location: string,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bucket, key } = parseS3Uri(location);
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const object = { Bucket: bucket, Key: key, Body: JSON.stringify(value), ContentType: "application/json" };
  await abortable(signal, (send) => client.send(new PutObjectCommand(object), send));
}

/** Text that is not JSON is left to the schema, whose error names the place. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
