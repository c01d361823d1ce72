import type { Json } from "../../json.js";
import { jsonText } from "../../json-text.js";
import { MAX_DATA_BYTES } from "../../limits.js";

/** Input of one child execution. @internal */
export interface ChildInput {
  readonly input: Json;
  /** Items in it. */
  readonly size: number;
}

/** Bytes of what stands around the items: `{"Items":[]}`, and `"BatchInput":` with a comma. */
const FRAME_BYTES = 12;
const BATCH_INPUT_BYTES = 14;

/**
 * Puts items together, in their order, as many as fit.
 *
 * @param items - The items.
 * @param limits - Most items and most bytes of one input, and what each input has beside its items.
 * @returns The inputs. An item that is too large by itself has one alone.
 * @internal
 */
export function batchItems(
  items: readonly Json[],
  limits: { readonly maxItems?: number; readonly maxBytes?: number; readonly batchInput?: Json },
): readonly ChildInput[] {
  const { maxItems = Number.POSITIVE_INFINITY, maxBytes = MAX_DATA_BYTES, batchInput } = limits;
  const frame =
    batchInput === undefined ? FRAME_BYTES : FRAME_BYTES + BATCH_INPUT_BYTES + Buffer.byteLength(jsonText(batchInput));
  const batches: ChildInput[] = [];
  let batch: Json[] = [];
  let bytes = frame;
  const close = () => {
    const shared = batchInput === undefined ? {} : { BatchInput: batchInput };
    batches.push({ input: { ...shared, Items: batch }, size: batch.length });
    batch = [];
    bytes = frame;
  };
  for (const item of items) {
    const length = Buffer.byteLength(jsonText(item));
    if (batch.length > 0 && (batch.length >= maxItems || bytes + 1 + length > maxBytes)) close();
    bytes += length + (batch.length > 0 ? 1 : 0);
    batch.push(item);
  }
  if (batch.length > 0) close();
  return batches;
}
