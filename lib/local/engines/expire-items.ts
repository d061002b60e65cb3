import { isRecord } from '../template/is-record.ts';
import type { Resource } from '../types.ts';
import type { DynamoDbCall } from './table-engine.ts';
import type { KeyPart } from './table-shape.ts';

/** DynamoDB keeps items whose time lies further back than this: a guard against values in the wrong unit. */
const OLDEST_SECONDS = 5 * 365 * 24 * 3600;

/** The attribute that says when an item expires, in seconds since the epoch. */
export const ttlAttribute = ({ properties }: Resource): string | undefined => {
  const ttl = properties.TimeToLiveSpecification;
  return isRecord(ttl) && ttl.Enabled === true ? String(ttl.AttributeName) : undefined;
};

/** Deletes a table's expired items, unless their time has just changed; returns how many were due. */
export const expireTable = async (
  call: DynamoDbCall,
  table: string,
  keys: readonly KeyPart[],
  attribute: string,
  nowMs: number,
): Promise<number> => {
  const nowSeconds = Math.floor(nowMs / 1000);
  const names = Object.fromEntries([
    ...keys.map((key, index) => [`#k${index}`, key.AttributeName]),
    ['#ttl', attribute],
  ]);
  const window = { ':now': { N: String(nowSeconds) }, ':oldest': { N: String(nowSeconds - OLDEST_SECONDS) } };
  let startKey: unknown;
  let due = 0;
  do {
    const page = await call('Scan', {
      TableName: table,
      FilterExpression: '#ttl < :now AND #ttl > :oldest',
      ProjectionExpression: Object.keys(names).join(', '),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: window,
      ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
    });
    const items = Array.isArray(page.Items) ? page.Items.filter(isRecord) : [];
    await Promise.all(items.map((item) => deleteExpired(call, table, keys, attribute, item)));
    due += items.length;
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
  return due;
};

const deleteExpired = async (
  call: DynamoDbCall,
  table: string,
  keys: readonly KeyPart[],
  attribute: string,
  item: Readonly<Record<string, unknown>>,
): Promise<void> => {
  try {
    await call('DeleteItem', {
      TableName: table,
      Key: Object.fromEntries(keys.map(({ AttributeName }) => [AttributeName, item[AttributeName]])),
      ConditionExpression: '#ttl = :seen',
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':seen': item[attribute] },
    });
  } catch (error) {
    const isChanged = error instanceof Error && error.name === 'ConditionalCheckFailedException';
    if (!isChanged) throw error;
  }
};
