import { expect, test } from 'vitest';
import { evaluateSteps } from '../../lib/training/eval-steps.ts';
import { STEP_TRAINING } from '../../lib/training/train-steps.ts';

test('finds steps in files that the models have not seen', () => {
  const [figures] = evaluateSteps(2, [STEP_TRAINING.severalFrom]);
  // 53.7 % exact and 3.9 % false alarms when this was written.
  expect(figures?.unseen.exact).toBeGreaterThan(51.5);
  expect(figures?.unseen.false_alarms).toBeLessThan(4);
});
