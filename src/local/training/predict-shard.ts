import type { ConvolutionLayer } from "./architecture.js";
import type { ShardBuffers } from "./memory-plan.js";
import { addressOf, type BoundNetwork, buffersOf, lastOutput } from "./network.js";
import { RECIPE } from "./recipe.js";

/**
 * Predicts the images in a shard's input; the probabilities land in the shard.
 *
 * @param network - The network.
 * @param shard - The shard's buffers.
 * @param count - Images in it.
 * @param mode - `train` normalises by the shard's own statistics, `evaluate` by the running ones.
 * @internal
 */
export function predictShard(
  network: BoundNetwork,
  shard: ShardBuffers,
  count: number,
  mode: "train" | "evaluate",
): void {
  const { kernels, layout, plan } = network;
  if (count === 0) return;
  const run = (layer: ConvolutionLayer, x: number, skip: number, relu: 0 | 1): number => {
    const { z, activation } = buffersOf(shard, layer);
    const { output, channels } = layer;
    const { height, width } = output;
    convolve(network, layer, x, z, count);
    const offset = channels.start * 4;
    const statistics = mode === "train" ? shard : { mean: plan.runningMean, variance: plan.runningVariance };
    if (mode === "train") {
      kernels.measure(z, count, height, width, output.channels, shard.mean + offset, shard.variance + offset);
    }
    kernels.fold(
      statistics.mean + offset,
      statistics.variance + offset,
      addressOf(plan.parameters, layer.gamma),
      addressOf(plan.parameters, layer.beta),
      output.channels,
      RECIPE.normEpsilon,
      shard.scale + offset,
      shard.shift + offset,
    );
    const scale = shard.scale + offset;
    const shift = shard.shift + offset;
    kernels.normalize(z, scale, shift, skip, activation, count, height, width, output.channels, relu);
    return activation;
  };

  let x = run(layout.stem, shard.input, 0, 1);
  for (const { first, second, shortcut } of layout.blocks) {
    const inner = run(first, x, 0, 1);
    const skip = shortcut ? run(shortcut, x, 0, 0) : x;
    x = run(second, inner, skip, 1);
  }
  const { height, width, channels } = lastOutput(layout);
  kernels.pool(x, count, height, width, channels, shard.features);
  const weights = addressOf(plan.parameters, layout.linear);
  const bias = addressOf(plan.parameters, layout.bias);
  kernels.predict(shard.features, weights, bias, count, channels, layout.architecture.classes, shard.probabilities);
}

function convolve({ kernels, plan }: BoundNetwork, layer: ConvolutionLayer, x: number, z: number, count: number): void {
  const { input, output, kernel, stride, padding } = layer;
  kernels.convolve(
    x,
    addressOf(plan.parameters, layer.weights),
    z,
    count,
    input.height,
    input.width,
    input.channels,
    output.height,
    output.width,
    output.channels,
    kernel,
    stride,
    padding,
  );
}
