import { expect, test } from 'vitest';
import { foldsOf, isSeenByEncoder } from '../../../lib/training/labelled-files.ts';

const numbered = (family: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${family}-${index + 1}`);
const names = ['dev', ...numbered('own', 20), ...numbered('train', 18)];

test('folds hold every file once, and the numbered ones of each family in equal parts', () => {
  const folds = foldsOf(names, 6);
  expect(folds.flat().sort()).toEqual([...names].sort());
  for (const fold of folds) expect(fold.filter((name) => name.startsWith('train-'))).toHaveLength(3);
});

test('the encoder has seen what it was fine-tuned on, and nothing else', () => {
  expect(names.filter(isSeenByEncoder)).toEqual(['dev', ...numbered('train', 12)]);
});
