import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { MetricName } from '../../functions/domain/contract/metrics.ts';
import { ownMetric } from '../alarms.ts';

export interface OperatorsDashboardProps {
  readonly stage: string;
  readonly undelivered: IQueue;
  readonly undeliveredDead: IQueue;
}

/** One page for who is on call: what became of turns, how fast, what waits, and how the agents are. */
export class OperatorsDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: OperatorsDashboardProps) {
    super(scope, id, { dashboardName: `switchboard-${props.stage}`, defaultInterval: Duration.hours(3) });
    const minute = Duration.minutes(1);
    const own = (statistic: string, ...names: MetricName[]) =>
      names.map((name) => ownMetric(props.stage, name, statistic, minute));
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
    this.addWidgets(
      new TextWidget({ markdown: `# Switchboard, ${props.stage}\nRunbooks: docs/runbooks/`, width: 24, height: 2 }),
    );
    this.addWidgets(
      graph('Turns', own(Stats.SUM, 'TurnsAnswered', 'TurnsPending', 'TurnsUndeliverable', 'TurnsReclaimed')),
      graph('Failures', own(Stats.SUM, 'AttemptsFailed', 'CircuitsOpened', 'RouterErrors', 'RulesSkipped')),
    );
    this.addWidgets(
      graph('Router, ms', [
        ...own(Stats.p(50), 'RouterOverhead'),
        ...own(Stats.p(99), 'RouterOverhead', 'DecisionTime'),
      ]),
      graph('Undelivered messages', [
        props.undelivered.metricApproximateNumberOfMessagesVisible({ label: 'waiting', period: minute }),
        props.undelivered.metricApproximateNumberOfMessagesNotVisible({ label: 'with the worker', period: minute }),
        props.undeliveredDead.metricApproximateNumberOfMessagesVisible({ label: 'dead', period: minute }),
      ]),
    );
    this.addWidgets(
      graph('Agents', own(Stats.MAXIMUM, 'AgentsProbed', 'AgentsUnhealthy', 'AgentsMissed')),
      graph('Sweeper', own(Stats.SUM, 'SweeperRuns')),
    );
    this.addWidgets(
      graph(
        'Supervisors',
        own(
          Stats.SUM,
          'SupervisorsAsked',
          'SupervisorsChose',
          'SupervisorsInvalid',
          'SupervisorsTimedOut',
          'SupervisorsFailed',
        ),
      ),
    );
  }
}
