/** What is done to whole rows of floats. Widths are multiples of 16. */

// @ts-ignore: decorator
@inline
export function laneSum(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** out[t] = 2 · embedding of ids[t] + timing[t]. */
export function embed(ids: usize, rows: i32, table: usize, scales: usize, timing: usize, out: usize, width: i32): void {
  for (let t = 0; t < rows; t++) {
    const id = load<i32>(ids + (<usize>t << 2));
    const from = table + <usize>(id * width);
    const scale = f32x4.splat(2 * load<f32>(scales + (<usize>id << 2)));
    const at = <usize>(t * width) << 2;
    for (let k: usize = 0; k < <usize>width; k += 8) {
      const w = v128.load_ext<i8>(from + k);
      const o = at + (k << 2);
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(w));
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(w));
      v128.store(out + o, f32x4.add(f32x4.mul(low, scale), v128.load(timing + o)));
      v128.store(out + o, f32x4.add(f32x4.mul(high, scale), v128.load(timing + o, 16)), 16);
    }
  }
}

/** Each row less its mean, over its deviation, times gain plus shift. */
export function layerNorm(x: usize, gain: usize, shift: usize, out: usize, rows: i32, width: i32): void {
  const size = <usize>width << 2;
  const part: f32 = <f32>1 / <f32>width;
  for (let t = 0; t < rows; t++) {
    const from = x + <usize>t * size;
    const to = out + <usize>t * size;
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < size; k += 16) sum = f32x4.add(sum, v128.load(from + k));
    const mean = f32x4.splat(laneSum(sum) * part);
    let squares = f32x4.splat(0);
    for (let k: usize = 0; k < size; k += 16) {
      const c = f32x4.sub(v128.load(from + k), mean);
      squares = f32x4.add(squares, f32x4.mul(c, c));
    }
    const factor = f32x4.splat(<f32>1 / sqrt<f32>(laneSum(squares) * part + <f32>1e-6));
    for (let k: usize = 0; k < size; k += 16) {
      const c = f32x4.mul(f32x4.sub(v128.load(from + k), mean), factor);
      v128.store(to + k, f32x4.add(f32x4.mul(c, v128.load(gain + k)), v128.load(shift + k)));
    }
  }
}

/** a += b, element by element. */
export function add(a: usize, b: usize, count: i32): void {
  for (let k: usize = 0; k < <usize>count << 2; k += 16) v128.store(a + k, f32x4.add(v128.load(a + k), v128.load(b + k)));
}

/** The mean of the rows. */
export function meanRow(x: usize, rows: i32, width: i32, out: usize): void {
  const size = <usize>width << 2;
  const part = f32x4.splat(<f32>1 / <f32>rows);
  for (let k: usize = 0; k < size; k += 16) {
    let sum = f32x4.splat(0);
    let from = x + k;
    for (let t = 0; t < rows; t++) {
      sum = f32x4.add(sum, v128.load(from));
      from += size;
    }
    v128.store(out + k, f32x4.mul(sum, part));
  }
}
