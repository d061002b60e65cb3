import { describe, expect, it } from 'vitest';
import { makeIam } from '../../../../lib/local/iam/iam.ts';
import { resolveTemplates } from '../../../../lib/local/template/template.ts';

const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];
const Table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: ['pk', 'sk', 'shard', 'at'].map(attribute),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'by_shard', KeySchema: keys('shard', 'at'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  },
};
const statement = {
  Effect: 'Allow',
  Action: 'dynamodb:*',
  Resource: '*',
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['mine#*'] } },
};
const Role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: [statement] } }] } };
const account = resolveTemplates([{ stack: 's', template: { Resources: { Table, Role } } }], {
  gatewayUrl: 'http://127.0.0.1:4000',
});
const iam = makeIam(account);
const decide = (action: string, input: object, index = '') =>
  iam.evaluate(
    'Role',
    `dynamodb:${action}`,
    `${account.attribute('Table', 'Arn')}${index}`,
    Buffer.from(JSON.stringify(input)),
  );

describe('a policy that names leading keys', () => {
  const query = (condition: string, value: string, names: object = {}) => ({
    KeyConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ':v': { S: value }, ':s': { S: 'mine#s' } },
  });
  it.each<[string, string, object, string]>([
    ['a key', 'GetItem', { Key: { pk: { S: 'PK' }, sk: { S: 'x' } } }, ''],
    [
      'all keys of a batch',
      'BatchGetItem',
      { RequestItems: { TABLE: { Keys: [{ pk: { S: 'mine#2' } }, { pk: { S: 'PK' } }] } } },
      '',
    ],
    ['an item', 'PutItem', { Item: { pk: { S: 'PK' }, sk: { S: 'x' } } }, ''],
    ['a query', 'Query', query('pk = :v', 'PK'), ''],
    ['a query whose sort key comes first', 'Query', query('sk = :s AND #p=:v', 'PK', { '#p': 'pk' }), ''],
    ['a query of an index', 'Query', query('shard = :v', 'PK'), '/index/by_shard'],
  ])('allows %s that begins as it says and no other', (_, action, input, index) => {
    const table = account.attribute('Table', 'Arn').split('/').at(-1) ?? '';
    const withKey = (key: string): object =>
      JSON.parse(JSON.stringify(input).replace('PK', key).replace('TABLE', table));
    expect(decide(action, withKey('mine#1'), index)).toBe('allow');
    expect(decide(action, withKey('other#1'), index)).toBe('implicit-deny');
    expect(decide(action, withKey('xmine#1'), index)).toBe('implicit-deny');
  });
});
