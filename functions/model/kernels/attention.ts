import { exponential } from './exponential';
import { laneSum } from './rows';

// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Softmax of `count` scores in place, unnormalised; room up to a multiple of four. Returns 1 / their sum. */
function softmax(scores: usize, count: i32): f32 {
  const whole = (<usize>count + 3) & ~3;
  for (let j = <usize>count; j < whole; j++) store<f32>(scores + (j << 2), <f32>-1e30);
  let peaks = v128.load(scores);
  for (let j: usize = 16; j < whole << 2; j += 16) peaks = f32x4.pmax(peaks, v128.load(scores + j));
  const peak = f32x4.splat(
    max<f32>(
      max<f32>(f32x4.extract_lane(peaks, 0), f32x4.extract_lane(peaks, 1)),
      max<f32>(f32x4.extract_lane(peaks, 2), f32x4.extract_lane(peaks, 3)),
    ),
  );
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < whole << 2; j += 16) {
    const e = exponential(f32x4.sub(v128.load(scores + j), peak));
    v128.store(scores + j, e);
    sum = f32x4.add(sum, e);
  }
  return <f32>1 / laneSum(sum);
}

function scoreKeys(query: usize, keys: usize, stride: usize, count: i32, size: usize, factor: f32, scores: usize): void {
  for (let j = 0; j < count; j += 4) {
    const k0 = keys + <usize>j * stride, k1 = k0 + stride, k2 = k1 + stride, k3 = k2 + stride;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let c: usize = 0; c < size; c += 16) {
      const q = v128.load(query + c);
      s0 = f32x4.add(s0, f32x4.mul(q, v128.load(k0 + c)));
      s1 = f32x4.add(s1, f32x4.mul(q, v128.load(k1 + c)));
      s2 = f32x4.add(s2, f32x4.mul(q, v128.load(k2 + c)));
      s3 = f32x4.add(s3, f32x4.mul(q, v128.load(k3 + c)));
    }
    v128.store(scores + (<usize>j << 2), f32x4.mul(sums(s0, s1, s2, s3), f32x4.splat(factor)));
  }
}

function mixValues(scores: usize, values: usize, stride: usize, count: i32, size: usize, factor: f32, out: usize): void {
  const f = f32x4.splat(factor);
  for (let c: usize = 0; c < size; c += 128) {
    let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0, r6 = r0, r7 = r0;
    let v = values + c;
    for (let j = 0; j < count; j++) {
      const p = v128.load32_splat(scores + (<usize>j << 2));
      r0 = f32x4.add(r0, f32x4.mul(p, v128.load(v)));
      r1 = f32x4.add(r1, f32x4.mul(p, v128.load(v, 16)));
      r2 = f32x4.add(r2, f32x4.mul(p, v128.load(v, 32)));
      r3 = f32x4.add(r3, f32x4.mul(p, v128.load(v, 48)));
      r4 = f32x4.add(r4, f32x4.mul(p, v128.load(v, 64)));
      r5 = f32x4.add(r5, f32x4.mul(p, v128.load(v, 80)));
      r6 = f32x4.add(r6, f32x4.mul(p, v128.load(v, 96)));
      r7 = f32x4.add(r7, f32x4.mul(p, v128.load(v, 112)));
      v += stride;
    }
    const o = out + c;
    v128.store(o, f32x4.mul(r0, f));
    v128.store(o, f32x4.mul(r1, f), 16);
    v128.store(o, f32x4.mul(r2, f), 32);
    v128.store(o, f32x4.mul(r3, f), 48);
    v128.store(o, f32x4.mul(r4, f), 64);
    v128.store(o, f32x4.mul(r5, f), 80);
    v128.store(o, f32x4.mul(r6, f), 96);
    v128.store(o, f32x4.mul(r7, f), 112);
  }
}

/**
 * Softmax attention of `queryCount` rows over `count` rows of keys and values. Strides are in bytes, `headWidth` a
 * multiple of 32; rows of keys up to the next multiple of four must exist. `out` has rows of heads · headWidth.
 */
export function attend(
  queries: usize, queryStride: usize, queryCount: i32, keys: usize, values: usize, stride: usize, count: i32,
  heads: i32, headWidth: i32, scores: usize, out: usize,
): void {
  const size = <usize>headWidth << 2;
  const outStride = size * <usize>heads;
  const factor: f32 = <f32>1 / sqrt<f32>(<f32>headWidth);
  for (let head: usize = 0; head < <usize>heads; head++) {
    const at = head * size;
    for (let i: usize = 0; i < <usize>queryCount; i++) {
      scoreKeys(queries + i * queryStride + at, keys + at, stride, count, size, factor, scores);
      const share = softmax(scores, count);
      mixValues(scores, values + at, stride, count, size, share, out + i * outStride + at);
    }
  }
}
