import { expect, test } from 'vitest';
import { readMessages } from '../../../lib/training/message.ts';
import { STEP_TRAINING, trainSteps } from '../../../lib/training/train-steps.ts';

const SMALL = { ...STEP_TRAINING, places: { clauses: 1 << 12, whole: 1 << 11 }, epochs: 2, folds: 2 };
const files = new Map(
  ['train-12', 'train-1'].map((name) => [
    name,
    readMessages(new URL(`../../../lib/training/data/${name}.jsonl`, import.meta.url).pathname).slice(0, 40),
  ]),
);
const train = () => trainSteps(files, () => Array.from({ length: 6 }, () => 1 / 6), SMALL);

test('the same messages give the same weights', () => {
  const weights = train();
  expect(train()).toEqual(weights);
  expect(weights.evidence.some((weight) => weight !== 0)).toBe(true);
});
