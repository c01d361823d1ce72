import { z } from "zod";
import { runMany } from "../../src/workflow/execution/run-many.js";
import type { ManyExecutionResult } from "../../src/workflow/execution/run-many-options.js";
import { deployStateMachine, runExecution, toCloudFormation } from "../../src/workflow/index.js";

// Compiled, never run: a line that must not compile carries @ts-expect-error, which fails the type check when it does.

const stateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
const keys = ["a", "b"].map((s3_key) => ({ s3_key }));
const outputSchema = z.object({ label: z.string().transform((text) => text.length) });

// Results have the inputs' type, and the output's as the schema leaves it.
export const results: AsyncIterable<ManyExecutionResult<{ s3_key: string }, { label: number }>> = runMany({
  stateMachineArn,
  inputs: keys,
  outputSchema,
  nameOf: (input, index) => `${input.s3_key}-${index}`,
});
async function* countUp() {
  yield 1;
}
export const unknowns: AsyncIterable<ManyExecutionResult<number, unknown>> = runMany({
  stateMachineArn,
  inputs: countUp(),
});

// @ts-expect-error without a schema nothing is known of an output
export const guessed: AsyncIterable<ManyExecutionResult<number, { label: number }>> = runMany({
  stateMachineArn,
  inputs: [1],
});
// @ts-expect-error inputs are a list, not one input
runMany({ stateMachineArn, inputs: 1 });
// @ts-expect-error the name of an execution is text
runMany({ stateMachineArn, inputs: [1], nameOf: (input) => input });
// @ts-expect-error an alias has a name
void deployStateMachine({ name: "m", definition: "{}", roleArn: "r", publish: true, alias: {} });
// @ts-expect-error there is no such level
void deployStateMachine({ name: "m", definition: "{}", roleArn: "r", logging: { level: "DEBUG", logGroupArn: "g" } });
// @ts-expect-error a misspelt option
toCloudFormation({ triger: "off" });
// @ts-expect-error stop or leave
void runExecution({ stateMachineArn, onAbort: "pause" });
