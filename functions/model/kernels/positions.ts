/** For each of 16 sets of four lanes: the lanes in it, as 16-bit numbers one after the other. */
const LANES = memory.data<u64>([
  0x0, 0x0, 0x1, 0x1_0000, 0x2, 0x2_0000, 0x2_0001, 0x2_0001_0000,
  0x3, 0x3_0000, 0x3_0001, 0x3_0001_0000, 0x3_0002, 0x3_0002_0000, 0x3_0002_0001, 0x3_0002_0001_0000,
]);

/**
 * Writes the positions k (16 bits each) of a row at which x[k] + factor · slack[k] > 0, and returns their number.
 * Without branches: which they are is hard to foresee. Writes up to three places beyond the last.
 */
// @ts-ignore: decorator
@inline
export function listPositive(x: usize, width: usize, factor: f32, slack: usize, list: usize): usize {
  const zero = f32x4.splat(0), factors = f32x4.splat(factor);
  let to = list;
  let base: u64 = 0;
  for (let k: usize = 0; k < width << 2; k += 16) {
    const most = f32x4.add(v128.load(x + k), f32x4.mul(factors, v128.load(slack + k)));
    const lanes = i32x4.bitmask(f32x4.gt(most, zero));
    store<u64>(to, load<u64>(LANES + (<usize>lanes << 3)) + base);
    to += <usize>popcnt(lanes) << 1;
    base += 0x0004_0004_0004_0004;
  }
  return (to - list) >> 1;
}
