import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { isSconesError } from "scones-ml/core";
import { createClassifyHandler, type HandlerContext, type InferenceHandler } from "scones-ml/inference";

/** What of Powertools is used here; its `Logger` and `Tracer` fit, so that this example needs no package. */
export interface Powertools {
  /** Writes structured lines. */
  readonly logger: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    error(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  /** Makes a client's calls visible in X-Ray. */
  readonly tracer: { captureAWSv3Client<Client>(client: Client): Client };
}

/**
 * The classify handler with a traced client and a line for each event. What it logs is the number of images or the code
 * of an error, never an image. `with-idempotency.ts` shows the idempotency of Powertools.
 */
export function classifyWithPowertools(
  client: SageMakerRuntimeClient,
  { logger, tracer }: Powertools,
): (event: unknown, context?: HandlerContext) => ReturnType<InferenceHandler> {
  const classify = createClassifyHandler({
    endpointName: process.env["ENDPOINT_NAME"] ?? "scones-vehicles",
    labels: ["bicycle", "motorcycle"],
    clients: { sagemakerRuntime: tracer.captureAWSv3Client(client) },
  });
  return async (event, context) => {
    try {
      const result = await classify(event, context);
      const { body } = result;
      logger.info("classified", "items" in body ? { images: body.items.length, failed: body.failed } : { images: 1 });
      return result;
    } catch (error) {
      logger.error("not classified", { error: isSconesError(error) ? error.code : String((error as Error).name) });
      throw error;
    }
  };
}
