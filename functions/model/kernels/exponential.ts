/** e^x of four lanes by range reduction and a polynomial: only exact operations, the same bits on every machine. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.splat(-87), f32x4.pmin(f32x4.splat(88), x));
  const power = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  // ln 2 in two steps: the first has so few bits that the product is exact.
  let r = f32x4.sub(bounded, f32x4.mul(power, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(power, f32x4.splat(-2.12194440e-4)));
  // Taylor's series up to r^7 on |r| ≤ ln 2 / 2.
  let y = f32x4.splat(1.0 / 5040);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 720));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 120));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 24));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.0 / 6));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(0.5));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.relaxed_trunc_f32x4_s(power), i32x4.splat(127)), 23);
  return f32x4.mul(y, exponent);
}

/** tanh of each of `count` floats in place. */
export function hyperbolicTangent(x: usize, count: i32): void {
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  for (let k: usize = 0; k < <usize>count << 2; k += 16) {
    const e = exponential(f32x4.mul(two, v128.load(x + k)));
    v128.store(x + k, f32x4.sub(one, f32x4.div(two, f32x4.add(e, one))));
  }
}
