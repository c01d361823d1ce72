import * as z from "zod";
import { callbackSchema, iterableSchema, parseOptions } from "../../core/options.js";
import { CaptureError } from "../capture/capture-errors.js";
import type { Observation } from "../capture/parse-capture.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import type { GroundTruth } from "../truth/ground-truth.js";
import type { AnsweredImage } from "./answered-image.js";

/** Options of {@link collectLeastConfident}. */
export interface CollectLeastConfidentOptions {
  /** What `summarizeCaptures` or `mergeSummaries` returned: it says which answers are wanted. */
  readonly summary: CaptureSummary;
  /** The captures that it was made of, read with `images: "lazy"`, which decodes the wanted images only. */
  readonly observations: AsyncIterable<Observation> | Iterable<Observation>;
  /** What the images really show. @defaultValue none */
  readonly truth?: AsyncIterable<GroundTruth> | Iterable<GroundTruth>;
  /** Under which id the truth of an observation stands. @defaultValue `inferenceId`, else `eventId`, as in `joinGroundTruth` */
  readonly idOf?: (observation: Observation) => string | undefined;
}

const OptionsSchema = z.strictObject({
  summary: CaptureSummarySchema,
  observations: iterableSchema<Observation>("must be an iterable, such as what readCaptures returns"),
  truth: iterableSchema<GroundTruth>("must be an iterable of { id, label }").optional(),
  idOf: callbackSchema<(observation: Observation) => string | undefined>().optional(),
});

/**
 * Finds the images of the least confident answers in a second pass over the captures: a summary keeps the answers, not
 * the images. At most twenty images are held.
 *
 * @param options - See {@link CollectLeastConfidentOptions}.
 * @returns The answers, the least confident first, with their images where those were captured and are not damaged.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong. Errors of the sources pass through.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { collectLeastConfident, readCaptures, renderLeastConfidentStrip, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const source = "captured_data";
 * const summary = await summarizeCaptures(readCaptures({ source }), { labels: ["bicycle", "motorcycle"] });
 * const images = await collectLeastConfident({ summary, observations: readCaptures({ source, images: "lazy" }) });
 * await writeFile("least-confident.svg", renderLeastConfidentStrip(images));
 * ```
 */
export async function collectLeastConfident(options: CollectLeastConfidentOptions): Promise<readonly AnsweredImage[]> {
  const parsed = parseOptions("collectLeastConfident", OptionsSchema, options);
  const { summary, observations, truth = [], idOf = ({ inferenceId, eventId }) => inferenceId ?? eventId } = parsed;
  const wanted = new Set(summary.leastConfident.map(({ eventId }) => eventId));
  const found = new Map<string, { readonly image: Uint8Array | undefined; readonly id: string | undefined }>();
  for await (const observation of observations) {
    if (!wanted.has(observation.eventId)) continue;
    found.set(observation.eventId, { image: takeImage(observation), id: idOf(observation) });
  }
  const ids = new Set([...found.values()].map(({ id }) => id));
  const truths = new Map<string, string>();
  for await (const { id, label } of truth) if (ids.has(id)) truths.set(id, label);
  return summary.leastConfident.map((point) => {
    const { image, id } = found.get(point.eventId) ?? {};
    const shown = id === undefined ? undefined : truths.get(id);
    return { ...point, ...(image === undefined ? {} : { image }), ...(shown === undefined ? {} : { truth: shown }) };
  });
}

/** An image that is decoded when it is looked at may turn out to be damaged; the answer is shown without it. */
function takeImage(observation: Observation): Uint8Array | undefined {
  try {
    return observation.image;
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}
