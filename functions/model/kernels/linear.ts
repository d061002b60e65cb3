import { dot } from './dot';

/** What stands for 0 in the high part of an activation, and the middle of the low part. */
const MIDDLE: i32 = 64;

// @ts-ignore: decorator
@inline
function put(at: usize, sum: v128, scale: v128, weightScale: v128, bias: v128): void {
  v128.store(at, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(scale, weightScale)), bias));
}

/**
 * out[t][j] = scale[t] · weightScale[j] · Σ w[j][k] · a[t][k] + bias[j], from quantised rows and packed weights.
 * With one part instead of two the low part of every activation is taken for its middle, in half the time.
 * Four rows at a time: the caller leaves room for rows up to the next multiple of four.
 * The sums fit 32 bits for up to 1024 inputs.
 */
export function linear(
  activations: usize, scales: usize, rows: usize, inputs: usize,
  weights: usize, sums: usize, weightScales: usize, biases: usize, outputs: usize, out: usize, parts: i32,
): void {
  const row = inputs << 1;
  const stride = outputs << 2;
  for (let j: usize = 0; j < outputs; j += 8) {
    const block = weights + j * inputs;
    const j4 = j << 2;
    const startA = i32x4.mul(v128.load(sums + j4), i32x4.splat(-MIDDLE));
    const startB = i32x4.mul(v128.load(sums + j4, 16), i32x4.splat(-MIDDLE));
    for (let t: usize = 0; t < rows; t += 4) {
      let a0 = startA, a1 = a0, a2 = a0, a3 = a0;
      let b0 = startB, b1 = b0, b2 = b0, b3 = b0;
      let x0 = activations + t * row;
      for (let part = 0; part < parts; part++) {
        if (part) {
          a0 = i32x4.shl(a0, 7); a1 = i32x4.shl(a1, 7); a2 = i32x4.shl(a2, 7); a3 = i32x4.shl(a3, 7);
          b0 = i32x4.shl(b0, 7); b1 = i32x4.shl(b1, 7); b2 = i32x4.shl(b2, 7); b3 = i32x4.shl(b3, 7);
        }
        const x1 = x0 + row, x2 = x1 + row, x3 = x2 + row;
        let w = block;
        for (let k: usize = 0; k < inputs; k += 4) {
          const wa = v128.load(w), wb = v128.load(w, 16);
          let x = v128.load32_splat(x0 + k);
          a0 = dot(wa, x, a0); b0 = dot(wb, x, b0);
          x = v128.load32_splat(x1 + k);
          a1 = dot(wa, x, a1); b1 = dot(wb, x, b1);
          x = v128.load32_splat(x2 + k);
          a2 = dot(wa, x, a2); b2 = dot(wb, x, b2);
          x = v128.load32_splat(x3 + k);
          a3 = dot(wa, x, a3); b3 = dot(wb, x, b3);
          w += 32;
        }
        x0 += inputs;
      }
      if (parts == 1) {
        a0 = i32x4.sub(i32x4.shl(a0, 7), startA); b0 = i32x4.sub(i32x4.shl(b0, 7), startB);
        a1 = i32x4.sub(i32x4.shl(a1, 7), startA); b1 = i32x4.sub(i32x4.shl(b1, 7), startB);
        a2 = i32x4.sub(i32x4.shl(a2, 7), startA); b2 = i32x4.sub(i32x4.shl(b2, 7), startB);
        a3 = i32x4.sub(i32x4.shl(a3, 7), startA); b3 = i32x4.sub(i32x4.shl(b3, 7), startB);
      }
      const scaleA = v128.load(weightScales + j4), scaleB = v128.load(weightScales + j4, 16);
      const biasA = v128.load(biases + j4), biasB = v128.load(biases + j4, 16);
      const s = scales + (t << 2);
      let o = out + t * stride + j4;
      let scale = v128.load32_splat(s);
      put(o, a0, scale, scaleA, biasA); put(o + 16, b0, scale, scaleB, biasB);
      o += stride; scale = v128.load32_splat(s, 4);
      put(o, a1, scale, scaleA, biasA); put(o + 16, b1, scale, scaleB, biasB);
      o += stride; scale = v128.load32_splat(s, 8);
      put(o, a2, scale, scaleA, biasA); put(o + 16, b2, scale, scaleB, biasB);
      o += stride; scale = v128.load32_splat(s, 12);
      put(o, a3, scale, scaleA, biasA); put(o + 16, b3, scale, scaleB, biasB);
    }
  }
}
