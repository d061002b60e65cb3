import { Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { alarmSpecs } from './alarms.ts';
import type { Settings } from './config.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { OperatorsDashboard } from './constructs/operators-dashboard.ts';
import type { StateStack } from './state-stack.ts';
import type { SwitchboardStack } from './switchboard-stack.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly settings: Settings;
  readonly state: StateStack;
  readonly switchboard: SwitchboardStack;
}

/**
 * Alarms, where they go, and a dashboard. It knows the other stacks; they do not know it. Of the functions it knows
 * only what they measure, so that any of them can be replaced while its alarms stand.
 */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { settings, state } = props;
    this.addStackDependency(props.switchboard);
    const topic = new SnsAction(new AlarmTopic(this, 'Alarms', { email: settings.alarmEmail }));
    for (const [alarmId, { runbook, alarmDescription, ...alarm }] of Object.entries(
      alarmSpecs(settings.stage, state.undeliveredDead),
    )) {
      const created = new Alarm(this, alarmId, {
        ...alarm,
        // A name that people get by e-mail, so not CloudFormation's.
        alarmName: `switchboard-${settings.stage}-${runbook}`,
        alarmDescription: `${alarmDescription} Runbook: docs/runbooks/${runbook}.md`,
      });
      created.addAlarmAction(topic);
      created.addOkAction(topic);
    }
    new OperatorsDashboard(this, 'Dashboard', {
      stage: settings.stage,
      undelivered: state.undelivered,
      undeliveredDead: state.undeliveredDead,
    });
  }
}
