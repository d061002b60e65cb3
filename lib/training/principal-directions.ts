import { chanceFrom } from './seeded-chance.ts';

/** Rounds of subspace iteration: what matters is which space the directions span, and that settles early. */
const ROUNDS = 12;

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
};

const addScaled = (to: Float64Array, scale: number, from: ArrayLike<number>): void => {
  for (let index = 0; index < to.length; index += 1) to[index] = (to[index] ?? 0) + scale * (from[index] ?? 0);
};

/** Gram–Schmidt, in place. */
const orthonormalise = (directions: readonly Float64Array[]): void => {
  for (const [index, direction] of directions.entries()) {
    for (const earlier of directions.slice(0, index)) addScaled(direction, -dot(direction, earlier), earlier);
    const length = Math.sqrt(dot(direction, direction));
    direction.forEach((x, place) => {
      direction[place] = x / length;
    });
  }
};

const covarianceOf = (vectors: readonly Float32Array[], mean: Float64Array): readonly Float64Array[] => {
  const rows = Array.from(mean, () => new Float64Array(mean.length));
  for (const vector of vectors) {
    const centred = Float64Array.from(mean, (x, place) => (vector[place] ?? 0) - x);
    for (const [place, row] of rows.entries()) addScaled(row, (centred[place] ?? 0) / vectors.length, centred);
  }
  return rows;
};

/** The mean of some vectors, and orthonormal directions in which they vary most; the same for the same vectors. */
export const principalDirections = (
  vectors: readonly Float32Array[],
  count: number,
): { readonly mean: Float64Array; readonly directions: readonly Float64Array[] } => {
  const mean = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) addScaled(mean, 1 / vectors.length, vector);
  const covariance = covarianceOf(vectors, mean);
  const chance = chanceFrom(1);
  let directions = Array.from({ length: count }, () => mean.map(() => chance() - 0.5));
  orthonormalise(directions);
  for (let round = 0; round < ROUNDS; round += 1) {
    directions = directions.map((direction) => Float64Array.from(covariance, (row) => dot(row, direction)));
    orthonormalise(directions);
  }
  return { mean, directions };
};
