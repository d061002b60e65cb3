import type { AgentProfile } from './agent-profile.ts';
import { LIKENESS_WIDTH } from './likeness-vector.ts';

/** Deviations that are looked at: more change little and cost time. A multiple of 32. */
const MOST_DEVIATIONS = 1536;

/** Added to the diagonal: how little a direction may count as varying. */
const FLOOR = 0.6;

/** Deviations that say as much as the belief, held before any are seen, that all places vary alone. */
const PRIOR_DEVIATIONS = 64;

/** Mean square of a place's deviation where no agent shows two examples; that of ten questions with one purpose. */
const USUAL_SPREAD = 0.0012;

/** How messages that are for the same agent vary, learned from all agents' examples together. */
export interface SharedSpread {
  /** A vector in a space in which they vary alike in all directions, by 1. */
  readonly whiten: (vector: Float32Array) => Float32Array;
}

/** Ones of a 32-bit number. */
const ones = (bits: number): number => {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Up to MOST_DEVIATIONS of all, evenly chosen. */
const chosen = (profiles: readonly AgentProfile[]): readonly Uint32Array[] => {
  const all = profiles.flatMap(({ deviations }) => deviations);
  const count = Math.min(all.length, MOST_DEVIATIONS);
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor((index * all.length) / count)] ?? new Uint32Array(),
  );
};

/** For each place one bit a deviation, in `words` words. */
const byPlace = (deviations: readonly Uint32Array[], words: number): Uint32Array => {
  const columns = new Uint32Array(LIKENESS_WIDTH * words);
  for (const [index, deviation] of deviations.entries())
    for (let place = 0; place < LIKENESS_WIDTH; place += 1) {
      const at = place * words + (index >>> 5);
      const bit = ((deviation[place >>> 5] ?? 0) >>> (place & 31)) & 1;
      columns[at] = (columns[at] ?? 0) | (bit << (index & 31));
    }
  return columns;
};

/** Lower half of the places' correlations as their signs show them, shrunk and floored. */
const correlations = (deviations: readonly Uint32Array[]): Float64Array => {
  const words = Math.ceil(deviations.length / 32);
  const columns = byPlace(deviations, words);
  const share = 1 / (deviations.length + PRIOR_DEVIATIONS);
  const matrix = new Float64Array(LIKENESS_WIDTH * LIKENESS_WIDTH);
  for (let row = 0; row < LIKENESS_WIDTH; row += 1) {
    for (let column = 0; column < row; column += 1) {
      let differing = 0;
      for (let word = 0, left = row * words, right = column * words; word < words; word += 1)
        differing += ones((columns[left + word] ?? 0) ^ (columns[right + word] ?? 0));
      matrix[row * LIKENESS_WIDTH + column] = (deviations.length - 2 * differing) * share;
    }
    matrix[row * LIKENESS_WIDTH + row] = 1 + FLOOR;
  }
  return matrix;
};

/** Sum over `count` places of a product of two rows: two sums beside each other take less time than one. */
const product = (left: Float64Array, leftAt: number, right: Float64Array, rightAt: number, count: number): number => {
  let first = 0;
  let second = 0;
  let index = 0;
  for (; index + 1 < count; index += 2) {
    first += (left[leftAt + index] ?? 0) * (right[rightAt + index] ?? 0);
    second += (left[leftAt + index + 1] ?? 0) * (right[rightAt + index + 1] ?? 0);
  }
  if (index < count) first += (left[leftAt + index] ?? 0) * (right[rightAt + index] ?? 0);
  return first + second;
};

/** Cholesky's factor of a matrix, in its place. The floor keeps the matrix positive definite. */
const factorise = (matrix: Float64Array): void => {
  for (let row = 0; row < LIKENESS_WIDTH; row += 1) {
    const rowAt = row * LIKENESS_WIDTH;
    for (let column = 0; column <= row; column += 1) {
      const columnAt = column * LIKENESS_WIDTH;
      const rest = (matrix[rowAt + column] ?? 0) - product(matrix, rowAt, matrix, columnAt, column);
      matrix[rowAt + column] = column === row ? Math.sqrt(rest) : rest / (matrix[columnAt + column] ?? 1);
    }
  }
};

/** The spread that agents' examples have in common: linear discriminant analysis without training. */
export const sharedSpread = (profiles: readonly AgentProfile[]): SharedSpread => {
  const factor = correlations(chosen(profiles));
  factorise(factor);
  const shown = profiles.filter(({ spread }) => spread > 0);
  const spread =
    shown.length === 0 ? USUAL_SPREAD : shown.reduce((sum, profile) => sum + profile.spread, 0) / shown.length;
  const scale = 1 / Math.sqrt(spread);
  return {
    whiten: (vector) => {
      const solved = new Float64Array(LIKENESS_WIDTH);
      for (let row = 0; row < LIKENESS_WIDTH; row += 1) {
        const at = row * LIKENESS_WIDTH;
        solved[row] = ((vector[row] ?? 0) - product(factor, at, solved, 0, row)) / (factor[at + row] ?? 1);
      }
      return Float32Array.from(solved, (x) => x * scale);
    },
  };
};
