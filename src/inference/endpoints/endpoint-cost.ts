import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { CostEstimate } from "../../core/training-record.js";

/** When the prices were collected. */
const PRICES_AS_OF = "2026-11";

/** US dollars an hour, us-east-1 on demand, as most public sources of 2026-11 have them: no price list of AWS. */
const ENDPOINT_PRICES: Readonly<Record<string, number>> = {
  "ml.m5.xlarge": 0.23,
  "ml.g4dn.xlarge": 0.7364,
  "ml.g5.xlarge": 1.408,
  "ml.g5.2xlarge": 1.515,
  "ml.p3.2xlarge": 3.825,
};

/** Options of {@link estimateEndpointCost}. */
export interface EstimateEndpointCostOptions {
  /** Kind of machine. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Hours that it is in service. */
  readonly hours: number;
  /** US dollars an hour by instance type; go before the built-in ones. */
  readonly prices?: Readonly<Record<string, number>>;
  /** Date of those prices, for the answer's `priceSource`. */
  readonly pricesAsOf?: string;
}

/** @internal */
export const pricesSchema = z.record(z.string().min(1), z.number().min(0)).default({});

const OptionsSchema = z.strictObject({
  instanceType: z.string().min(1).default("ml.m5.xlarge"),
  instanceCount: z.int().min(1).default(1),
  hours: z.number().min(0),
  prices: pricesSchema,
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
  const own = Object.hasOwn(prices, instanceType) ? prices[instanceType] : undefined;
  const usdPerHour = own ?? (Object.hasOwn(ENDPOINT_PRICES, instanceType) ? ENDPOINT_PRICES[instanceType] : undefined);
  if (usdPerHour === undefined) return undefined;
  const given = pricesAsOf === undefined ? "given by the caller" : `given by the caller, ${pricesAsOf}`;
  return {
    usd: hours * usdPerHour * instanceCount,
    usdPerHour,
    instanceType,
    instanceCount,
    seconds: hours * 3600,
    priceSource: own === undefined ? `us-east-1, on demand, ${PRICES_AS_OF}` : given,
  };
}
