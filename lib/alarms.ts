import { Duration } from 'aws-cdk-lib';
import { type AlarmProps, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, type MetricName, metricDimensions } from '../functions/domain/contract/metrics.ts';
import { apiName } from './constructs/front-door.ts';

const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** A metric that the functions measure, over all of a stage. */
export const ownMetric = (stage: string, metricName: MetricName, statistic: string, period: Duration): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: metricDimensions(stage),
    statistic,
    period,
  });

/** What API Gateway itself answered with a 5xx, whoever is at fault: a function that is killed measures nothing. */
const frontDoorErrors = (stage: string): Metric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: '5XXError',
    dimensionsMap: { ApiName: apiName(stage) },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });

export interface AlarmSpec extends AlarmProps {
  /** Page of the runbook, `docs/runbooks/<runbook>.md`, and the end of the alarm's name. */
  readonly runbook: string;
  /** What it means for callers, in a sentence. */
  readonly alarmDescription: string;
}

/** Every alarm by its construct id. */
export const alarmSpecs = (stage: string, undeliveredDead: IQueue): Readonly<Record<string, AlarmSpec>> => ({
  // Not as the queue is called: a logical id is of one stack only, so that the local cloud can tell them apart.
  DeadLetters: {
    runbook: 'undelivered-dead',
    alarmDescription: 'The worker gave up on messages of the undelivered queue: its code or its rights are broken.',
    metric: undeliveredDead.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: ONE_MINUTE }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // SQS stops measuring a queue that nobody uses.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
  TurnsUndeliverable: {
    runbook: 'turns-undeliverable',
    alarmDescription: 'Turns were given up after their last delivery: their callers get no answer.',
    metric: ownMetric(stage, 'TurnsUndeliverable', Stats.SUM, ONE_MINUTE),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
  RouterErrors: {
    runbook: 'router-errors',
    alarmDescription: 'Router and Api themselves answered more than five requests within five minutes with a 5xx.',
    metric: ownMetric(stage, 'RouterErrors', Stats.SUM, FIVE_MINUTES),
    threshold: 5,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
  FrontDoorErrors: {
    runbook: 'front-door-errors',
    alarmDescription:
      'More than five requests within five minutes got a 5xx, crashes and timeouts of functions included.',
    metric: frontDoorErrors(stage),
    threshold: 5,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
  RouterOverhead: {
    runbook: 'router-overhead',
    alarmDescription: 'Switchboard itself takes more than 200 ms of one turn in a hundred.',
    metric: ownMetric(stage, 'RouterOverhead', Stats.p(99), FIVE_MINUTES),
    threshold: 200,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    // One period alone may be a burst of cold starts, and so may a handful of turns.
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    evaluateLowSampleCountPercentile: 'ignore',
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
  SweeperMissing: {
    runbook: 'sweeper-missing',
    alarmDescription: 'No run of the sweeper was completed for five minutes: turns of dead instances stay pending.',
    metric: ownMetric(stage, 'SweeperRuns', Stats.SUM, FIVE_MINUTES),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // The heartbeat is the metric: silence is the fault.
    treatMissingData: TreatMissingData.BREACHING,
  },
  MonitorMissing: {
    runbook: 'monitor-missing',
    alarmDescription: 'No run of the monitor was completed for five minutes: the health of agents is no longer known.',
    // Runs, not agents: a run that found none to probe is one, too.
    metric: ownMetric(stage, 'AgentsProbed', Stats.SAMPLE_COUNT, FIVE_MINUTES),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.BREACHING,
  },
  MonitorBehind: {
    runbook: 'monitor-behind',
    alarmDescription: 'Runs of the monitor leave agents out: the health of those is older than it should be.',
    metric: ownMetric(stage, 'AgentsMissed', Stats.MAXIMUM, ONE_MINUTE),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    // One run alone may be a store that was slow for a moment; the next run checks first whom it left out.
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  },
});
