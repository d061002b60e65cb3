import { describe, expect, test } from 'vitest';
import { parseMetricMath } from '../../../../lib/local/alarms/metric-math.ts';

const DATA: Readonly<Record<string, number | undefined>> = { a: 6, b: 3, zero: 0, none: undefined };
const value = (expression: string) => parseMetricMath(expression).evaluate((id) => DATA[id]);

test.each([
  ['a + b * 2', 12],
  ['(a + b) * 2', 18],
  ['a - b - 1', 2],
  ['a / b / 2', 1],
  ['100 * a / (a + b)', 66.666],
  ['-a + 10', 4],
  ['1.5 * b', 4.5],
  ['FILL(none, 0) + a', 6],
  ['FILL(a, 0)', 6],
  ['SUM([a, none, b])', 9],
  ['MAX([a, b]) - MIN([a, b])', 3],
  ['AVG([a, b])', 4.5],
])('%s is %d', (expression, expected) => {
  expect(value(expression)).toBeCloseTo(expected, 2);
});

test.each(['a / zero', 'a + none', 'SUM([none])'])('%s has no value', (expression) => {
  expect(value(expression)).toBeUndefined();
});

describe('rejects by name what it does not emulate', () => {
  test.each([
    ['ANOMALY_DETECTION_BAND(a, 2)', /ANOMALY_DETECTION_BAND/],
    ['a > 1', /">"/],
    ['a +', /empty operand/],
    ['(a', /without "\)"/],
    ['SUM(a)', /"a"/],
    ['a b', /"b"/],
  ])('%s', (expression, message) => {
    expect(() => parseMetricMath(expression)).toThrow(message);
  });
});
