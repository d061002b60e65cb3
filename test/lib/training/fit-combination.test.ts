import { expect, test } from 'vitest';
import { combine } from '../../../functions/domain/routing/intent/role-probabilities.ts';
import { fitCombination } from '../../../lib/training/fit-combination.ts';

const one = (label: number): number[] => Array.from({ length: 3 }, (_, at) => (at === label ? 1 : 0));
const says = (label: number): number[] => one(label).map((share) => Math.log(0.1 + 0.7 * share));

test('trusts the model that is right, and is as sure as that is often right', () => {
  // The encoder is right in 4 of 5, the n-grams never.
  const messages = Array.from({ length: 300 }, (_, at) => {
    const label = at % 3;
    const encoder = at % 5 === 0 ? (label + 1) % 3 : label;
    return { byNgrams: says((label + 1 + (at % 2)) % 3), byEncoder: says(encoder), target: one(label) };
  });
  const fitted = fitCombination(messages, true);
  expect(fitted.encoder).toBeGreaterThan(fitted.ngrams);
  const sure = messages.map(({ byNgrams, byEncoder }) => Math.max(...combine(fitted, byNgrams, byEncoder)));
  expect(sure.reduce((sum, p) => sum + p, 0) / sure.length).toBeGreaterThan(0.7);
});

test('without an encoder its weight stays 0', () => {
  expect(fitCombination([{ byNgrams: says(0), target: one(0) }], false).encoder).toBe(0);
});
