import { createClassifyHandler, type InferenceHandler } from "scones-ml/inference";

/** What of `@middy/core` is used here; `middy` itself fits, so that this example needs no package. */
export type Middy<Middleware, Wrapped> = (handler: InferenceHandler) => { use(middleware: Middleware): Wrapped };

/**
 * The classify handler behind middleware. With Middy and the logger of Powertools installed, an entry is:
 *
 *     import middy from "@middy/core";
 *     import { Logger } from "@aws-lambda-powertools/logger";
 *     import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
 *
 *     export const handler = classifyWithMiddy(middy, injectLambdaContext(new Logger()));
 *
 * Do not let it log the event: the image is in it.
 */
export function classifyWithMiddy<Middleware, Wrapped>(
  middy: Middy<Middleware, Wrapped>,
  middleware: Middleware,
): Wrapped {
  const endpointName = process.env["ENDPOINT_NAME"] ?? "scones-vehicles";
  return middy(createClassifyHandler({ endpointName, labels: ["bicycle", "motorcycle"] })).use(middleware);
}
