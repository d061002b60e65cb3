import { DIRECTIONS, type LikenessTable } from './likeness-table.ts';
import { mixed, type TextGrams } from './text-grams.ts';

/** Places of each half of a vector: the encoder's, then those of the text's grams; a power of two. */
export const HALF = DIRECTIONS;

/** Length of the vectors that messages and agents are compared by. */
export const LIKENESS_WIDTH = 2 * HALF;

/** Length of the half that says what a text consists of, beside the encoder's. */
const GRAMS_LENGTH = 0.6;

/** Signs that a half's places are turned by before they are mixed. */
const SIGNS = Float32Array.from({ length: HALF }, (_, index) => (mixed(index + 1) & 1 ? 1 : -1) / Math.sqrt(HALF));

/** A text's grams, hashed with a sign into places, of fixed length. */
const gramPlaces = ({ words, pieces }: TextGrams): Float32Array => {
  const places = new Float32Array(HALF);
  for (const gram of [...words, ...pieces]) {
    const at = gram % HALF;
    places[at] = (places[at] ?? 0) + (gram & 0x80000000 ? 1 : -1);
  }
  const length = Math.sqrt(places.reduce((sum, x) => sum + x * x, 0));
  return length === 0 ? places : places.map((x) => (x * GRAMS_LENGTH) / length);
};

/** Walsh–Hadamard rotation of one half: every place of the result holds something of all. */
const rotated = (half: Float32Array): Float32Array => {
  const vector = half.map((x, index) => x * (SIGNS[index] ?? 0));
  for (let step = 1; step < HALF; step *= 2)
    for (let start = 0; start < HALF; start += 2 * step)
      for (let at = start; at < start + step; at += 1) {
        const [left, right] = [vector[at] ?? 0, vector[at + step] ?? 0];
        vector[at] = left + right;
        vector[at + step] = left - right;
      }
  return vector;
};

/**
 * What a text is compared by: its encoder vector, reduced, beside its grams, hashed. Each half is rotated, so that all its
 * places vary alike and few bits hold each; the products of two vectors are what they were before.
 */
export const likenessVector = (table: LikenessTable, encoded: Float32Array, grams: TextGrams): Float32Array => {
  const vector = new Float32Array(LIKENESS_WIDTH);
  vector.set(rotated(table.reduce(encoded)));
  vector.set(rotated(gramPlaces(grams)), HALF);
  return vector;
};
