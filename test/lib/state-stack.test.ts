import { describe, expect, test } from 'vitest';
import { synthesize } from './support/synthesized.ts';

const { state, switchboard, observability, dependencies } = synthesize();
const production = synthesize({ stage: 'prod', oidcIssuer: 'https://login.acme.example' }).state;

const TABLES = ['ConversationsBC91B70D', 'Registry4DB9CCA5'];
const QUEUES = ['UndeliveredDead4196386E', 'UndeliveredF3CF66A9'];
const properties = (id: string, stack = state) => stack.all[id]?.Properties ?? {};
const key = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

describe('the state stack', () => {
  test('keeps the logical ids of its tables and queues: a resource under another id is a new, empty one', () => {
    expect(state.ofType('AWS::DynamoDB::GlobalTable').map(([id]) => id)).toEqual(TABLES);
    expect(state.ofType('AWS::SQS::Queue').map(([id]) => id)).toEqual(QUEUES);
  });

  test('has all indexes of conversations, each no wider than its readers need', () => {
    expect(properties('ConversationsBC91B70D')).toMatchObject({
      KeySchema: key('pk', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      GlobalSecondaryIndexes: [
        { IndexName: 'open', KeySchema: key('open_shard', 'open_at'), Projection: { ProjectionType: 'KEYS_ONLY' } },
        {
          IndexName: 'undeliverable',
          KeySchema: key('undeliverable_tenant', 'undeliverable_at'),
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: ['turn_id', 'conversation_id', 'user_id', 'reason', 'delivery_count'],
          },
        },
        {
          IndexName: 'by_owner',
          KeySchema: key('owner', 'last_activity_at'),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['conversation_id', 'title', 'created_at'] },
        },
      ],
    });
  });

  test('has the index of the registry, without the definitions themselves', () => {
    expect(properties('Registry4DB9CCA5')).toMatchObject({
      KeySchema: key('pk', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'monitored',
          KeySchema: key('monitor_shard', 'agent_key'),
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: ['owner', 'card', 'version', 'draining_until', 'state'],
          },
        },
      ],
    });
  });

  test.each(TABLES)('sorts %s by times as numbers and all else as text', (id) => {
    const { AttributeDefinitions } = properties(id) as { AttributeDefinitions: { [name: string]: string }[] };
    for (const { AttributeName = '', AttributeType } of AttributeDefinitions)
      expect([AttributeName, AttributeType]).toEqual([AttributeName, AttributeName.endsWith('_at') ? 'N' : 'S']);
  });

  test.each(TABLES)('encrypts %s, pays by request, can restore any point in time', (id) => {
    expect(properties(id)).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    });
  });

  test.each(TABLES)('protects %s in production alone', (id) => {
    expect(properties(id, production)).toMatchObject({ Replicas: [{ DeletionProtectionEnabled: true }] });
    expect(properties(id)).toMatchObject({ Replicas: [{ DeletionProtectionEnabled: false }] });
    expect(production.all[id]?.DeletionPolicy).toBe('Retain');
    expect(state.all[id]?.DeletionPolicy).toBe('Delete');
  });

  test('gives up on a message after five receives, and keeps it for two weeks', () => {
    expect(properties('UndeliveredF3CF66A9')).toMatchObject({
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['UndeliveredDead4196386E', 'Arn'] }, maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
    });
    expect(properties('UndeliveredDead4196386E')).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });

  test.each(QUEUES)('takes nothing into %s without TLS', (id) => {
    const policy = state.ofType('AWS::SQS::QueuePolicy').find(([, { Properties }]) => {
      const { Queues } = Properties as { Queues: { Ref: string }[] };
      return Queues.some(({ Ref }) => Ref === id);
    });
    expect(policy?.[1].Properties).toMatchObject({
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    });
  });

  test('depends on no other stack, the others on it, observability on both', () => {
    const stacks = (name: string) => dependencies(name).filter((id) => !id.includes('.assets'));
    expect(stacks('-state')).toEqual([]);
    expect(stacks('')).toEqual(['-state']);
    expect(stacks('-observability').sort()).toEqual(['', '-state']);
  });

  test('shares no logical id with the others, so that the local cloud can tell all resources apart', () => {
    const ids = [state, switchboard, observability].flatMap(({ all }) => Object.keys(all));
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});
