import { describe, expect, it } from "vitest";
import { layOutNetwork, type Slice } from "../../../src/local/training/architecture.js";
import { backpropagateShard } from "../../../src/local/training/backpropagate-shard.js";
import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { addressOf } from "../../../src/local/training/network.js";
import { predictShard } from "../../../src/local/training/predict-shard.js";
import { createSequence } from "../../../src/local/training/random.js";
import { loadImage, UPRIGHT } from "../../../src/local/training/shard-input.js";
import { turnAllWeights } from "../../../src/local/training/update-weights.js";
import { writeInitialWeights, writeInputScale } from "../../../src/local/training/write-memory.js";

const COUNT = 6;
const SMOOTHING = 0.1;

/** A small network with every kind of layer, on odd image sizes, with random images. */
function createTinyNetwork() {
  const layout = layOutNetwork({ widths: [8, 16, 16], imageShape: { height: 13, width: 10 }, classes: 3 });
  const needs = { layout, shards: 1, shardSize: COUNT, trainCount: COUNT, validationCount: 0, forTraining: true };
  const plan = planMemory(needs);
  const memory = createMemory(plan.size);
  const bytes = memory.buffer;
  const network = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
  const next = createSequence(7);
  const pixels = new Uint8Array(bytes, plan.trainPixels, COUNT * 13 * 10 * 3);
  for (let index = 0; index < pixels.length; index++) pixels[index] = Math.floor(next() * 256);
  new Uint32Array(bytes, plan.trainLabels, COUNT).set([0, 1, 2, 2, 1, 0]);
  writeInputScale(network, { mean: [0.5, 0.5, 0.5], deviation: [0.3, 0.3, 0.3] });
  writeInitialWeights(network, 3);
  // A linear layer of 0.01 lets hardly any gradient through; larger weights make the comparison sharp.
  const linear = new Float32Array(bytes, addressOf(plan.parameters, layout.linear), layout.linear.length);
  for (let index = 0; index < linear.length; index++) linear[index] = next() - 0.5;
  turnAllWeights(network);
  const [shard] = plan.shards;
  if (shard === undefined) throw new Error("no shard");
  const source = { pixels: plan.trainPixels, labels: plan.trainLabels };
  for (let slot = 0; slot < COUNT; slot++) loadImage(network, shard, slot, source, slot, UPRIGHT);
  return { network, shard, layout, plan, bytes };
}

describe("the gradients", () => {
  it("agree with finite differences in every tensor of the network", () => {
    const { network, shard, layout, plan, bytes } = createTinyNetwork();
    const labels = new Int32Array(bytes, shard.labels, COUNT);
    const measureLoss = () => {
      predictShard(network, shard, COUNT, "train");
      const probabilities = new Float32Array(bytes, shard.probabilities, COUNT * 3);
      let loss = 0;
      for (let image = 0; image < COUNT; image++)
        for (let k = 0; k < 3; k++) {
          const target = SMOOTHING / 3 + (labels[image] === k ? 1 - SMOOTHING : 0);
          loss -= target * Math.log(probabilities[image * 3 + k] ?? 0);
        }
      return loss / COUNT;
    };
    const loss = measureLoss();
    new Float32Array(bytes, shard.gradient, layout.parameters).fill(0);
    expect(backpropagateShard(network, shard, COUNT, 1 / COUNT) / COUNT).toBeCloseTo(loss, 5);
    const gradient = new Float32Array(bytes, shard.gradient, layout.parameters).slice();
    const parameters = new Float32Array(bytes, plan.parameters, layout.parameters);

    const tensors: Record<string, Slice> = { linear: layout.linear, bias: layout.bias };
    for (const { index, weights, gamma, beta } of layout.layers) {
      Object.assign(tensors, { [`${index} weights`]: weights, [`${index} gamma`]: gamma, [`${index} beta`]: beta });
    }
    const next = createSequence(11);
    for (const [name, slice] of Object.entries(tensors)) {
      // A direction in the whole tensor: its difference quotient is large against float32 rounding and ReLU corners.
      const own = gradient.subarray(slice.start, slice.start + slice.length);
      const norm = Math.hypot(...own);
      expect(norm, name).toBeGreaterThan(1e-4);
      const direction = [...own].map((value) => value / norm + (next() - 0.5) * (0.5 / Math.sqrt(slice.length)));
      const expected = direction.reduce((sum, value, index) => sum + value * (own[index] ?? 0), 0);
      const shift = (step: number) => {
        for (const [index, value] of direction.entries()) {
          parameters[slice.start + index] = (parameters[slice.start + index] ?? 0) + step * value;
        }
      };
      const step = 0.004;
      shift(step);
      const above = measureLoss();
      shift(-2 * step);
      const below = measureLoss();
      shift(step);
      const measured = (above - below) / (2 * step);
      expect(Math.abs(measured - expected) / expected, `${name}: ${measured} against ${expected}`).toBeLessThan(0.03);
    }
  });
});
