import type { ConvolutionLayer, NetworkLayout, Slice } from "./architecture.js";
import type { Kernels } from "./kernel-binding.js";
import type { LayerBuffers, MemoryPlan, ShardBuffers } from "./memory-plan.js";

/** A network in a memory, ready to compute. @internal */
export interface BoundNetwork {
  readonly kernels: Kernels;
  readonly layout: NetworkLayout;
  readonly plan: MemoryPlan;
  /** The memory's bytes; it never grows, so views stay valid. */
  readonly bytes: SharedArrayBuffer;
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

/**
 * Buffers of one layer in a shard.
 *
 * @param shard - The shard's buffers.
 * @param layer - The layer.
 * @returns Its buffers.
 * @internal
 */
export function buffersOf(shard: ShardBuffers, layer: ConvolutionLayer): LayerBuffers {
  const buffers = shard.layers[layer.index];
  if (buffers === undefined) throw new Error(`layer ${layer.index} has no buffers`);
  return buffers;
}

/**
 * Shape of what the last block puts out.
 *
 * @param layout - The network's layout.
 * @returns Height, width and channels.
 * @internal
 */
export function lastOutput(layout: NetworkLayout): ConvolutionLayer["output"] {
  return layout.blocks.at(-1)?.second.output ?? layout.stem.output;
}
