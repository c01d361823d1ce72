import type { BenchContext, BenchResult } from "./bench-result.js";
import { measureEndpoint } from "./local-endpoint.js";
import { measureExecutions } from "./local-executions.js";
import { measureObjects } from "./local-objects.js";

/** Measures the local AWS: executions, objects beside what the SDK client alone costs, and an endpoint. */
export async function runLocalBench(context: BenchContext): Promise<readonly BenchResult[]> {
  return [
    ...(await measureExecutions(context)),
    ...(await measureObjects(context)),
    ...(await measureEndpoint(context)),
  ];
}
