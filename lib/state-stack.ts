import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Settings } from './config.ts';

/** Longest run of the function that consumes the undelivered queue. */
export const WORKER_TIMEOUT = Duration.seconds(120);

export interface StateStackProps extends StackProps {
  readonly settings: Settings;
}

/** Everything that must outlive a deployment: tables and queues. Their logical ids are pinned by a test. */
export class StateStack extends Stack {
  readonly conversations: TableV2;
  readonly registry: TableV2;
  /** Ids of the turns that are to be tried again. */
  readonly undelivered: Queue;
  /** Messages that no worker could handle; the turns themselves are still in the table. */
  readonly undeliveredDead: Queue;

  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id, props);
    const { settings } = props;
    this.conversations = this.table('Conversations', settings, [
      index('open', ['open_shard', AttributeType.STRING], ['open_at', AttributeType.NUMBER], 'keys'),
      index(
        'undeliverable',
        ['undeliverable_tenant', AttributeType.STRING],
        ['undeliverable_at', AttributeType.NUMBER],
        ['turn_id', 'conversation_id', 'user_id', 'reason', 'delivery_count'],
      ),
      index(
        'by_owner',
        ['owner', AttributeType.STRING],
        ['last_activity_at', AttributeType.NUMBER],
        ['conversation_id', 'title', 'created_at'],
      ),
    ]);
    this.registry = this.table('Registry', settings, [
      index(
        'monitored',
        ['monitor_shard', AttributeType.STRING],
        ['agent_key', AttributeType.STRING],
        ['owner', 'card', 'version', 'draining_until', 'state'],
      ),
    ]);
    const queue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: removal(settings),
    };
    this.undeliveredDead = new Queue(this, 'UndeliveredDead', { ...queue, retentionPeriod: Duration.days(14) });
    this.undelivered = new Queue(this, 'Undelivered', {
      ...queue,
      retentionPeriod: Duration.days(4),
      // Lambda's advice: six times the function's timeout, so that a throttled worker does not burn receives.
      visibilityTimeout: Duration.seconds(6 * WORKER_TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: this.undeliveredDead, maxReceiveCount: 5 },
    });
  }

  private table(id: string, settings: Settings, globalSecondaryIndexes: GlobalSecondaryIndexPropsV2[]): TableV2 {
    return new TableV2(this, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      // The account's own key, not DynamoDB's: its use shows in CloudTrail, and callers need no right on it.
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.stage === 'prod',
      removalPolicy: removal(settings),
      timeToLiveAttribute: 'expires_at',
      globalSecondaryIndexes,
    });
  }
}

const removal = (settings: Settings): RemovalPolicy =>
  settings.removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

const index = (
  indexName: string,
  [partition, partitionType]: [string, AttributeType],
  [sort, sortType]: [string, AttributeType],
  carries: 'keys' | string[],
): GlobalSecondaryIndexPropsV2 => ({
  indexName,
  partitionKey: { name: partition, type: partitionType },
  sortKey: { name: sort, type: sortType },
  ...(Array.isArray(carries)
    ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: carries }
    : { projectionType: ProjectionType.KEYS_ONLY }),
});
