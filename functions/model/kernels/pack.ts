import { highBytes, lowBytes } from './bytes';
import { COLUMN_GAP } from './contract';
import { laneSumInt } from './dot';

/** Four rows of 16 bytes as four times four bytes of each row, 32 bytes apart. */
// @ts-ignore: decorator
@inline
function packFour(source: usize, stride: usize, target: usize): void {
  const a = v128.load(source), b = v128.load(source + stride);
  const c = v128.load(source + 2 * stride), d = v128.load(source + 3 * stride);
  const lowAB = v128.shuffle<i32>(a, b, 0, 4, 1, 5), highAB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const lowCD = v128.shuffle<i32>(c, d, 0, 4, 1, 5), highCD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i32>(lowAB, lowCD, 0, 1, 4, 5));
  v128.store(target, v128.shuffle<i32>(lowAB, lowCD, 2, 3, 6, 7), 32);
  v128.store(target, v128.shuffle<i32>(highAB, highCD, 0, 1, 4, 5), 64);
  v128.store(target, v128.shuffle<i32>(highAB, highCD, 2, 3, 6, 7), 96);
}

/**
 * Re-orders a matrix of one row per output (sizes are multiples of 16) to blocks of eight outputs, so that `linear` reads it in one pass:
 * for each block, for each four inputs, eight outputs times four inputs. Also writes the sum of each row.
 */
export function packRows(source: usize, target: usize, sums: usize, outputs: usize, inputs: usize): void {
  let to = target;
  for (let block: usize = 0; block < outputs; block += 8) {
    const r0 = source + block * inputs;
    for (let k: usize = 0; k < inputs; k += 16) {
      packFour(r0 + k, inputs, to);
      packFour(r0 + 4 * inputs + k, inputs, to + 16);
      to += 128;
    }
  }
  for (let row: usize = 0; row < outputs; row++) {
    let sum = i32x4.splat(0);
    for (let k: usize = 0; k < inputs; k += 16) {
      const w = v128.load(source + row * inputs + k);
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(w)));
    }
    store<i32>(sums + (row << 2), laneSumInt(sum));
  }
}

/** Turns 16 rows of 16 bytes, one after the other at `block`, into columns; `spare`: room for as many. */
// @ts-ignore: decorator
@inline
function transpose(block: usize, spare: usize): void {
  // Each round puts the halves of the block together byte by byte, like cards: four rounds exchange rows and columns.
  for (let round = 0; round < 4; round++) {
    const from = round & 1 ? spare : block;
    const to = round & 1 ? block : spare;
    for (let i: usize = 0; i < 128; i += 16) {
      const upper = v128.load(from + i), lower = v128.load(from + i, 128);
      v128.store(to + (i << 1), lowBytes(upper, lower));
      v128.store(to + (i << 1), highBytes(upper, lower), 16);
    }
  }
}

/**
 * Writes a matrix of one row per output as one row per input, as `contract` reads it. Sizes are multiples of 16;
 * `spare`: room for 512 bytes.
 */
export function packColumns(source: usize, target: usize, outputs: usize, inputs: usize, spare: usize): void {
  const stride = outputs + COLUMN_GAP;
  for (let row: usize = 0; row < outputs; row += 16) {
    for (let k: usize = 0; k < inputs; k += 16) {
      const from = source + row * inputs + k, to = target + k * stride + row;
      for (let i: usize = 0; i < 16; i++) v128.store(spare + (i << 4), v128.load(from + i * inputs));
      transpose(spare, spare + 256);
      for (let i: usize = 0; i < 16; i++) v128.store(to + i * stride, v128.load(spare + (i << 4)));
    }
  }
}

/**
 * For each output, by how much the coarse product of `linear` may be wrong for activations of scale 1: three standard
 * deviations of Σ w · low, low being even in 0…127.
 */
export function packBounds(source: usize, weightScales: usize, target: usize, outputs: usize, inputs: usize): void {
  for (let row: usize = 0; row < outputs; row++) {
    let squares = i32x4.splat(0);
    for (let k: usize = 0; k < inputs; k += 8) {
      const w = v128.load_ext<i8>(source + row * inputs + k);
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(w, w));
    }
    const deviation = <f32>36.95 * sqrt<f32>(<f32>laneSumInt(squares));
    store<f32>(target + (row << 2), 3 * deviation * load<f32>(weightScales + (row << 2)));
  }
}
