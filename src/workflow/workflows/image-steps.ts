import type { Retrier } from "../definition/asl-types.js";
import { when } from "../definition/data/condition.js";
import { from, textOf, variable } from "../definition/data/reference.js";
import { writeTemplate } from "../definition/data/template.js";
import { type Step, type TaskFailure, transitionOf } from "../definition/step.js";
import { linkSteps } from "../definition/steps/chain.js";
import { choice } from "../definition/steps/choice.js";
import { lambdaTask } from "../definition/steps/lambda-task.js";
import { fail, pass, succeed } from "../definition/steps/simple-states.js";

/** What an image does that fails. */
export type ImageFailures = "fail" | "collect";

/** What {@link buildImageSteps} makes steps of. @internal */
export interface ImageStepsOptions {
  readonly functions: {
    readonly serialize?: string | undefined;
    readonly classify: string;
    readonly filter?: string | undefined;
  };
  readonly retry: readonly Retrier[];
  readonly timeoutSeconds: number;
  readonly failedImages: ImageFailures;
  /** Whether an item may be text: `lambda:invoke` takes that for JSON, so it is sent as a `body`. */
  readonly mayBeText: boolean;
  /** Whether the functions get several images. */
  readonly isBatch: boolean;
}

/** What the functions hand on for several images. */
interface ImageBatch {
  readonly items: readonly unknown[];
  readonly failed: number;
}

/**
 * Describes what the batch workflow does with one image, or with one batch of them.
 *
 * @param options - See {@link ImageStepsOptions}.
 * @returns The steps.
 * @internal
 */
export function buildImageSteps(options: ImageStepsOptions): Step<never, unknown> {
  const { functions, retry, timeoutSeconds, failedImages, isBatch, mayBeText } = options;
  const collects = failedImages === "collect";
  const task = {
    retry,
    timeoutSeconds,
    // A batch brings its own errors; only a single image's is caught.
    ...(collects && !isBatch ? { onError: collectFailure() } : {}),
  };
  const names = [
    ["Serialize", functions.serialize],
    ["Classify", functions.classify],
    ["Filter", functions.filter],
  ] as const;
  const named = names.flatMap(([name, functionName]) => (functionName === undefined ? [] : [{ name, functionName }]));
  const tasks = named.map((each, index) => {
    const payload = index === 0 && mayBeText && !isBatch ? { payload: { body: from() } } : {};
    return lambdaTask<never, unknown>({ ...task, ...each, ...payload });
  });
  // The steps take what the handlers hand on, which no compiler can tell from the number of functions.
  if (isBatch) return linkSteps(collects ? tasks : [...tasks, checkBatch()]);
  return linkSteps(collects ? [rememberImage(), ...tasks] : tasks);
}

const IMAGE = "image";

/** An item may be text, beside which no error can be put, so it is kept in a variable. */
function rememberImage(): Step<unknown, unknown> {
  return {
    startAt: "Remember image",
    build: (place) => {
      const Assign = writeTemplate({ [IMAGE]: from() }, place.queryLanguage);
      return [["Remember image", { Type: "Pass", Assign, ...transitionOf(place) }]];
    },
  };
}

/** An image that failed keeps its place in the results, with its error as the handlers write it in a batch. */
function collectFailure(): Step<TaskFailure, unknown> {
  return pass<TaskFailure, unknown>({
    name: "Image failed",
    values: { image: variable(IMAGE), error: { name: from("Error"), message: from("Cause") } },
  });
}

function checkBatch(): Step<ImageBatch, ImageBatch> {
  return choice({
    name: "All images done?",
    ways: [
      {
        when: when(from("failed"), ">", 0),
        step: fail({
          name: "Images failed",
          error: "IMAGES_FAILED",
          cause: textOf`${from("failed")} images of this batch failed; the functions' logs and the batch's input tell which.`,
        }),
      },
    ],
    otherwise: succeed<ImageBatch>({ name: "All images were done" }),
  });
}
