/** Activations as two parts of 7 bits: for these the relaxed dot product gives the same on every machine. */

/** Largest of the four lanes. */
// @ts-ignore: decorator
@inline
function largest(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** Four activations as whole numbers; in range by construction, so that the relaxed conversion is exact everywhere. */
// @ts-ignore: decorator
@inline
function whole(source: usize, factor: v128, offset: v128): v128 {
  return i32x4.relaxed_trunc_f32x4_s(f32x4.add(f32x4.mul(v128.load(source), factor), offset));
}

// @ts-ignore: decorator
@inline
function bytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Activations reach from -LEVELS to LEVELS; LEVELS + 1 is added, so that none is negative. */
const LEVELS: f32 = 8191;

/** Writes a row of `width` floats as its high bytes, then its low bytes (128 · high + low, 14 bits), and its scale. */
function quantiseRow(source: usize, target: usize, scale: usize, width: usize): void {
  let peaks = f32x4.splat(0);
  for (let k: usize = 0; k < width << 2; k += 16) peaks = f32x4.pmax(peaks, f32x4.abs(v128.load(source + k)));
  const peak = largest(peaks);
  store<f32>(scale, peak / LEVELS);
  const factor = f32x4.splat(peak > 0 ? LEVELS / peak : 0);
  const offset = f32x4.splat(LEVELS + 1.5);
  const low = i32x4.splat(127);
  for (let k: usize = 0; k < width; k += 16) {
    const at = source + (k << 2);
    const a = whole(at, factor, offset);
    const b = whole(at + 16, factor, offset);
    const c = whole(at + 32, factor, offset);
    const d = whole(at + 48, factor, offset);
    v128.store(target + k, bytes(i32x4.shr_s(a, 7), i32x4.shr_s(b, 7), i32x4.shr_s(c, 7), i32x4.shr_s(d, 7)));
    v128.store(target + width + k, bytes(v128.and(a, low), v128.and(b, low), v128.and(c, low), v128.and(d, low)));
  }
}

/** Quantises `rows` rows of `width` floats (a multiple of 16) to rows of 2 · width bytes. */
export function quantise(source: usize, target: usize, scales: usize, rows: usize, width: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    quantiseRow(source + row * width * 4, target + row * width * 2, scales + (row << 2), width);
  }
}
