import { expect, test } from 'vitest';
import { readMessages, subjectOf } from '../../../lib/training/message.ts';
import { measure } from '../../../lib/training/metrics.ts';
import { readIntent } from '../../routing-model.ts';

/** Messages that the model is never trained on; floors three points under what was reached. */
test.each([
  ['exam-a', 0.88],
  ['exam-b', 0.822],
])('of %s at least %d are read right', (name, floor) => {
  const messages = readMessages(new URL(`${name}.jsonl`, import.meta.url).pathname);
  const judged = messages.map((message) => {
    const { role, confidence, steps } = readIntent(subjectOf(message));
    return { message, role, confidence, steps };
  });
  expect(measure(judged).lenient).toBeGreaterThanOrEqual(floor);
});
