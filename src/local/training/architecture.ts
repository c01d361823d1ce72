/** Height and width in pixels. @internal */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** What decides the shape of a network; {@link ARCHITECTURE_LIMITS} says how far it goes. @internal */
export interface Architecture {
  /** Channels of the three stages; multiples of 8. */
  readonly widths: readonly [number, number, number];
  /** Height and width of the images. */
  readonly imageShape: Size;
  /** Number of classes. */
  readonly classes: number;
}

/** The networks that can be trained, written and read. @internal */
export const ARCHITECTURE_LIMITS = {
  /** The kernels take eight channels at a time. */
  widthStep: 8,
  maxWidth: 512,
  /** Smaller images would vanish on the way through the three halvings. */
  minSide: 8,
  maxSide: 4096,
  minClasses: 2,
  maxClasses: 10_000,
} as const;

/** A run of numbers in the flat parameter array. @internal */
export interface Slice {
  /** Index of the first number. */
  readonly start: number;
  /** How many there are. */
  readonly length: number;
}

/** One convolution with its batch normalisation. @internal */
export interface ConvolutionLayer {
  /** Place among the layers. */
  readonly index: number;
  readonly input: Size & { readonly channels: number };
  readonly output: Size & { readonly channels: number };
  /** Side of the filters in pixels. */
  readonly kernel: number;
  readonly stride: number;
  /** Pixels of padding; 0 for 1 x 1 filters. */
  readonly padding: 0 | 1;
  /** Packed `[Co/8][k*k*Ci][8]`. */
  readonly weights: Slice;
  readonly gamma: Slice;
  readonly beta: Slice;
  /** Place of its channels in the arrays that hold one number per normalised channel. */
  readonly channels: Slice;
}

/** Two convolutions and the way around them. @internal */
export interface Block {
  readonly first: ConvolutionLayer;
  readonly second: ConvolutionLayer;
  /** A 1 x 1 convolution where the shape changes; otherwise the input itself is added. */
  readonly shortcut: ConvolutionLayer | undefined;
}

/** A ResNet-8: one convolution, three blocks, a linear layer. @internal */
export interface NetworkLayout {
  readonly architecture: Architecture;
  readonly stem: ConvolutionLayer;
  readonly blocks: readonly Block[];
  /** All convolutions in order. */
  readonly layers: readonly ConvolutionLayer[];
  /** Linear weights `[channels][classes]`. */
  readonly linear: Slice;
  readonly bias: Slice;
  /** Numbers in the flat parameter array. */
  readonly parameters: number;
  /** Normalised channels of all layers together. */
  readonly channels: number;
}

/** Channels of the input as the kernels read it: red, green, blue and one that is always zero. @internal */
const INPUT_CHANNELS = 4;

/**
 * Lays a network out: sizes of all layers and places of all parameters.
 *
 * @param architecture - What decides the shape.
 * @returns The layout.
 * @internal
 */
export function layOutNetwork(architecture: Architecture): NetworkLayout {
  const layers: ConvolutionLayer[] = [];
  let parameters = 0;
  let channels = 0;
  const allot = (length: number): Slice => {
    const slice = { start: parameters, length };
    // Kernels load four numbers at once; every tensor begins at a multiple of 16 bytes.
    parameters += Math.ceil(length / 4) * 4;
    return slice;
  };
  const add = (input: ConvolutionLayer["input"], width: number, kernel: number, stride: number): ConvolutionLayer => {
    const padding = kernel === 1 ? 0 : 1;
    const shrink = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
    const layer = {
      index: layers.length,
      input,
      output: { height: shrink(input.height), width: shrink(input.width), channels: width },
      kernel,
      stride,
      padding,
      weights: allot(kernel * kernel * input.channels * width),
      gamma: allot(width),
      beta: allot(width),
      channels: { start: channels, length: width },
    } as const;
    channels += width;
    layers.push(layer);
    return layer;
  };

  const { widths, imageShape, classes } = architecture;
  const stem = add({ ...imageShape, channels: INPUT_CHANNELS }, widths[0], 4, 2);
  const blocks: Block[] = [];
  let previous = stem.output;
  for (const [stage, width] of widths.entries()) {
    const stride = stage === 0 ? 1 : 2;
    const first = add(previous, width, 3, stride);
    const second = add(first.output, width, 3, 1);
    const hasShortcut = stride !== 1 || previous.channels !== width;
    blocks.push({ first, second, shortcut: hasShortcut ? add(previous, width, 1, stride) : undefined });
    previous = second.output;
  }
  const linear = allot(widths[2] * classes);
  const bias = allot(classes);
  return { architecture, stem, blocks, layers, linear, bias, parameters, channels };
}
