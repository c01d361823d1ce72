import * as z from "zod";

/** US dollars an hour of each instance type, such as `{ "ml.p3.2xlarge": 3.825 }`. */
export type InstancePrices = Readonly<Record<string, number>>;

/** Prices of the caller. @internal */
export const pricesSchema = z.record(z.string().min(1), z.number().min(0));

/** When the built-in prices were collected. */
const PRICES_AS_OF = "2026-11";

/**
 * US dollars an hour of SageMaker, training and endpoints alike, on demand in us-east-1, as most public sources of 2026-11
 * have them. They are no price list of AWS; other regions differ.
 */
const KNOWN: InstancePrices = {
  "ml.m5.xlarge": 0.23,
  "ml.p2.xlarge": 1.125,
  "ml.p3.2xlarge": 3.825,
  "ml.g4dn.xlarge": 0.7364,
  "ml.g5.xlarge": 1.408,
  "ml.g5.2xlarge": 1.515,
};

/**
 * Finds the price of an instance type.
 *
 * @param instanceType - The instance type.
 * @param prices - Prices of the caller, which go before the built-in ones.
 * @param pricesAsOf - Date of the caller's prices.
 * @returns The price of an hour and where it is from; `undefined` where it is not known.
 * @internal
 */
export function findPrice(
  instanceType: string,
  prices: InstancePrices,
  pricesAsOf?: string,
): { readonly usdPerHour: number; readonly priceSource: string } | undefined {
  const own = Object.hasOwn(prices, instanceType) ? prices[instanceType] : undefined;
  const usdPerHour = own ?? (Object.hasOwn(KNOWN, instanceType) ? KNOWN[instanceType] : undefined);
  if (usdPerHour === undefined) return undefined;
  if (own === undefined) return { usdPerHour, priceSource: `us-east-1, on demand, ${PRICES_AS_OF}` };
  return {
    usdPerHour,
    priceSource: ["given by the caller", ...(pricesAsOf === undefined ? [] : [pricesAsOf])].join(", "),
  };
}
