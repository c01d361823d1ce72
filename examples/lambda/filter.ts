import { createFilterHandler } from "scones-ml/inference";

/** Lambda entry point of the last step: lets confident answers pass and fails loudly otherwise. */
export const handler = createFilterHandler({ threshold: Number(process.env["THRESHOLD"] ?? "0.7") });
