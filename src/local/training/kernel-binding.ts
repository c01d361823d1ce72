/// <reference path="./webassembly.d.ts" />
/** The compiled functions of `assembly/`; addresses are byte offsets into the memory. @internal */
export interface Kernels {
  convolve(
    x: number,
    w: number,
    y: number,
    n: number,
    hi: number,
    wi: number,
    ci: number,
    ho: number,
    wo: number,
    co: number,
    k: number,
    stride: number,
    pad: number,
  ): void;
  convolveInputGradient(
    dy: number,
    turned: number,
    dx: number,
    n: number,
    hi: number,
    wi: number,
    ci: number,
    ho: number,
    wo: number,
    co: number,
    k: number,
    stride: number,
    pad: number,
    accumulate: number,
  ): void;
  convolveWeightGradient(
    x: number,
    dy: number,
    dw: number,
    n: number,
    hi: number,
    wi: number,
    ci: number,
    ho: number,
    wo: number,
    co: number,
    k: number,
    stride: number,
    pad: number,
  ): void;
  turnWeights(w: number, turned: number, ci: number, co: number, k: number, stride: number, pad: number): void;
  measure(z: number, n: number, h: number, w: number, c: number, mean: number, variance: number): void;
  fold(
    mean: number,
    variance: number,
    gamma: number,
    beta: number,
    c: number,
    epsilon: number,
    scale: number,
    shift: number,
  ): void;
  normalize(
    z: number,
    scale: number,
    shift: number,
    skip: number,
    y: number,
    n: number,
    h: number,
    w: number,
    c: number,
    relu: number,
  ): void;
  maskGradient(dy: number, y: number, n: number, h: number, w: number, c: number): void;
  addTo(x: number, y: number, n: number, h: number, w: number, c: number): void;
  normalizeGradient(
    dy: number,
    z: number,
    mean: number,
    variance: number,
    gamma: number,
    epsilon: number,
    n: number,
    h: number,
    w: number,
    c: number,
    dgamma: number,
    dbeta: number,
    dz: number,
  ): void;
  pool(x: number, n: number, h: number, w: number, c: number, features: number): void;
  poolGradient(dfeatures: number, n: number, h: number, w: number, c: number, dx: number): void;
  predict(
    features: number,
    weights: number,
    bias: number,
    n: number,
    c: number,
    classes: number,
    probabilities: number,
  ): void;
  predictGradient(
    probabilities: number,
    labels: number,
    features: number,
    weights: number,
    n: number,
    c: number,
    classes: number,
    smoothing: number,
    share: number,
    dweights: number,
    dbias: number,
    dfeatures: number,
  ): number;
  loadImage(
    pixels: number,
    target: number,
    h: number,
    w: number,
    shiftY: number,
    shiftX: number,
    mirror: number,
    factor: number,
    offset: number,
  ): void;
  adamw(
    weights: number,
    gradient0: number,
    gradient1: number,
    first: number,
    second: number,
    count: number,
    beta1: number,
    beta2: number,
    rate: number,
    correction2: number,
    epsilon: number,
    keep: number,
  ): void;
}

/**
 * Binds the kernels to a memory.
 *
 * @param module - The compiled kernels.
 * @param memory - The memory.
 * @returns The functions.
 * @internal
 */
export function bindKernelModule(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error("a kernel of the local trainer failed");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as Kernels;
}
