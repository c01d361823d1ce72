import { forEachConcurrent } from "../../core/concurrency.js";
import { parseEnvelope } from "./envelope.js";
import type { BatchHandlerResult, FailedItem, HandlerContext, HandlerResult, InferencePayload } from "./payload.js";
import { fitState } from "./state-size.js";

/** What a step does with the images of one event. @internal */
export interface ImageStep {
  /** How many images are worked on at once. */
  readonly concurrency: number;
  /** Looks at all images of an event; what it returns is done with each of them. */
  prepare(
    payloads: readonly InferencePayload[],
    context: HandlerContext | undefined,
  ): (payload: InferencePayload) => Promise<InferencePayload>;
}

const MAX_MESSAGE_LENGTH = 500;

/**
 * Handles an event with one image or several. One image succeeds or throws; of several, each has its own result, and a
 * failed one does not keep the others.
 *
 * @param event - The event as Lambda hands it over.
 * @param context - Lambda's context.
 * @param step - See {@link ImageStep}.
 * @returns What the handler returns; it fits into a state of a workflow.
 * @internal
 */
export async function handleImages(
  event: unknown,
  context: HandlerContext | undefined,
  step: ImageStep,
): Promise<HandlerResult | BatchHandlerResult> {
  const envelope = parseEnvelope(event);
  if (envelope.type === "image") {
    const body = await step.prepare([envelope.payload], context)(envelope.payload);
    return fitState({ statusCode: 200, body });
  }
  const items = envelope.items.map((read): InferencePayload | FailedItem => {
    try {
      return read();
    } catch (error) {
      return describeFailure(error, {});
    }
  });
  const work = step.prepare(
    items.filter((item): item is InferencePayload => !isFailed(item)),
    context,
  );
  await forEachConcurrent(items.entries(), { limit: step.concurrency }, async ([index, item]) => {
    if (isFailed(item)) return;
    try {
      items[index] = await work(item);
    } catch (error) {
      // The image itself is in S3; a failed item only says which one it was and what was found.
      items[index] = describeFailure(error, { ...item, image_data: "" });
    }
  });
  return fitState({ statusCode: 200, body: { items, failed: items.filter(isFailed).length } });
}

function isFailed(item: InferencePayload | FailedItem): item is FailedItem {
  return "error" in item;
}

function describeFailure(error: unknown, known: Partial<InferencePayload>): FailedItem {
  const { name, message } = error instanceof Error ? error : new Error("something was thrown that is no error");
  return { ...known, error: { name, message: message.slice(0, MAX_MESSAGE_LENGTH) } };
}
