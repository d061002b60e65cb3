import { CfnResource, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { addNag } from '../../lib/nag-rules.ts';
import { withApp } from './support/synthesized.ts';

const PRODUCTION = {
  stage: 'prod',
  oidcIssuer: 'https://login.acme.example',
  alarmEmail: 'ops@acme.example',
  multiTenant: true,
};

describe('the checks of `cdk synth`', () => {
  test('find nothing in production with all settings that is not acknowledged', { timeout: 60_000 }, () => {
    withApp(PRODUCTION, true, (app) => {
      addNag(app);
      expect(() => app.synth()).not.toThrow();
      expect(process.exitCode).toBeUndefined();
    });
  });

  test('rejects a topic that takes messages without TLS', () => {
    withApp({}, false, (app) => {
      addNag(app);
      new Topic(new Stack(app, 'planted'), 'Open');
      expect(() => app.synth()).toThrow(/AwsSolutions-SNS3/);
    });
  });

  test('rejects a property that CloudFormation does not know', { timeout: 60_000 }, () => {
    withApp({}, true, (app) => {
      const stack = new Stack(app, 'planted');
      new CfnResource(stack, 'Odd', { type: 'AWS::SNS::Topic', properties: { TopicNames: 'odd' } });
      expect(() => app.synth()).toThrow(/TopicNames/);
    });
  });
});
