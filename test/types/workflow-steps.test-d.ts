import type { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import {
  allOf,
  chain,
  choice,
  distributedMap,
  fail,
  from,
  fromItem,
  isPresent,
  lambdaTask,
  mapOver,
  not,
  parallel,
  pass,
  repeatUntil,
  type Step,
  sageMakerTask,
  serviceTask,
  succeed,
  textOf,
  wait,
  when,
} from "../../src/workflow/index.js";

// Compiled, never run: a line that must not compile carries @ts-expect-error, which fails the type check when it does.

interface Place {
  readonly s3_key: string;
}
interface Answer extends Place {
  readonly confidence: number;
  readonly label?: string;
}

const classify = lambdaTask<Place, Answer>({ name: "Classify", functionName: "classify" });
const store = lambdaTask<Answer, Place>({ name: "Store", functionName: "store" });
const unsure = fail({ name: "Unsure", error: "UNSURE", cause: textOf`Look at ${from("s3_key")}.` });

// A handler's type tells what its task takes and gives.
const measure = async (_: Place): Promise<{ statusCode: 200; body: { bytes: number } }> => ({
  statusCode: 200,
  body: { bytes: 1 },
});
export const measured: Step<Place, { readonly bytes: number }> = lambdaTask<typeof measure>({
  name: "Measure",
  functionName: "measure",
});
// @ts-expect-error it gives bytes, not a label
export const mismeasured: Step<Place, { readonly label: string }> = lambdaTask<typeof measure>({
  name: "Measure",
  functionName: "measure",
});
// @ts-expect-error the handler takes a place, which a number is not
chain(pass<unknown, number>({ name: "One", values: {} }), lambdaTask<typeof measure>({ name: "M", functionName: "m" }));
export const filtered = lambdaTask<ReturnType<typeof createFilterHandler>>({ name: "Filter", functionName: "filter" });
chain(classify, filtered);
// @ts-expect-error a handler returns { statusCode: 200, body }
lambdaTask<(event: Place) => Promise<{ readonly label: string }>>({ name: "Bare", functionName: "bare" });

// A choice takes what its conditions and ways need, and hands on what one of its ways does.
const judge = choice({
  name: "Sure?",
  ways: [{ when: allOf(when(from("confidence"), ">=", 0.9), isPresent(from("label"))), step: store }],
  otherwise: unsure,
});
export const judged: Step<Place, Place> = chain(classify, judge);
// @ts-expect-error a place has no confidence
chain(lambdaTask<Place, Place>({ name: "Same", functionName: "same" }), judge);
const byText = choice({
  name: "C",
  ways: [{ when: when(from("confidence"), "=", "high"), step: store }],
  otherwise: unsure,
});
// @ts-expect-error the confidence is a number, and is compared with text
chain(classify, byText);
// @ts-expect-error booleans have no order
when(from("accepted"), "<", true);
// @ts-expect-error an answer has no key of that name
serviceTask<Answer, Answer>({ name: "Tell", resource: "sns:publish", parameters: { Message: from("key") } });
const ask = { name: "Ask", action: "describeEndpoint" } as const;
// @ts-expect-error the request has no such member
sageMakerTask<"describeEndpoint", Place, Place>({ ...ask, parameters: { Name: from("s3_key") } });
// @ts-expect-error the member is text
sageMakerTask<"describeEndpoint", Place, Place>({ ...ask, parameters: { EndpointName: 1 } });
sageMakerTask<"describeEndpoint", Place, Place>({ ...ask, parameters: { EndpointName: from("s3_key") } });

// Branches get the same input and give a tuple.
const both = parallel({ name: "Both", branches: [classify, measured] });
export const pair: Step<Place, readonly [Answer, { readonly bytes: number }]> = both;
// @ts-expect-error the first branch gives an answer
export const wrongPair: Step<Place, readonly [number, { readonly bytes: number }]> = both;

// A map takes a list of what its step takes.
const each = mapOver({ name: "Each", items: from("images"), each: classify });
export const all: Step<{ readonly images: readonly Place[] }, readonly Answer[]> = each;
// @ts-expect-error keys are not places
export const allWrong: Step<{ readonly images: readonly string[] }, readonly Answer[]> = each;
export const selected: Step<{ readonly keys: readonly string[]; readonly bucket: string }, readonly Answer[]> = mapOver(
  {
    name: "Each",
    items: from("keys"),
    select: { s3_bucket: from("bucket"), s3_key: fromItem() },
    each: classify,
  },
);

// What catches an error gets the error, or the input with the error.
lambdaTask<Place, Answer>({
  name: "A",
  functionName: "a",
  onError: fail({ name: "F", error: from("Error"), cause: from("Cause") }),
});
// @ts-expect-error a caught error has no confidence
lambdaTask<Place, Answer>({ name: "A", functionName: "a", onError: store });
lambdaTask<Place, Answer>({
  name: "A",
  functionName: "a",
  onErrorWithInput: fail({ name: "F", error: from("failure", "Error"), cause: from("s3_key") }),
});

// Nothing follows an end.
const ended = chain(classify, succeed<Answer>({ name: "Done" }));
export const never: Step<Place, never> = ended;
chain(wait<Place>({ name: "Wait", seconds: 3 }), classify);
// @ts-expect-error the pause is text
export const paused: Step<{ readonly a: string }, unknown> = wait<Place>({ name: "Wait", seconds: from("pause") });
repeatUntil({
  name: "R",
  step: lambdaTask<Answer, Answer>({ name: "Again", functionName: "again" }),
  until: not(when(from("confidence"), "<", 0.5)),
  everySeconds: 1,
  maxTimes: 2,
  onLimit: unsure,
});
distributedMap({
  name: "D",
  source: { type: "prefix", bucket: "b" },
  each: classify,
  results: { bucket: "b", prefix: "p" },
});
// @ts-expect-error a prefix has a bucket
distributedMap({ name: "D", source: { type: "prefix" }, each: classify, results: { bucket: "b", prefix: "p" } });
