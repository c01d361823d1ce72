/** When the prices were collected. @internal */
export const PRICES_AS_OF = "2026-11";

/**
 * US dollars an hour of SageMaker training on demand in us-east-1, as most public sources of 2026-11 have them. They are
 * no price list of AWS; other regions differ. Pass your own where they matter.
 *
 * @internal
 */
export const TRAINING_PRICES: Readonly<Record<string, number>> = {
  "ml.p3.2xlarge": 3.825,
  "ml.p2.xlarge": 1.125,
  "ml.g4dn.xlarge": 0.7364,
  "ml.g5.xlarge": 1.408,
  "ml.g5.2xlarge": 1.515,
};
