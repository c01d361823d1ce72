import type { ConvolutionLayer, NetworkLayout } from "./architecture.js";

/** Byte addresses of one convolution's buffers for one shard. @internal */
export interface LayerBuffers {
  /** Output before normalisation. */
  readonly z: number;
  /** Output after normalisation, and after ReLU where the layer has one. */
  readonly activation: number;
  /** Gradient of the activation. */
  readonly dActivation: number;
  /** Gradient of z. */
  readonly dz: number;
}

/** Byte addresses of one shard's buffers. @internal */
export interface ShardBuffers {
  readonly input: number;
  readonly labels: number;
  readonly layers: readonly LayerBuffers[];
  readonly features: number;
  readonly dFeatures: number;
  readonly probabilities: number;
  /** One number per normalised channel each. */
  readonly mean: number;
  readonly variance: number;
  readonly scale: number;
  readonly shift: number;
  /** Gradient of all parameters. */
  readonly gradient: number;
}

/** Byte addresses of everything, in the kernels' memory. @internal */
export interface MemoryPlan {
  /** Words for barriers and results. */
  readonly control: number;
  readonly parameters: number;
  /** Weights turned for the input gradient, laid out as the parameters are. */
  readonly turned: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly runningMean: number;
  readonly runningVariance: number;
  /** Factor and summand that normalise the input's three channels. */
  readonly inputFactor: number;
  readonly inputOffset: number;
  readonly shards: readonly ShardBuffers[];
  /** Images of a shard at most. */
  readonly shardSize: number;
  readonly trainPixels: number;
  readonly trainLabels: number;
  readonly validationPixels: number;
  readonly validationLabels: number;
  /** Bytes of all together. */
  readonly size: number;
}

/** What there is to hold. @internal */
export interface MemoryNeeds {
  readonly layout: NetworkLayout;
  readonly shards: number;
  /** Images of a shard at most. */
  readonly shardSize: number;
  readonly trainCount: number;
  readonly validationCount: number;
  /** Whether gradients are needed. */
  readonly forTraining: boolean;
}

/** The kernels' own data lies below. */
const FIRST_ADDRESS = 65_536;
const ALIGNMENT = 64;
/** Bytes of the control words. @internal */
export const CONTROL_BYTES = 4096;

/**
 * Plans where everything lies in one linear memory.
 *
 * @param needs - What there is to hold.
 * @returns The addresses.
 * @internal
 */
export function planMemory(needs: MemoryNeeds): MemoryPlan {
  const { layout, shardSize, forTraining } = needs;
  let next = FIRST_ADDRESS;
  const bytes = (length: number): number => {
    const address = next;
    next += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return address;
  };
  const floats = (count: number) => bytes(count * 4);
  const whenTraining = (count: number) => (forTraining ? floats(count) : 0);
  const { height, width } = layout.architecture.imageShape;
  const imageBytes = height * width * 3;

  const planLayer = ({ output }: ConvolutionLayer): LayerBuffers => {
    const size = shardSize * (output.height + 2) * (output.width + 2) * output.channels;
    return {
      z: floats(size),
      activation: floats(size),
      dActivation: whenTraining(size),
      dz: whenTraining(size),
    };
  };
  const planShard = (): ShardBuffers => ({
    input: floats(shardSize * (height + 2) * (width + 2) * layout.stem.input.channels),
    labels: floats(shardSize),
    layers: layout.layers.map(planLayer),
    features: floats(shardSize * layout.architecture.widths[2]),
    dFeatures: whenTraining(shardSize * layout.architecture.widths[2]),
    probabilities: floats(shardSize * layout.architecture.classes),
    mean: floats(layout.channels),
    variance: floats(layout.channels),
    scale: floats(layout.channels),
    shift: floats(layout.channels),
    gradient: whenTraining(layout.parameters),
  });

  const plan = {
    control: bytes(CONTROL_BYTES),
    parameters: floats(layout.parameters),
    turned: whenTraining(layout.parameters),
    firstMoment: whenTraining(layout.parameters),
    secondMoment: whenTraining(layout.parameters),
    runningMean: floats(layout.channels),
    runningVariance: floats(layout.channels),
    inputFactor: floats(4),
    inputOffset: floats(4),
    shards: Array.from({ length: needs.shards }, planShard),
    shardSize,
    trainPixels: bytes(needs.trainCount * imageBytes),
    trainLabels: floats(needs.trainCount),
    validationPixels: bytes(needs.validationCount * imageBytes),
    validationLabels: floats(needs.validationCount),
  };
  return { ...plan, size: next };
}
