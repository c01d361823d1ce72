import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layOutNetwork, type Slice } from "../../../src/local/training/architecture.js";
import { backpropagateShard } from "../../../src/local/training/backpropagate-shard.js";
import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";
import { planMemory } from "../../../src/local/training/memory-plan.js";
import { predictShard } from "../../../src/local/training/predict-shard.js";
import { loadImage, UPRIGHT } from "../../../src/local/training/shard-input.js";
import { turnAllWeights } from "../../../src/local/training/update-weights.js";
import { writeInputScale } from "../../../src/local/training/write-memory.js";

interface Fixture {
  readonly loss: number;
  readonly probabilities: string;
  readonly gradients: readonly string[];
}

const COUNT = 6;
const fixture = JSON.parse(readFileSync(new URL("fixtures/gradients.json", import.meta.url), "utf8")) as Fixture;

function decode(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

/** The formula of make-gradients.py. */
function createFormula() {
  let drawn = 0;
  return (scale: number, centre = 0) => {
    drawn += 1;
    const fraction = Math.sin(drawn * 12.9898) * 43758.5453;
    return centre + scale * (2 * (fraction - Math.floor(fraction)) - 1);
  };
}

/** The fixture's network, with the order of its tensors and of the numbers in each. */
function createFixtureNetwork() {
  const layout = layOutNetwork({ widths: [8, 8, 16], imageShape: { height: 13, width: 10 }, classes: 3 });
  const needs = { layout, shards: 1, shardSize: COUNT, trainCount: COUNT, validationCount: 0, forTraining: true };
  const plan = planMemory(needs);
  const memory = createMemory(plan.size);
  const bytes = memory.buffer;
  const network = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
  const draw = createFormula();
  const pixels = new Uint8Array(bytes, plan.trainPixels, COUNT * 13 * 10 * 3);
  for (let index = 0; index < pixels.length; index++) pixels[index] = Math.floor(draw(127.5, 127.5));
  new Uint32Array(bytes, plan.trainLabels, COUNT).set([0, 1, 2, 2, 1, 0]);
  writeInputScale(network, { mean: [0.5, 0.5, 0.5], deviation: [0.3, 0.3, 0.3] });

  const parameters = new Float32Array(bytes, plan.parameters, layout.parameters);
  const tensors: { readonly name: string; readonly places: number[] }[] = [];
  const fill = (name: string, places: number[], scale: number, centre = 0) => {
    for (const place of places) parameters[place] = draw(scale, centre);
    tensors.push({ name, places });
  };
  const all = ({ start, length }: Slice) => Array.from({ length }, (_, index) => start + index);
  for (const { index, input, output, kernel, weights, gamma, beta } of layout.layers) {
    // The fourth channel of the stem's input is only there for the kernels.
    const inputs = index === 0 ? 3 : input.channels;
    const size = kernel * kernel * input.channels;
    const places: number[] = [];
    for (let o = 0; o < output.channels; o++)
      for (let tap = 0; tap < kernel * kernel; tap++)
        for (let i = 0; i < inputs; i++)
          places.push(weights.start + (Math.floor(o / 8) * size + tap * input.channels + i) * 8 + (o % 8));
    fill(`weights of layer ${index}`, places, Math.sqrt(3 / (kernel * kernel * inputs)));
    fill(`gamma of layer ${index}`, all(gamma), 0.3, 1);
    fill(`beta of layer ${index}`, all(beta), 0.3);
  }
  fill("linear weights", all(layout.linear), 0.5);
  fill("linear bias", all(layout.bias), 0.5);
  turnAllWeights(network);
  const [shard] = plan.shards;
  if (shard === undefined) throw new Error("no shard");
  const source = { pixels: plan.trainPixels, labels: plan.trainLabels };
  for (let slot = 0; slot < COUNT; slot++) loadImage(network, shard, slot, source, slot, UPRIGHT);
  return { network, shard, layout, bytes, tensors };
}

describe("beside PyTorch", () => {
  it("the answers, the loss and the gradient of every single parameter are the same", () => {
    const { network, shard, layout, bytes, tensors } = createFixtureNetwork();
    predictShard(network, shard, COUNT, "train");
    const probabilities = new Float32Array(bytes, shard.probabilities, COUNT * 3);
    for (const [index, expected] of decode(fixture.probabilities).entries())
      expect(probabilities[index]).toBeCloseTo(expected, 5);
    expect(backpropagateShard(network, shard, COUNT, 1 / COUNT) / COUNT).toBeCloseTo(fixture.loss, 5);

    const gradient = new Float32Array(bytes, shard.gradient, layout.parameters);
    expect(tensors).toHaveLength(fixture.gradients.length);
    for (const [index, { name, places }] of tensors.entries()) {
      const expected = decode(fixture.gradients[index] ?? "");
      expect(places, name).toHaveLength(expected.length);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, name).toBeGreaterThan(1e-4);
      const error = places.reduce(
        (most, place, at) => Math.max(most, Math.abs((gradient[place] ?? Number.NaN) - (expected[at] ?? 0))),
        0,
      );
      expect(error / largest, name).toBeLessThan(1e-4);
    }
  });
});
