import { describe, expect, it } from 'vitest';
import { principalDirections } from '../../../lib/training/principal-directions.ts';
import { chanceFrom } from '../../../lib/training/seeded-chance.ts';

/** Vectors of six places that vary much in the second and fifth, and little elsewhere. */
const vectors = (): readonly Float32Array[] => {
  const chance = chanceFrom(3);
  return Array.from({ length: 300 }, () =>
    Float32Array.from({ length: 6 }, (_, place) => 5 + (chance() - 0.5) * ([1, 4].includes(place) ? 9 : 0.1)),
  );
};

describe('principal directions', () => {
  it('span what varies most, from the mean', () => {
    const { mean, directions } = principalDirections(vectors(), 2);
    for (const x of mean) expect(Math.abs(x - 5)).toBeLessThan(0.6);
    for (const place of [1, 4])
      expect(directions.reduce((sum, direction) => sum + (direction[place] ?? 0) ** 2, 0)).toBeGreaterThan(0.99);
  });

  it('are orthonormal, and the same each time', () => {
    const { directions } = principalDirections(vectors(), 3);
    const dot = (left: Float64Array, right: Float64Array) =>
      left.reduce((sum, x, place) => sum + x * (right[place] ?? 0), 0);
    for (const [index, direction] of directions.entries())
      for (const [other, against] of directions.entries())
        expect(dot(direction, against)).toBeCloseTo(index === other ? 1 : 0, 9);
    expect(principalDirections(vectors(), 3).directions).toEqual(directions);
  });
});
