import * as z from "zod";
import { checkShape, type Shape } from "../shapes.js";

/** A time, which is milliseconds since 1970 in JSON. @internal */
export const dateSchema = z.codec(z.number(), z.date(), {
  decode: (milliseconds) => new Date(milliseconds),
  encode: (date) => date.getTime(),
});

/**
 * A request that was accepted, held against the service model's shape as it was then.
 *
 * @param shape - The shape.
 * @returns The schema.
 * @internal
 */
export function requestSchema<Request>(shape: Shape): z.ZodType<Request> {
  return z.custom<Request>((value) => checkShape(shape, value).length === 0, "must be a request of this operation");
}

/** The tags of a resource, which are pairs in JSON. @internal */
export const tagsSchema: z.ZodType<ReadonlyMap<string, string>> = z.codec(
  z.array(z.tuple([z.string(), z.string()])),
  z.map(z.string(), z.string()),
  { decode: (pairs) => new Map(pairs), encode: (tags) => [...tags] },
);
