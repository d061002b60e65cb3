import type { AgentProfile, Halves } from './agent-profile.ts';
import { HALF, LIKENESS_WIDTH } from './likeness-vector.ts';

/** Deviations that are looked at: more change nothing and cost time. A multiple of 32. */
const MOST_DEVIATIONS = 768;

/** Added to the diagonal: how little a direction of the encoder's half may count as varying. */
const FLOOR = 0.6;

/** The same for the half of the grams, whose places are taken to vary alone. */
const GRAMS_FLOOR = 2.5;

/** Deviations that say as much as the belief, held before any are seen, that all places vary alone. */
const PRIOR_DEVIATIONS = 64;

/** Mean square of a place's deviation where no agent shows two examples; that of ten questions with one purpose. */
const USUAL_SPREADS: Halves = [0.0018, 0.0012];

/** How messages that are for the same agent vary, learned from all agents' examples together. */
export interface SharedSpread {
  /** A vector times the inverse of their covariance: its product with another says how close both are. */
  readonly weigh: (vector: Float32Array) => Float32Array;
  /** Root mean square of a place's deviation. */
  readonly deviations: Halves;
}

/** Ones of a 32-bit number. */
const ones = (bits: number): number => {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Up to MOST_DEVIATIONS of all, evenly chosen. */
const chosen = (profiles: readonly AgentProfile[]): readonly Uint8Array[] => {
  const all = profiles.flatMap(({ deviations }) => deviations);
  const count = Math.min(all.length, MOST_DEVIATIONS);
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] ?? new Uint8Array());
};

/** For each place of the encoder's half one bit a deviation, in `words` words. */
const byPlace = (deviations: readonly Uint8Array[], words: number): Uint32Array => {
  const columns = new Uint32Array(HALF * words);
  for (const [index, deviation] of deviations.entries())
    for (let place = 0; place < HALF; place += 1) {
      const at = place * words + (index >>> 5);
      const bit = ((deviation[place >>> 3] ?? 0) >>> (place & 7)) & 1;
      columns[at] = (columns[at] ?? 0) | (bit << (index & 31));
    }
  return columns;
};

/** Lower half of the places' correlations as their signs show them, shrunk and floored. */
const correlations = (deviations: readonly Uint8Array[]): Float64Array => {
  const words = Math.ceil(deviations.length / 32);
  const columns = byPlace(deviations, words);
  const share = 1 / (deviations.length + PRIOR_DEVIATIONS);
  const matrix = new Float64Array(HALF * HALF);
  for (let row = 0; row < HALF; row += 1) {
    for (let column = 0; column < row; column += 1) {
      let differing = 0;
      for (let word = 0, left = row * words, right = column * words; word < words; word += 1)
        differing += ones((columns[left + word] ?? 0) ^ (columns[right + word] ?? 0));
      matrix[row * HALF + column] = (deviations.length - 2 * differing) * share;
    }
    matrix[row * HALF + row] = 1 + FLOOR;
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
  for (let row = 0; row < HALF; row += 1) {
    const rowAt = row * HALF;
    for (let column = 0; column <= row; column += 1) {
      const columnAt = column * HALF;
      const rest = (matrix[rowAt + column] ?? 0) - product(matrix, rowAt, matrix, columnAt, column);
      matrix[rowAt + column] = column === row ? Math.sqrt(rest) : rest / (matrix[columnAt + column] ?? 1);
    }
  }
};

/** Solves for the vector that the factorised matrix makes `vector` of. */
const solve = (factor: Float64Array, vector: Float32Array): Float64Array => {
  const solved = new Float64Array(HALF);
  for (let row = 0; row < HALF; row += 1) {
    const at = row * HALF;
    solved[row] = ((vector[row] ?? 0) - product(factor, at, solved, 0, row)) / (factor[at + row] ?? 1);
  }
  for (let row = HALF - 1; row >= 0; row -= 1) {
    const at = row * HALF;
    const x = (solved[row] ?? 0) / (factor[at + row] ?? 1);
    solved[row] = x;
    for (let column = 0; column < row; column += 1)
      solved[column] = (solved[column] ?? 0) - x * (factor[at + column] ?? 0);
  }
  return solved;
};

const meanSpreads = (profiles: readonly AgentProfile[]): Halves => {
  const shown = profiles.filter(({ deviations }) => deviations.length > 0);
  const mean = (half: 0 | 1): number => shown.reduce((sum, { spreads }) => sum + spreads[half], 0) / shown.length;
  const [encoder, grams] = [mean(0), mean(1)];
  // Examples that are all the same say nothing of how others vary.
  return [encoder > 0 ? encoder : USUAL_SPREADS[0], grams > 0 ? grams : USUAL_SPREADS[1]];
};

/** The spread that agents' examples have in common: linear discriminant analysis without training. */
export const sharedSpread = (profiles: readonly AgentProfile[]): SharedSpread => {
  const factor = correlations(chosen(profiles));
  factorise(factor);
  const [encoder, grams] = meanSpreads(profiles);
  return {
    deviations: [Math.sqrt(encoder), Math.sqrt(grams)],
    weigh: (vector) => {
      const weighed = new Float32Array(LIKENESS_WIDTH);
      weighed.set(solve(factor, vector).map((x) => x / encoder));
      const scale = 1 / (grams * (1 + GRAMS_FLOOR));
      weighed.set(
        vector.subarray(HALF).map((x) => x * scale),
        HALF,
      );
      return weighed;
    },
  };
};
