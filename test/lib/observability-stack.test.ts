import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMESPACE, METRICS, metricDimensions } from '../../functions/domain/contract/metrics.ts';
import { apiName } from '../../lib/constructs/front-door.ts';
import { type AlarmView, startAlarms } from '../../lib/local/alarms/alarms.ts';
import { createMetricStore } from '../../lib/local/alarms/metric-store.ts';
import { fakeAccount, stillClock } from './local/fake-account.ts';
import { synthesize, text } from './support/synthesized.ts';

const { observability, switchboard } = synthesize({ alarmEmail: 'ops@acme.example' });

const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  AlarmActions: z.array(z.unknown()),
  OKActions: z.array(z.unknown()),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  TreatMissingData: z.string(),
});
const alarms = observability.ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Alarm.parse(Properties));

describe('alarms', () => {
  test('fire on these', () => {
    const rules = alarms.map(
      ({ MetricName, Statistic, ExtendedStatistic, ComparisonOperator, Threshold, TreatMissingData }) =>
        [Statistic ?? ExtendedStatistic, MetricName, ComparisonOperator, Threshold, TreatMissingData].join(' '),
    );
    expect(rules.sort()).toEqual([
      'Maximum AgentsMissed GreaterThanThreshold 0 notBreaching',
      'Maximum ApproximateNumberOfMessagesVisible GreaterThanThreshold 0 notBreaching',
      'SampleCount AgentsProbed LessThanThreshold 1 breaching',
      'Sum 5XXError GreaterThanThreshold 5 notBreaching',
      'Sum RouterErrors GreaterThanThreshold 5 notBreaching',
      'Sum SweeperRuns LessThanThreshold 1 breaching',
      'Sum TurnsUndeliverable GreaterThanThreshold 0 notBreaching',
      'p99 RouterOverhead GreaterThanThreshold 200 notBreaching',
    ]);
  });

  test('watch metrics that exist, with the dimensions that they have', () => {
    for (const { Namespace, MetricName, Dimensions } of alarms) {
      if (Namespace === 'AWS/SQS') expect(Dimensions.map(({ Name }) => Name)).toEqual(['QueueName']);
      else if (Namespace === 'AWS/ApiGateway')
        expect(Dimensions).toEqual([
          { Name: 'ApiName', Value: switchboard.one('AWS::ApiGateway::RestApi', 'FrontDoorApi').Properties.Name },
        ]);
      else {
        expect(Namespace).toBe(METRIC_NAMESPACE);
        expect(Object.keys(METRICS)).toContain(MetricName);
        const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
        expect(dimensions).toEqual(metricDimensions('dev'));
      }
    }
  });

  test('and the dashboard use every metric that is measured: one that nobody looks at is only paid for', () => {
    const shown = JSON.stringify(observability.all);
    expect(Object.keys(METRICS).filter((metric) => !shown.includes(metric))).toEqual([]);
  });

  test('hold on to nothing that can be replaced', () => {
    expect(JSON.stringify(observability.all)).not.toContain('switchboard-dev:Exports');
  });

  test('name a runbook that exists', () => {
    for (const { AlarmName, AlarmDescription } of alarms) {
      const runbook = /Runbook: (docs\/runbooks\/.+\.md)$/.exec(AlarmDescription)?.[1] ?? 'no runbook';
      expect(existsSync(new URL(`../../${runbook}`, import.meta.url)), runbook).toBe(true);
      expect(runbook).toBe(`docs/runbooks/${AlarmName.replace('switchboard-dev-', '')}.md`);
    }
  });

  test('reach the operators, and so does their end', () => {
    for (const { AlarmActions, OKActions } of alarms)
      expect([...AlarmActions, ...OKActions].map(text)).toEqual(['Alarms', 'Alarms']);
    const [subscription] = observability.ofType('AWS::SNS::Subscription');
    expect(subscription?.[1].Properties).toMatchObject({ Protocol: 'email', Endpoint: 'ops@acme.example' });
  });

  test('can get through: CloudWatch may use the key and publish', () => {
    const cloudwatch = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    const key = observability.one('AWS::KMS::Key', 'AlarmsKey').Properties;
    const policy = observability.one('AWS::SNS::TopicPolicy', 'AlarmsPolicy').Properties;
    expect(key).toHaveProperty(
      'KeyPolicy.Statement',
      expect.arrayContaining([
        expect.objectContaining({ ...cloudwatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
      ]),
    );
    expect(policy).toHaveProperty(
      'PolicyDocument.Statement',
      expect.arrayContaining([expect.objectContaining({ ...cloudwatch, Action: 'sns:Publish' })]),
    );
  });
});

describe('alarms on one machine', () => {
  /** All alarms, evaluated by the local cloud on what a test measures. */
  const start = () => {
    const clock = stillClock(1_800_000_000_000);
    const metrics = createMetricStore(clock);
    const account = fakeAccount(
      observability
        .ofType('AWS::CloudWatch::Alarm')
        .map(([logicalId, { Type, Properties }]) => ({ logicalId, type: Type, properties: Properties })),
    );
    const running = startAlarms({ account, metrics, clock, sample: () => undefined });
    onTestFinished(() => running.close());
    return {
      clock,
      state: (id: string): AlarmView['state'] | undefined =>
        running.evaluate().find((alarm) => alarm.id.startsWith(id))?.state,
      put: (namespace: string, name: string, dimensions: Record<string, string>, value: number) =>
        metrics.put({ namespace, name, dimensions, unit: 'Count', value, atMs: clock.now() }),
    };
  };

  test('FrontDoorErrors rings for crashes, which no function measures', () => {
    const { state, put } = start();
    const fail = () => put('AWS/ApiGateway', '5XXError', { ApiName: apiName('dev') }, 1);
    for (let count = 0; count < 5; count += 1) fail();
    expect(state('FrontDoorErrors')).toBe('OK');
    fail();
    expect(state('FrontDoorErrors')).toBe('ALARM');
    expect(state('RouterErrors')).toBe('OK');
  });

  test('MonitorMissing rings when runs stay away, not when they find no agent', () => {
    const { state, put, clock } = start();
    expect(state('MonitorMissing')).toBe('ALARM');
    put(METRIC_NAMESPACE, 'AgentsProbed', metricDimensions('dev'), 0);
    expect(state('MonitorMissing')).toBe('OK');
    clock.advance(16 * 60_000);
    expect(state('MonitorMissing')).toBe('ALARM');
  });

  test('MonitorBehind rings for the third run of five that leaves agents out, not for one', () => {
    const { state, put, clock } = start();
    const run = (unchecked: number) => {
      put(METRIC_NAMESPACE, 'AgentsMissed', metricDimensions('dev'), unchecked);
      const now = state('MonitorBehind');
      clock.advance(60_000);
      return now;
    };
    expect([0, 7, 0, 7, 7, 0, 0, 0, 0].map(run)).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'ALARM', 'OK', 'OK', 'OK']);
  });
});
