import { highBytes, lowBytes } from './bytes';
import { dot } from './dot';
import { listPositive } from './positions';

const LEVELS: f32 = 8191;

/** Columns lie apart by an odd number of cache lines: by 512 bytes, 100 of them would share an eighth of the cache. */
export const COLUMN_GAP: usize = 64;

// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Groups of four inputs: the addresses of their columns (16 bytes), then their four high and four low bytes. */
const GROUP: usize = 24;

/** Turns a list of positions in a row into groups, filled up with zeros. Returns where they end. */
function gather(x: usize, factor: f32, columns: usize, stride: usize, list: usize, count: usize, groups: usize): usize {
  let group = groups;
  for (let i: usize = 0; i < count; i++) {
    const input = <usize>load<u16>(list + (i << 1));
    const level = <i32>(load<f32>(x + (input << 2)) * factor + <f32>0.5);
    const place = i & 3;
    store<u32>(group + (place << 2), <u32>(columns + input * stride));
    store<u8>(group + place, <u8>(level >> 7), 16);
    store<u8>(group + place, <u8>(level & 127), 20);
    if (place == 3) group += GROUP;
  }
  for (let place = count & 3; place & 3; place++) {
    store<u32>(group + (place << 2), <u32>columns);
    store<u8>(group + place, 0, 16);
    store<u8>(group + place, 0, 20);
    if (place == 3) group += GROUP;
  }
  return group;
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, high: v128, low: v128, scale: v128, weightScales: usize, biases: usize): void {
  const sum = f32x4.convert_i32x4_s(i32x4.add(i32x4.shl(high, 7), low));
  const y = f32x4.add(f32x4.mul(sum, f32x4.mul(scale, v128.load(weightScales))), v128.load(biases));
  v128.store(at, f32x4.add(v128.load(at), y));
}

/**
 * out[t][j] += Σ w[j][k] · x[t][k] + bias[j] for rows without negative numbers, most of them 0 (93 of 100 after this
 * encoder's ReLU), from weights in columns. The time grows with the numbers above 0. Up to 1536 inputs, `list`: room
 * for eight bytes an input and 64 more.
 */
export function contract(
  x: usize, rows: usize, inputs: usize, columns: usize, weightScales: usize, biases: usize, outputs: usize,
  list: usize, out: usize,
): void {
  for (let t: usize = 0; t < rows; t++) {
    const row = x + ((t * inputs) << 2);
    let peaks = f32x4.splat(0);
    for (let k: usize = 0; k < inputs << 2; k += 16) peaks = f32x4.pmax(peaks, v128.load(row + k));
    const peak = max<f32>(
      max<f32>(f32x4.extract_lane(peaks, 0), f32x4.extract_lane(peaks, 1)),
      max<f32>(f32x4.extract_lane(peaks, 2), f32x4.extract_lane(peaks, 3)),
    );
    const count = listPositive(row, inputs, 0, row, list);
    const groups = list + (inputs << 1) + 16;
    const end = gather(row, peak > 0 ? LEVELS / peak : 0, columns, outputs + COLUMN_GAP, list, count, groups);
    const scale = f32x4.splat(peak / LEVELS);
    for (let j: usize = 0; j < outputs; j += 16) {
      let h0 = i32x4.splat(0), h1 = h0, h2 = h0, h3 = h0, l0 = h0, l1 = h0, l2 = h0, l3 = h0;
      for (let group = groups; group < end; group += GROUP) {
        const c0 = v128.load(<usize>load<u32>(group) + j), c1 = v128.load(<usize>load<u32>(group, 4) + j);
        const c2 = v128.load(<usize>load<u32>(group, 8) + j), c3 = v128.load(<usize>load<u32>(group, 12) + j);
        const high = v128.load32_splat(group, 16), low = v128.load32_splat(group, 20);
        let a = lowBytes(c0, c1), b = lowBytes(c2, c3);
        let w = lowPairs(a, b);
        h0 = dot(w, high, h0); l0 = dot(w, low, l0);
        w = highPairs(a, b);
        h1 = dot(w, high, h1); l1 = dot(w, low, l1);
        a = highBytes(c0, c1); b = highBytes(c2, c3);
        w = lowPairs(a, b);
        h2 = dot(w, high, h2); l2 = dot(w, low, l2);
        w = highPairs(a, b);
        h3 = dot(w, high, h3); l3 = dot(w, low, l3);
      }
      const j4 = j << 2;
      const o = out + t * (outputs << 2) + j4;
      addTo(o, h0, l0, scale, weightScales + j4, biases + j4);
      addTo(o + 16, h1, l1, scale, weightScales + j4 + 16, biases + j4 + 16);
      addTo(o + 32, h2, l2, scale, weightScales + j4 + 32, biases + j4 + 32);
      addTo(o + 48, h3, l3, scale, weightScales + j4 + 48, biases + j4 + 48);
    }
  }
}
