import { DIRECTIONS, type LikenessTable } from './likeness-table.ts';
import { mixed, type TextGrams } from './text-grams.ts';

/** Length of the vectors that messages and agents are compared by; a power of two. */
export const LIKENESS_WIDTH = 512;

const BUCKETS = LIKENESS_WIDTH - DIRECTIONS;

/** Length of the part that says what a text consists of, beside the encoder's. */
const GRAMS_LENGTH = 0.6;

/** Signs that a vector's places are turned by before they are mixed. */
const SIGNS = Float32Array.from({ length: LIKENESS_WIDTH }, (_, index) => (mixed(index + 1) & 1 ? 1 : -1));

/** Adds a text's grams, hashed with a sign into buckets, as a part of fixed length. */
const addGrams = ({ words, pieces }: TextGrams, vector: Float32Array): void => {
  for (const gram of [...words, ...pieces]) {
    const at = DIRECTIONS + (gram % BUCKETS);
    vector[at] = (vector[at] ?? 0) + (gram & 0x80000000 ? 1 : -1);
  }
  const part = vector.subarray(DIRECTIONS);
  const length = Math.sqrt(part.reduce((sum, x) => sum + x * x, 0));
  if (length > 0)
    part.forEach((x, index) => {
      part[index] = (x * GRAMS_LENGTH) / length;
    });
};

/** Walsh–Hadamard rotation, in place: every place of the result holds something of all. */
const rotate = (vector: Float32Array): void => {
  for (let half = 1; half < LIKENESS_WIDTH; half *= 2)
    for (let start = 0; start < LIKENESS_WIDTH; start += 2 * half)
      for (let at = start; at < start + half; at += 1) {
        const [left, right] = [vector[at] ?? 0, vector[at + half] ?? 0];
        vector[at] = left + right;
        vector[at + half] = left - right;
      }
};

/**
 * What a text is compared by: its encoder vector, reduced, beside its grams, hashed. Rotated, so that all places vary
 * alike and few bits hold each; the products of two vectors are what they were before.
 */
export const likenessVector = (table: LikenessTable, encoded: Float32Array, grams: TextGrams): Float32Array => {
  const vector = new Float32Array(LIKENESS_WIDTH);
  vector.set(table.reduce(encoded));
  addGrams(grams, vector);
  const turned = vector.map((x, index) => x * (SIGNS[index] ?? 0));
  rotate(turned);
  const scale = 1 / Math.sqrt(LIKENESS_WIDTH);
  return turned.map((x) => x * scale);
};
