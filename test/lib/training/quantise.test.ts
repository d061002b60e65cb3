import { expect, test } from 'vitest';
import { quantise } from '../../../lib/training/quantise.ts';

test('rounds each label to steps of its own', () => {
  const { weights, scales } = quantise(Float64Array.of(1, -0.01, -0.25, 0.0025), 2);
  expect([...weights]).toEqual([127, -127, -32, 32]);
  expect(scales[0]).toBeCloseTo(1 / 127);
  expect(scales[1]).toBeCloseTo(0.01 / 127);
});

test('survives weights that are all 0', () => {
  expect([...quantise(new Float32Array(4), 2).weights]).toEqual([0, 0, 0, 0]);
});
