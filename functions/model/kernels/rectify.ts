import { dot, laneSums } from './dot';
import { listPositive } from './positions';

/** Elements j0 to j3, of 32 bits, of an array. */
// @ts-ignore: decorator
@inline
function fourAt(array: usize, j0: usize, j1: usize, j2: usize, j3: usize): v128 {
  let four = v128.load32_zero(array + (j0 << 2));
  four = v128.load_lane<u32>(array + (j1 << 2), four, 1);
  four = v128.load_lane<u32>(array + (j2 << 2), four, 2);
  return v128.load_lane<u32>(array + (j3 << 2), four, 3);
}

/**
 * ReLU in place of the rows of a `linear` of one part. Only the few outputs that may be positive get what the low parts
 * of the activations add, from weights in plain rows; the others become 0. `bounds`: by how much
 * each output of that `linear` may be wrong for activations of scale 1.
 * `list`: room for six bytes an output and 32 more.
 */
export function rectify(
  x: usize, rows: usize, outputs: usize, activations: usize, scales: usize, inputs: usize,
  weights: usize, sums: usize, weightScales: usize, bounds: usize, list: usize,
): void {
  const values = list + (outputs << 1) + 16;
  for (let t: usize = 0; t < rows; t++) {
    const row = x + ((t * outputs) << 2);
    const scale = f32x4.splat(load<f32>(scales + (t << 2)));
    const low = activations + t * 2 * inputs + inputs;
    const count = listPositive(row, outputs, load<f32>(scales + (t << 2)), bounds, list);
    // Any outputs will do to fill up the last four.
    store<u64>(list + (count << 1), 0);
    for (let i: usize = 0; i < count; i += 4) {
      const at = list + (i << 1);
      const j0 = <usize>load<u16>(at), j1 = <usize>load<u16>(at, 2);
      const j2 = <usize>load<u16>(at, 4), j3 = <usize>load<u16>(at, 6);
      const r0 = weights + j0 * inputs, r1 = weights + j1 * inputs;
      const r2 = weights + j2 * inputs, r3 = weights + j3 * inputs;
      let a = i32x4.splat(0), b = a, c = a, d = a;
      for (let k: usize = 0; k < inputs; k += 16) {
        const y = v128.load(low + k);
        a = dot(v128.load(r0 + k), y, a);
        b = dot(v128.load(r1 + k), y, b);
        c = dot(v128.load(r2 + k), y, c);
        d = dot(v128.load(r3 + k), y, d);
      }
      const middles = i32x4.shl(fourAt(sums, j0, j1, j2, j3), 6);
      const more = f32x4.convert_i32x4_s(i32x4.sub(laneSums(a, b, c, d), middles));
      const factors = f32x4.mul(scale, fourAt(weightScales, j0, j1, j2, j3));
      const y = f32x4.add(fourAt(row, j0, j1, j2, j3), f32x4.mul(more, factors));
      v128.store(values + (i << 2), f32x4.pmax(f32x4.splat(0), y));
    }
    memory.fill(row, 0, outputs << 2);
    for (let i: usize = 0; i < count; i++) {
      store<f32>(row + (<usize>load<u16>(list + (i << 1)) << 2), load<f32>(values + (i << 2)));
    }
  }
}
