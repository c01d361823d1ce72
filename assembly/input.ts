/* From bytes to the network's input: normalised, shifted with reflected edges, mirrored, padded to four channels. */

// @ts-ignore: decorator
@inline
function reflect(position: i32, size: i32): i32 {
  let place = position < 0 ? -position : position;
  const last = size - 1;
  if (place > last) place = 2 * last - place;
  return place < 0 ? 0 : place;
}

/** Writes one image [h][w][3] into one bordered image [h+2][w+2][4]. */
export function loadImage(
  pixels: usize, target: usize, h: i32, w: i32, shiftY: i32, shiftX: i32, mirror: i32, factor: usize, offset: usize,
): void {
  for (let y = 0; y < h; y++) {
    const source = pixels + <usize>(reflect(y + shiftY, h) * w * 3);
    for (let x = 0; x < w; x++) {
      const column = reflect((mirror ? w - 1 - x : x) + shiftX, w);
      const from = source + <usize>(column * 3);
      const to = target + (<usize>(((y + 1) * (w + 2) + x + 1) * 4) << 2);
      store<f32>(to, <f32>load<u8>(from) * load<f32>(factor) + load<f32>(offset));
      store<f32>(to, <f32>load<u8>(from, 1) * load<f32>(factor, 4) + load<f32>(offset, 4), 4);
      store<f32>(to, <f32>load<u8>(from, 2) * load<f32>(factor, 8) + load<f32>(offset, 8), 8);
    }
  }
}
