import { createClassifyHandler } from "scones-ml/inference";

/** Lambda entry point of the second step: asks the endpoint. Its role needs sagemaker:InvokeEndpoint. */
export const handler = createClassifyHandler({
  endpointName: process.env["ENDPOINT_NAME"] ?? "scones-vehicles",
  labels: ["bicycle", "motorcycle"],
});
