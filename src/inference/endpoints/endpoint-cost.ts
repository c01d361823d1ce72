import * as z from "zod";
import { findPrice, type InstancePrices, pricesSchema } from "../../core/instance-prices.js";
import { parseOptions } from "../../core/options.js";
import type { CostEstimate } from "../../core/training-record.js";

/** Options of {@link estimateEndpointCost}. */
export interface EstimateEndpointCostOptions {
  /** Kind of machine. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Hours that it is in service. */
  readonly hours: number;
  /** US dollars an hour by instance type; go before the built-in ones. */
  readonly prices?: InstancePrices;
  /** Date of those prices, for the answer's `priceSource`. */
  readonly pricesAsOf?: string;
}

const OptionsSchema = z.strictObject({
  instanceType: z.string().min(1).default("ml.m5.xlarge"),
  instanceCount: z.int().min(1).default(1),
  hours: z.number().min(0),
  prices: pricesSchema.default({}),
  pricesAsOf: z.string().min(1).optional(),
});

/**
 * Estimates what an endpoint costs, before it is started: hours times machines times the price of an hour, used or not.
 * Storage and transfer are not counted; of serverless endpoints nothing is known.
 *
 * @param options - See {@link EstimateEndpointCostOptions}.
 * @returns The estimate; `undefined` for an instance type whose price is not known.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { estimateEndpointCost } from "scones-ml/inference";
 *
 * const cost = estimateEndpointCost({ instanceType: "ml.m5.xlarge", hours: 24 });
 * console.log(cost?.usd.toFixed(2), cost?.priceSource);
 * ```
 */
export function estimateEndpointCost(options: EstimateEndpointCostOptions): CostEstimate | undefined {
  const { instanceType, instanceCount, hours, prices, pricesAsOf } = parseOptions(
    "estimateEndpointCost",
    OptionsSchema,
    options,
  );
  const price = findPrice(instanceType, prices, pricesAsOf);
  if (price === undefined) return undefined;
  return {
    usd: hours * price.usdPerHour * instanceCount,
    ...price,
    instanceType,
    instanceCount,
    seconds: hours * 3600,
  };
}
