import { createSerializeHandler } from "scones-ml/inference";

/** Lambda entry point of the first step: reads the image from S3. Its role needs s3:GetObject on the images. */
export const handler = createSerializeHandler();
