import type { NetworkLayout } from "./architecture.js";
import { addressOf, type BoundNetwork } from "./network.js";
import { drawNormal } from "./random.js";
import type { NetworkWeights } from "./weights-file.js";

/**
 * Writes the weights that a training starts from: Kaiming normal by fan-out for convolutions, N(0, 0.01) for the
 * linear layer, gamma 1, running variance 1.
 *
 * @param network - The network.
 * @param seed - Seed of the training.
 * @internal
 */
export function writeInitialWeights({ layout, plan, bytes }: BoundNetwork, seed: number): void {
  const view = (start: number, length: number) => new Float32Array(bytes, start, length);
  for (const { index, weights, kernel, input, output, gamma } of layout.layers) {
    const deviation = Math.sqrt(2 / (kernel * kernel * output.channels));
    const values = drawNormal(weights.length, deviation, seed, 0x696e6974, index);
    clearUnusedInput(values, layout, index, input.channels);
    view(addressOf(plan.parameters, weights), weights.length).set(values);
    view(addressOf(plan.parameters, gamma), gamma.length).fill(1);
  }
  const { linear } = layout;
  const values = drawNormal(linear.length, 0.01, seed, 0x6c696e65);
  view(addressOf(plan.parameters, linear), linear.length).set(values);
  view(plan.runningVariance, layout.channels).fill(1);
}

/** The stem's fourth input channel is always zero, so its weights have no effect; they are kept at zero. */
function clearUnusedInput(values: Float32Array, layout: NetworkLayout, index: number, channels: number): void {
  if (index !== layout.stem.index) return;
  for (let at = 0; at < values.length; at++) if (Math.floor(at / 8) % channels === channels - 1) values[at] = 0;
}

/**
 * Writes trained weights.
 *
 * @param network - The network.
 * @param weights - The weights.
 * @internal
 */
export function writeWeights({ layout, plan, bytes }: BoundNetwork, weights: NetworkWeights): void {
  new Float32Array(bytes, plan.parameters, layout.parameters).set(weights.parameters);
  new Float32Array(bytes, plan.runningMean, layout.channels).set(weights.runningMean);
  new Float32Array(bytes, plan.runningVariance, layout.channels).set(weights.runningVariance);
}

/**
 * Writes factor and summand that turn a byte into a normalised value: (x / 255 - mean) / deviation.
 *
 * @param network - The network.
 * @param statistics - Mean and standard deviation of each channel.
 * @internal
 */
export function writeInputScale(
  { plan, bytes }: BoundNetwork,
  { mean, deviation }: Pick<NetworkWeights, "mean" | "deviation">,
): void {
  new Float32Array(bytes, plan.inputFactor, 3).set(deviation.map((value) => 1 / (255 * value)));
  new Float32Array(bytes, plan.inputOffset, 3).set(mean.map((value, channel) => -value / (deviation[channel] ?? 1)));
}

/**
 * Mean and standard deviation of each channel, of values from 0 to 1. A channel that never changes gets deviation 1.
 *
 * @param pixels - RGB bytes.
 * @returns Three numbers each.
 * @internal
 */
export function measureChannels(pixels: Uint8Array): { readonly mean: number[]; readonly deviation: number[] } {
  const counts = new Float64Array(3 * 256);
  for (let index = 0; index + 2 < pixels.length; index += 3) {
    for (let channel = 0; channel < 3; channel++) {
      const place = 256 * channel + (pixels[index + channel] ?? 0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }
  const total = Math.max(1, pixels.length / 3);
  const average = (channel: number, value: (light: number) => number) =>
    counts
      .subarray(256 * channel, 256 * (channel + 1))
      .reduce((sum, count, byte) => sum + count * value(byte / 255), 0) / total;
  const mean = [0, 1, 2].map((channel) => average(channel, (light) => light));
  const deviation = mean.map((centre, channel) => Math.sqrt(average(channel, (light) => (light - centre) ** 2)));
  return { mean, deviation: deviation.map((value) => (value > 1e-6 ? value : 1)) };
}
