import { expect, test } from 'vitest';
import { LabelledMessage } from '../../../lib/training/message.ts';
import { calibrationError, type Judged, measure } from '../../../lib/training/metrics.ts';

const judged = (label: string, role: string, confidence = 0.9, more: object = {}, steps?: string[]): Judged => ({
  message: LabelledMessage.parse({ id: 'a', text: 't', label, ...more }),
  role,
  confidence,
  steps,
});

test('counts labels, what is acceptable too, and what is out of scope', () => {
  const figures = measure([
    judged('debugger', 'debugger', 0.9, { tags: ['paste'] }),
    judged('debugger', 'code_generator', 0.5, { also_ok: ['code_generator'] }),
    judged('documentation', 'none', 0.4),
    judged('none', 'none', 0.8),
  ]);
  expect(figures).toMatchObject({ n: 4, strict: 0.5, lenient: 0.75, none_recall: 1, false_refusal: 0.3333 });
  expect(figures.by_label).toMatchObject({ debugger: 1, documentation: 0, code_reviewer: null });
  expect(figures.by_tag).toEqual({ paste: 1 });
  expect(figures.selective_80).toBe(0.75);
});

test('steps count when they are the same in order, repeats collapsed', () => {
  const wanted = { steps: ['code_reviewer', 'code_generator'] };
  const one = (steps?: string[]) => measure([judged('code_reviewer', 'code_reviewer', 1, wanted, steps)]).steps_exact;
  expect(one(['code_reviewer', 'code_reviewer', 'code_generator'])).toBe(1);
  expect(one(['code_generator', 'code_reviewer'])).toBe(0);
  expect(one()).toBe(0);
});

test('confidence that is right as often as it says has no calibration error', () => {
  const nine = Array.from({ length: 9 }, () => judged('debugger', 'debugger', 0.9));
  expect(calibrationError([...nine, judged('debugger', 'none', 0.9)])).toBeCloseTo(0);
  expect(calibrationError(nine)).toBeCloseTo(0.1);
});
