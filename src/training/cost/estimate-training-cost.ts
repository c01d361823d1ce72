import * as z from "zod";
import { findPrice, type InstancePrices, pricesSchema } from "../../core/instance-prices.js";
import { parseOptions } from "../../core/options.js";
import type { CostEstimate } from "../../core/training-record.js";

/** Options of {@link estimateTrainingCost}. */
export interface EstimateTrainingCostOptions {
  /** The instance type, such as `ml.p3.2xlarge`. */
  readonly instanceType: string;
  /** Seconds that AWS bills for each instance, or that the job is expected to take. */
  readonly seconds: number;
  /** Number of instances. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Seconds from start to end of training; with managed spot training more than the billed ones. @defaultValue as `seconds` */
  readonly trainingSeconds?: number;
  /** Prices that go before the built-in ones. @defaultValue prices of us-east-1, on demand, collected 2026-11 */
  readonly prices?: InstancePrices;
}

const OptionsSchema = z.strictObject({
  instanceType: z.string().min(1),
  seconds: z.number().min(0),
  instanceCount: z.int().min(1).default(1),
  trainingSeconds: z.number().min(0).optional(),
  prices: pricesSchema.default({}),
});

/**
 * Estimates what a training job costs: billed seconds times instances times the price of an hour. The built-in prices are
 * those of us-east-1 on demand as public sources of 2026-11 have them, not a price list of AWS; storage and transfer are
 * not counted. With managed spot training AWS bills fewer seconds, which is where the saving is.
 *
 * @param options - See {@link EstimateTrainingCostOptions}.
 * @returns The estimate; `undefined` for an instance type whose price is not known.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { estimateTrainingCost } from "scones-ml/training";
 *
 * const cost = estimateTrainingCost({ instanceType: "ml.g4dn.xlarge", seconds: 600, prices: { "ml.g4dn.xlarge": 0.8 } });
 * console.log(cost?.usd.toFixed(2), cost?.priceSource);
 * ```
 */
export function estimateTrainingCost(options: EstimateTrainingCostOptions): CostEstimate | undefined {
  const { instanceType, seconds, instanceCount, trainingSeconds, prices } = parseOptions(
    "estimateTrainingCost",
    OptionsSchema,
    options,
  );
  const price = findPrice(instanceType, prices);
  if (price === undefined) return undefined;
  // The formula is that of DescribeTrainingJob's BillableTimeInSeconds.
  const isSpot = trainingSeconds !== undefined && trainingSeconds > seconds;
  return {
    usd: (seconds / 3600) * price.usdPerHour * instanceCount,
    ...price,
    instanceType,
    instanceCount,
    seconds,
    ...(isSpot ? { spotSavings: 1 - seconds / trainingSeconds } : {}),
  };
}
