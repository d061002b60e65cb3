import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedSum, signedSums } from '../../../../functions/domain/routing/scoring/signed-sums.ts';

describe('a sum by signs', () => {
  it('adds a place where its bit is 1 and takes it away where it is 0', () => {
    const vector = Float32Array.of(1, 2, 4, 8, 16, 32, 64, 128);
    expect(signedSum(vector, Uint8Array.of(0b0000_0101))).toBe(1 + 4 - 2 - 8 - 16 - 32 - 64 - 128);
  });

  it('is the same looked up', () => {
    const vectors = fc.float32Array({
      minLength: 16,
      maxLength: 16,
      noNaN: true,
      noDefaultInfinity: true,
      min: -9,
      max: 9,
    });
    fc.assert(
      fc.property(vectors, fc.uint8Array({ minLength: 2, maxLength: 2 }), (vector, signs) => {
        expect(signedSums(vector)(signs)).toBeCloseTo(signedSum(vector, signs), 3);
      }),
    );
  });
});
