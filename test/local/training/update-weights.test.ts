import { describe, expect, it } from "vitest";
import { layOutNetwork, type Slice } from "../../../src/local/training/architecture.js";
import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { learningRate } from "../../../src/local/training/recipe.js";
import { updateWeights } from "../../../src/local/training/update-weights.js";
import { writeInitialWeights } from "../../../src/local/training/write-memory.js";

/** A network with two shards that have seen a batch: all statistics and gradients are made up. */
function createNetwork() {
  const layout = layOutNetwork({ widths: [8, 8, 8], imageShape: { height: 8, width: 12 }, classes: 3 });
  const plan = planMemory({ layout, shards: 2, shardSize: 3, trainCount: 5, validationCount: 0, forTraining: true });
  const memory = createMemory(plan.size);
  const bytes = memory.buffer;
  const network = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
  writeInitialWeights(network, 0);
  const view = (address: number, length: number) => new Float32Array(bytes, address, length);
  for (const [index, shard] of plan.shards.entries()) {
    view(shard.mean, layout.channels).fill(1 + index);
    view(shard.variance, layout.channels).fill(3 + index);
  }
  return { network, layout, plan, view, parameters: view(plan.parameters, layout.parameters) };
}

describe("a step of the optimiser", () => {
  it("moves the running statistics a tenth of the way to the mean of the shards, with unbiased variances", () => {
    const { network, layout, plan, view } = createNetwork();
    view(plan.runningMean, layout.channels).fill(10);
    view(plan.runningVariance, layout.channels).fill(20);
    updateWeights(network, { step: 0, steps: 10, batchSize: 5 });
    for (const { channels, output } of layout.layers) {
      const area = output.height * output.width;
      const [first, second] = [3 * area, 2 * area];
      const variance = ((3 * first) / (first - 1) + (4 * second) / (second - 1)) / 2;
      expect(view(plan.runningMean, layout.channels)[channels.start]).toBeCloseTo(0.9 * 10 + 0.1 * 1.5, 4);
      expect(view(plan.runningVariance, layout.channels)[channels.start]).toBeCloseTo(0.9 * 20 + 0.1 * variance, 4);
    }
  });

  it("leaves out the empty shard of a batch of one", () => {
    const { network, layout, plan, view } = createNetwork();
    updateWeights(network, { step: 0, steps: 10, batchSize: 1 });
    expect(view(plan.runningMean, layout.channels)[0]).toBeCloseTo(0.1, 5);
  });

  it("lets weights decay, and nothing else", () => {
    const { network, layout, parameters } = createNetwork();
    const before = parameters.slice();
    updateWeights(network, { step: 1, steps: 10, batchSize: 5 });
    const keep = 1 - learningRate(1, 10, 0.006) * 0.1;
    const expectKept = ({ start, length }: Slice, share: number) => {
      for (let index = start; index < start + length; index++)
        expect(parameters[index]).toBeCloseTo((before[index] ?? 0) * share, 6);
    };
    for (const { weights, gamma, beta } of layout.layers) {
      expectKept(weights, keep);
      expectKept(gamma, 1);
      expectKept(beta, 1);
    }
    expectKept(layout.linear, keep);
    expectKept(layout.bias, 1);
  });

  it("adds the gradients of both shards", () => {
    const { network, layout, plan, view, parameters } = createNetwork();
    const [first, second] = plan.shards;
    if (first === undefined || second === undefined) throw new Error("two shards were planned");
    const { start } = layout.bias;
    view(first.gradient, layout.parameters).set([1, -2, 1], start);
    view(second.gradient, layout.parameters).set([1, 1, -1], start);
    updateWeights(network, { step: 0, steps: 10, batchSize: 5 });
    // The first step of Adam is the learning rate against the sign of the gradient, whatever its size.
    const rate = learningRate(0, 10, 0.006);
    const [up, down, zero] = parameters.subarray(start, start + 3);
    expect(up).toBeCloseTo(-rate, 6);
    expect(down).toBeCloseTo(rate, 6);
    expect(zero).toBe(0);
  });
});
