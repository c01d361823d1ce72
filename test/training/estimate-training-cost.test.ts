import { describe, expect, it } from "vitest";
import { estimateTrainingCost } from "../../src/training/cost/estimate-training-cost.js";

describe("the cost of a training", () => {
  it("is seconds times instances times the price of an hour, which says where it is from", () => {
    expect(estimateTrainingCost({ instanceType: "ml.p3.2xlarge", seconds: 327, instanceCount: 2 })).toEqual({
      usd: (327 / 3600) * 3.825 * 2,
      usdPerHour: 3.825,
      instanceType: "ml.p3.2xlarge",
      instanceCount: 2,
      seconds: 327,
      priceSource: "us-east-1, on demand, 2026-11",
    });
  });

  it("goes by the caller's price, and tells what spot saved", () => {
    const prices = { "ml.g4dn.2xlarge": 1 };
    const options = { instanceType: "ml.g4dn.2xlarge", seconds: 100, trainingSeconds: 500, prices };
    const cost = estimateTrainingCost(options);
    expect(cost).toMatchObject({ usdPerHour: 1, priceSource: "given by the caller" });
    expect(cost?.spotSavings).toBeCloseTo(0.8, 12);
  });

  it("is not known for an instance without a price", () => {
    expect(estimateTrainingCost({ instanceType: "ml.g4dn.2xlarge", seconds: 1 })).toBeUndefined();
    expect(estimateTrainingCost({ instanceType: "toString", seconds: 1 })).toBeUndefined();
    expect(() => estimateTrainingCost({ instanceType: "ml.p3.2xlarge", seconds: -1 })).toThrow(/seconds/);
  });
});
