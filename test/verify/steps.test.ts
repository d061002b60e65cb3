import { expect, test } from 'vitest';
import { evaluateSteps } from '../../lib/training/eval-steps.ts';
import { STEP_TRAINING } from '../../lib/training/train-steps.ts';

test('finds steps in files that the model has not seen', () => {
  const [figures] = evaluateSteps([STEP_TRAINING.severalFrom]).figures;
  // 49.1 % exact (54.5 % in the others) and 3.0 % false alarms when this was written; the files with most to say are also the hardest.
  expect(figures?.all.exact).toBeGreaterThan(46.5);
  expect(figures?.others.exact).toBeGreaterThan(51.5);
  expect(figures?.all.false_alarms).toBeLessThan(4);
});
