import {
  createClassifyHandler,
  type HandlerContext,
  type HandlerResult,
  type InferencePayload,
  parsePayload,
} from "scones-ml/inference";

/** A classification of one image whose event is already unwrapped. */
export type ClassifyImage = (payload: InferencePayload, context?: HandlerContext) => Promise<HandlerResult>;

/** What of Powertools is used here; its `makeIdempotent` fits, so that this example needs no package. */
export type MakeIdempotent<Options> = (classify: ClassifyImage, options: Options) => ClassifyImage;

/**
 * The classify handler that asks the endpoint once for an image, however often its event arrives. With the idempotency of
 * Powertools installed, an entry is:
 *
 *     import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
 *     import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
 *
 *     export const handler = classifyOnce(makeIdempotent, {
 *       persistenceStore: new DynamoDBPersistenceLayer({ tableName: "scones-idempotency" }),
 *       config: new IdempotencyConfig({
 *         eventKeyJmesPath: "[s3_bucket, s3_key, image_data]",
 *         throwOnNoIdempotencyKey: true,
 *       }),
 *     });
 *
 * The event is unwrapped first: that path finds nothing in any wrapped one, and so the same for all of them.
 */
export function classifyOnce<Options>(
  makeIdempotent: MakeIdempotent<Options>,
  options: Options,
  classify: ClassifyImage = createClassifyHandler({
    endpointName: process.env["ENDPOINT_NAME"] ?? "scones-vehicles",
    labels: ["bicycle", "motorcycle"],
  }),
): (event: unknown, context?: HandlerContext) => Promise<HandlerResult> {
  const once = makeIdempotent(classify, options);
  return async (event, context) => once(parsePayload(event), context);
}
