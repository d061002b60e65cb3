import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { SwitchboardFunction } from './switchboard-function.ts';

/**
 * Runs a function every minute. A run that fails or can't start within a minute is dropped, on EventBridge's way to
 * Lambda and in Lambda's own queue: the next run does its work, while late ones would pile up.
 */
export const everyMinute = (scope: Construct, id: string, target: SwitchboardFunction): Rule => {
  const dropLate = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
  target.live.configureAsyncInvoke(dropLate);
  return new Rule(scope, id, {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(target.live, dropLate)],
  });
};
