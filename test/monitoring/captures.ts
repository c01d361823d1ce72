import type { Observation } from "../../src/monitoring/capture/parse-capture.js";

/** A side of a record; a test states only what differs. */
export const side = (data: string, changes: object = {}) => ({
  observedContentType: "application/json",
  mode: "OUTPUT",
  data,
  encoding: "JSON",
  ...changes,
});

/** One captured line: an image and its answer. */
export function captureLine(
  changes: {
    readonly input?: object | undefined;
    readonly output?: object | undefined;
    readonly metadata?: object;
    readonly rest?: object;
  } = {},
): string {
  const image = side("iVBORw0KGgo=", { observedContentType: "image/png", mode: "INPUT", encoding: "BASE64" });
  return JSON.stringify({
    captureData: {
      endpointInput: "input" in changes ? changes.input : image,
      endpointOutput: "output" in changes ? changes.output : side("[0.82, 0.18]"),
    },
    eventMetadata: { eventId: "e-1", inferenceTime: "2025-10-04T08:44:11Z", ...changes.metadata },
    eventVersion: "0",
    ...changes.rest,
  });
}

/** A line of a given event, second and confidence in the first class. */
export function lineAt(eventId: string, inferenceTime: string, confidence = 0.9): string {
  return captureLine({
    output: side(JSON.stringify([confidence, 1 - confidence])),
    metadata: { eventId, inferenceTime },
  });
}

/** An observation as `readCaptures` yields it. */
export function observation(eventId: string, time: Date, probabilities: readonly number[]): Observation {
  const confidence = Math.max(...probabilities);
  return { eventId, time, probabilities, confidence, labelId: probabilities.indexOf(confidence) };
}
