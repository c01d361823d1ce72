import { z } from "zod";
import { buildStateMachine } from "../../src/workflow/definition/state-machine.js";
import type { Step } from "../../src/workflow/definition/step.js";
import { chain } from "../../src/workflow/definition/steps/chain.js";
import { lambdaTask } from "../../src/workflow/definition/steps/lambda-task.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";

// Compiled, never run: a line that must not compile carries @ts-expect-error, which fails the type check when it does.

interface Place {
  readonly s3_key: string;
}
interface Image extends Place {
  readonly image_data: string;
}
interface Answer extends Image {
  readonly inferences: readonly number[];
}

const load = lambdaTask<Place, Image>({ name: "Load", functionName: "load" });
const classify = lambdaTask<Image, Answer>({ name: "Classify", functionName: "classify" });
const archive = lambdaTask<Place, Place>({ name: "Archive", functionName: "archive" });

// What fits, links; a step may hand on more than the next one takes.
export const whole: Step<Place, Answer> = chain(load, classify);
export const wider: Step<Place, Place> = chain(load, classify, archive);
export const nested: Step<Place, Place> = chain(chain(load, classify), archive);
buildStateMachine({ start: whole });

// @ts-expect-error a place has no image_data for classify
chain(archive, classify);
// @ts-expect-error the second link does not fit
chain(load, archive, classify);
// @ts-expect-error the chain hands on a place, classify takes an image
chain(chain(load, archive), classify);
// @ts-expect-error the whole takes a place, not a number
export const wrongInput: Step<number, Answer> = chain(load, classify);
// @ts-expect-error the whole hands on an answer, which is not a string
export const wrongOutput: Step<Place, string> = chain(load, classify);
// @ts-expect-error a plain object is no step
buildStateMachine({ start: { StartAt: "Load" } });

export async function typedOutput(): Promise<number> {
  const stateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
  const { output } = await runExecution({ stateMachineArn, outputSchema: z.object({ confidence: z.number() }) });
  const plain = await runExecution({ stateMachineArn });
  // @ts-expect-error without a schema nothing is known of the output
  plain.output.confidence;
  // @ts-expect-error the schema has no such field
  output.label;
  return output.confidence;
}
