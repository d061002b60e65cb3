import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMESPACE, METRICS, metricDimensions } from '../../functions/domain/contract/metrics.ts';
import { synthesize, text } from './support/synthesized.ts';

const { observability } = synthesize({ alarmEmail: 'ops@acme.example' });

const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
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
    const rules = alarms.map(({ MetricName, ComparisonOperator, Threshold, TreatMissingData }) =>
      [MetricName, ComparisonOperator, Threshold, TreatMissingData].join(' '),
    );
    expect(rules.sort()).toEqual([
      'ApproximateNumberOfMessagesVisible GreaterThanThreshold 0 notBreaching',
      'RouterErrors GreaterThanThreshold 5 notBreaching',
      'RouterOverhead GreaterThanThreshold 200 notBreaching',
      'SweeperRuns LessThanThreshold 1 breaching',
      'TurnsUndeliverable GreaterThanThreshold 0 notBreaching',
    ]);
  });

  test('watch metrics that exist, with the dimensions that they have', () => {
    for (const { Namespace, MetricName, Dimensions } of alarms) {
      if (Namespace === 'AWS/SQS') expect(Dimensions.map(({ Name }) => Name)).toEqual(['QueueName']);
      else {
        expect(Namespace).toBe(METRIC_NAMESPACE);
        expect(Object.keys(METRICS)).toContain(MetricName);
        const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
        expect(dimensions).toEqual(metricDimensions('dev'));
      }
    }
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
