import { describe, expect, onTestFinished, test } from 'vitest';
import { startAlarms } from '../../../../lib/local/alarms/alarms.ts';
import { createMetricStore } from '../../../../lib/local/alarms/metric-store.ts';
import { fakeAccount, stillClock } from '../fake-account.ts';

const MINUTE_MS = 60_000;

const BASE = {
  Namespace: 'Switchboard',
  MetricName: 'TurnsUndeliverable',
  Dimensions: [{ Name: 'stage', Value: 'local' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
};

const start = (properties: Record<string, unknown>) => {
  const clock = stillClock(1_800_000_000_000);
  const metrics = createMetricStore(clock);
  const account = fakeAccount([{ logicalId: 'Alarm', type: 'AWS::CloudWatch::Alarm', properties }]);
  const alarms = startAlarms({ account, metrics, clock, sample: () => undefined });
  onTestFinished(() => alarms.close());
  return {
    clock,
    state: () => alarms.evaluate()[0]?.state,
    since: () => alarms.evaluate()[0]?.since_ms,
    put: (value: number, name = 'TurnsUndeliverable', stage = 'local') =>
      metrics.put({
        namespace: 'Switchboard',
        name,
        dimensions: { stage },
        unit: 'Count',
        value,
        atMs: clock.now(),
      }),
  };
};

test('an alarm goes to ALARM with its first breaching datum and back when its periods are over', () => {
  const { clock, state, put, since } = start(BASE);
  expect(state()).toBe('OK');
  put(1);
  expect(state()).toBe('ALARM');
  expect(since()).toBe(clock.now());
  clock.advance(4 * MINUTE_MS);
  expect(state()).toBe('OK');
});

test('data of other dimensions do not count', () => {
  const { state, put } = start(BASE);
  put(1, 'TurnsUndeliverable', 'prod');
  expect(state()).toBe('OK');
});

test('a percentile is compared, not the average', () => {
  const { Statistic: _, ...base } = BASE;
  const { state, put } = start({ ...base, ExtendedStatistic: 'p99', Threshold: 200 });
  for (let index = 0; index < 98; index += 1) put(10);
  put(500);
  put(500);
  expect(state()).toBe('ALARM');
});

test.each(['as a metric', 'as an entry of Metrics'])(
  'too few samples for a percentile, %s, leave the state as it is',
  (form) => {
    const { Statistic: _, Namespace, MetricName, Dimensions, Period, ...base } = BASE;
    const metric = { Namespace, MetricName, Dimensions };
    const { state, put } = start({
      ...base,
      ...(form === 'as a metric'
        ? { ...metric, Period, ExtendedStatistic: 'p90' }
        : { Metrics: [{ Id: 'm1', ReturnData: true, MetricStat: { Metric: metric, Period, Stat: 'p90' } }] }),
      Threshold: 200,
      EvaluateLowSampleCountPercentile: 'ignore',
    });
    for (let index = 0; index < 99; index += 1) put(500);
    expect(state()).toBe('OK');
    put(500);
    expect(state()).toBe('ALARM');
  },
);

test('a silent heartbeat breaches', () => {
  const { clock, state, put } = start({
    ...BASE,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  });
  expect(state()).toBe('ALARM');
  put(1);
  expect(state()).toBe('OK');
  clock.advance(4 * MINUTE_MS);
  expect(state()).toBe('ALARM');
});

test('metric math over several metrics is evaluated', () => {
  const { Namespace, MetricName, Dimensions, Statistic, Period, ...rest } = BASE;
  const metric = (Id: string, name: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace, MetricName: name, Dimensions }, Period, Stat: Statistic },
  });
  const { state, put } = start({
    ...rest,
    Threshold: 50,
    Metrics: [
      { Id: 'rate', Expression: '100 * FILL(bad, 0) / total', ReturnData: true },
      metric('bad', 'RouterErrors'),
      metric('total', 'TurnsAnswered'),
    ],
  });
  put(4, 'TurnsAnswered');
  expect(state()).toBe('OK');
  put(3, 'RouterErrors');
  expect(state()).toBe('ALARM');
});

describe('rejects what it does not emulate', () => {
  test.each([
    [{ Statistic: 'tm99' }, /statistic tm99/],
    [{ ComparisonOperator: 'LessThanLowerThreshold' }, /LessThanLowerThreshold/],
    [{ TreatMissingData: 'hope' }, /TreatMissingData hope/],
    [{ Period: undefined }, /periods/],
    [{ Period: 3600, EvaluationPeriods: 2 }, /three hours/],
    [{ Threshold: undefined }, /threshold/],
    [{ Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage' }, /AWS\/SQS ApproximateAge/],
  ])('%j', (change, message) => {
    expect(() => start({ ...BASE, ...change })).toThrow(message);
  });
});

test('the metric store forgets what is older than three hours', () => {
  const clock = stillClock(1_800_000_000_000);
  const metrics = createMetricStore(clock);
  const put = () =>
    metrics.put({
      namespace: 'N',
      name: 'm',
      dimensions: { b: '1', a: '2' },
      unit: 'Count',
      value: 1,
      atMs: clock.now(),
    });
  for (let index = 0; index < 2000; index += 1) put();
  clock.advance(3 * 60 * MINUTE_MS + 1);
  put();
  expect(metrics.all()).toHaveLength(1);
  expect(metrics.query({ namespace: 'N', name: 'm', dimensions: { a: '2', b: '1' } }, 0, clock.now() + 1)).toHaveLength(
    1,
  );
});
