import * as z from "zod";
import { dateSchema, requestSchema } from "../kept/kept-schemas.js";
import type { DataCaptureConfig } from "./capture-writer.js";
import { captureShape, endpointShapes, variantShape } from "./endpoint-shapes.js";
import type { Endpoint } from "./endpoints.js";
import type { CreateEndpointConfigRequest, CreateModelRequest, VariantConfig } from "./models.js";

/** What an endpoint can be. @internal */
export const ENDPOINT_STATUSES = ["Creating", "InService", "Updating", "RollingBack", "Failed"] as const;

const ConfigSchema = requestSchema<CreateEndpointConfigRequest>(endpointShapes.CreateEndpointConfig);

const VariantSchema = z.object({
  config: requestSchema<VariantConfig>(variantShape),
  weight: z.number(),
  instances: z.number(),
  model: requestSchema<CreateModelRequest>(endpointShapes.CreateModel),
});

const KeptEndpointSchema = z.object({
  name: z.string(),
  arn: z.string(),
  config: ConfigSchema,
  created: dateSchema,
  changed: dateSchema,
  status: z.enum(ENDPOINT_STATUSES),
  failureReason: z.string().exactOptional(),
  next: z
    .object({
      configName: z.string(),
      production: z.array(VariantSchema).readonly(),
      shadow: z.array(VariantSchema).readonly(),
      capture: requestSchema<DataCaptureConfig>(captureShape).exactOptional(),
    })
    .exactOptional(),
  deployment: z.unknown().optional(),
  pending: z.object({ config: ConfigSchema, startedAt: dateSchema }).exactOptional(),
});

/** Endpoints as they are kept: of what serves, that which is needed to serve it again. @internal */
export const EndpointSchema: z.ZodType<Endpoint> = z.codec(KeptEndpointSchema, z.custom<Endpoint>(), {
  decode: (kept) => ({ ...kept, done: Promise.resolve() }),
  encode: ({ fleet, next = fleet, ...endpoint }) => ({ ...endpoint, ...(next === undefined ? {} : { next }) }),
});
