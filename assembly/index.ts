export { convolve, convolveInputGradient, turnWeights } from "./convolution";
export { pool, poolGradient, predict, predictGradient } from "./head";
export { loadImage } from "./input";
export { addTo, fold, maskGradient, measure, normalize, normalizeGradient } from "./normalization";
export { adamw } from "./optimizer";
export { convolveWeightGradient } from "./weight-gradient";
