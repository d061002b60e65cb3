import { expect, test } from 'vitest';
import { minimise } from '../../../lib/training/minimise.ts';

/** A valley 1,000 times as long as wide, lowest at 1, 2, 3, … */
const valley = (at: Float64Array, slope: Float64Array): number =>
  at.reduce((sum, value, index) => {
    const width = 10 ** (index % 4);
    const away = value - index - 1;
    slope[index] = width * away;
    return sum + (width * away * away) / 2;
  }, 0);

test('finds the lowest point of a narrow valley', () => {
  const lowest = minimise((at, slope) => 1 + valley(at, slope), new Float64Array(12), 200);
  for (const [index, value] of lowest.entries()) expect(value).toBeCloseTo(index + 1, 2);
});

test('stays where it is lowest', () => {
  const start = Float64Array.of(1, 2, 3);
  expect(minimise((at, slope) => 1 + valley(at, slope), start, 10)).toEqual(start);
});
