import type { Block, ConvolutionLayer, NetworkLayout, Slice } from "./architecture.js";
import type { Kernels } from "./kernel-binding.js";
import type { LayerBuffers, MemoryPlan, ShardBuffers } from "./memory-plan.js";
import { RECIPE } from "./recipe.js";

/** A network in a memory, ready to compute. @internal */
export interface BoundNetwork {
  readonly kernels: Kernels;
  readonly layout: NetworkLayout;
  readonly plan: MemoryPlan;
  /** The memory's bytes; it never grows, so views stay valid. */
  readonly bytes: SharedArrayBuffer;
}

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

/**
 * Computes the gradient of all parameters for the images that {@link predictShard} has just predicted in mode `train`.
 *
 * @param network - The network.
 * @param shard - The shard's buffers, with its labels.
 * @param count - Images in it.
 * @param share - Weight of each image, one over the batch's size.
 * @returns The summed loss of the images.
 * @internal
 */
export function backpropagateShard(network: BoundNetwork, shard: ShardBuffers, count: number, share: number): number {
  const { kernels, layout, plan } = network;
  if (count === 0) return 0;
  const { classes } = layout.architecture;
  const { height, width, channels } = lastOutput(layout);
  const loss = kernels.predictGradient(
    shard.probabilities,
    shard.labels,
    shard.features,
    addressOf(plan.parameters, layout.linear),
    count,
    channels,
    classes,
    RECIPE.labelSmoothing,
    share,
    addressOf(shard.gradient, layout.linear),
    addressOf(shard.gradient, layout.bias),
    shard.dFeatures,
  );
  const last = layout.blocks.at(-1);
  if (last) {
    kernels.poolGradient(shard.dFeatures, count, height, width, channels, buffersOf(shard, last.second).dActivation);
  }
  for (let index = layout.blocks.length - 1; index >= 0; index--) {
    const block = layout.blocks[index];
    const previous = index > 0 ? layout.blocks[index - 1]?.second : layout.stem;
    if (block && previous) backpropagateBlock(network, shard, block, buffersOf(shard, previous), count);
  }
  mask(network, shard, layout.stem, count);
  backpropagateLayer(network, shard, layout.stem, shard.input, count);
  return loss;
}

function backpropagateBlock(
  network: BoundNetwork,
  shard: ShardBuffers,
  { first, second, shortcut }: Block,
  input: LayerBuffers,
  count: number,
): void {
  const { kernels } = network;
  mask(network, shard, second, count);
  const dOutput = buffersOf(shard, second).dActivation;
  const inner = buffersOf(shard, first);
  backpropagateLayer(network, shard, second, inner.activation, count);
  inputGradient(network, shard, second, inner.dActivation, count, 0);
  mask(network, shard, first, count);
  backpropagateLayer(network, shard, first, input.activation, count);
  inputGradient(network, shard, first, input.dActivation, count, 0);
  const { height, width, channels } = first.input;
  if (shortcut === undefined) {
    kernels.addTo(dOutput, input.dActivation, count, height, width, channels);
    return;
  }
  backpropagateLayer(network, shard, shortcut, input.activation, count, dOutput);
  inputGradient(network, shard, shortcut, input.dActivation, count, 1);
}

/** Through normalisation and into the weights; leaves the gradient of z in the layer's `dz`. */
function backpropagateLayer(
  { kernels, plan }: BoundNetwork,
  shard: ShardBuffers,
  layer: ConvolutionLayer,
  x: number,
  count: number,
  dActivation = buffersOf(shard, layer).dActivation,
): void {
  const { input, output, kernel, stride, padding } = layer;
  const { z, dz } = buffersOf(shard, layer);
  const offset = layer.channels.start * 4;
  kernels.normalizeGradient(
    dActivation,
    z,
    shard.mean + offset,
    shard.variance + offset,
    addressOf(plan.parameters, layer.gamma),
    RECIPE.normEpsilon,
    count,
    output.height,
    output.width,
    output.channels,
    addressOf(shard.gradient, layer.gamma),
    addressOf(shard.gradient, layer.beta),
    dz,
  );
  kernels.convolveWeightGradient(
    x,
    dz,
    addressOf(shard.gradient, layer.weights),
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

function inputGradient(
  { kernels, plan }: BoundNetwork,
  shard: ShardBuffers,
  layer: ConvolutionLayer,
  dx: number,
  count: number,
  accumulate: 0 | 1,
): void {
  const { input, output, stride, kernel, padding } = layer;
  kernels.convolveInputGradient(
    buffersOf(shard, layer).dz,
    addressOf(plan.turned, layer.weights),
    dx,
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
    accumulate,
  );
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

function mask({ kernels }: BoundNetwork, shard: ShardBuffers, layer: ConvolutionLayer, count: number): void {
  const { dActivation, activation } = buffersOf(shard, layer);
  const { height, width, channels } = layer.output;
  kernels.maskGradient(dActivation, activation, count, height, width, channels);
}

function lastOutput(layout: NetworkLayout): ConvolutionLayer["output"] {
  return layout.blocks.at(-1)?.second.output ?? layout.stem.output;
}

/**
 * Byte address of a tensor.
 *
 * @param base - Where the flat array begins.
 * @param slice - The tensor's place in it.
 * @returns The address.
 * @internal
 */
export function addressOf(base: number, slice: Slice): number {
  return base + slice.start * 4;
}

function buffersOf(shard: ShardBuffers, layer: ConvolutionLayer): LayerBuffers {
  const buffers = shard.layers[layer.index];
  if (buffers === undefined) throw new Error(`layer ${layer.index} has no buffers`);
  return buffers;
}
