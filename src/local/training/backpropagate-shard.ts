import type { Block, ConvolutionLayer } from "./architecture.js";
import type { LayerBuffers, ShardBuffers } from "./memory-plan.js";
import { addressOf, type BoundNetwork, buffersOf, lastOutput } from "./network.js";
import { RECIPE } from "./recipe.js";

/**
 * Computes the gradient of all parameters for the images that `predictShard` has just predicted in mode `train`.
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

function mask({ kernels }: BoundNetwork, shard: ShardBuffers, layer: ConvolutionLayer, count: number): void {
  const { dActivation, activation } = buffersOf(shard, layer);
  const { height, width, channels } = layer.output;
  kernels.maskGradient(dActivation, activation, count, height, width, channels);
}
