import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Who gets the alarms. @default - nobody until someone subscribes */
  readonly email?: string | undefined;
}

/** Where alarms go: an encrypted topic that CloudWatch, and only CloudWatch, publishes to. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, props: AlarmTopicProps = {}) {
    // Not `alias/aws/sns`: nobody can let CloudWatch use that key, so its alarms would be lost without a word.
    const key = new Key(scope, `${id}Key`, {
      description: 'Encrypts the alarms of Switchboard',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
    });
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
    const principals = [new ServicePrincipal('cloudwatch.amazonaws.com')];
    key.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'], // in a key's policy: this key
        conditions: ours,
      }),
    );
    super(scope, id, { masterKey: key, enforceSSL: true });
    // A policy of one's own replaces the default one that would let the account's services publish.
    this.addToResourcePolicy(
      new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [this.topicArn], conditions: ours }),
    );
    if (props.email !== undefined) this.addSubscription(new EmailSubscription(props.email));
  }
}
