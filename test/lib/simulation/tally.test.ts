import { describe, expect, it } from 'vitest';
import { jainIndex } from '../../../lib/simulation/tally.ts';

describe("Jain's index", () => {
  it('is 1 for equal loads, one over their number for a single one, and between them else', () => {
    expect(jainIndex([3, 3, 3])).toBe(1);
    expect(jainIndex([0, 7, 0, 0])).toBe(0.25);
    expect(jainIndex([1, 2])).toBeCloseTo(0.9);
  });

  it('survives nobody, and nothing to do', () => {
    expect(jainIndex([])).toBe(1);
    expect(jainIndex([0, 0])).toBe(1);
  });
});
