import { tableShape } from '../engines/table-shape.ts';
import { isRecord } from '../template/is-record.ts';
import type { Account } from '../types.ts';

/** The values of a DynamoDB call's partition keys, which IAM calls `dynamodb:LeadingKeys`; undefined if it has none. */
export type ReadLeadingKeys = (resource: string, body: Buffer) => readonly string[] | undefined;

/** Knows every table's and index's partition key. */
export const makeReadLeadingKeys = (account: Account): ReadLeadingKeys => {
  const partitionKeys = new Map(
    ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) =>
      account.ofType(type).flatMap((table) => {
        const arn = account.attribute(table.logicalId, 'Arn');
        const { keys, globalIndexes } = tableShape(table);
        return [
          [arn, hashKey(keys)] as const,
          ...globalIndexes.map(
            ({ IndexName, KeySchema }) => [`${arn}/index/${IndexName}`, hashKey(KeySchema)] as const,
          ),
        ];
      }),
    ),
  );
  return (resource, body) => {
    const name = partitionKeys.get(resource);
    return name === undefined ? undefined : valuesOf(JSON.parse(body.toString('utf8')), name, resource);
  };
};

const hashKey = (keys: readonly { AttributeName: string; KeyType: string }[]): string =>
  keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';

/** `Key`, `Item`, the `Keys` of a batch that are in this table, or the equality in a query's condition. */
const valuesOf = (
  input: Readonly<Record<string, unknown>>,
  name: string,
  resource: string,
): readonly string[] | undefined => {
  for (const item of [input.Key, input.Item]) if (isRecord(item)) return [textOf(item[name])];
  const batch = isRecord(input.RequestItems) ? input.RequestItems[resource.split('/').at(-1) ?? ''] : undefined;
  if (isRecord(batch) && Array.isArray(batch.Keys))
    return batch.Keys.map((key) => textOf(isRecord(key) ? key[name] : undefined));
  if (typeof input.KeyConditionExpression !== 'string') return undefined;
  const names = isRecord(input.ExpressionAttributeNames) ? input.ExpressionAttributeNames : {};
  const values = isRecord(input.ExpressionAttributeValues) ? input.ExpressionAttributeValues : {};
  const equalities = [...input.KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)];
  const mine = equalities.find(([, left = '']) => (names[left] ?? left) === name);
  return mine === undefined ? undefined : [textOf(values[mine[2] ?? ''])];
};

const textOf = (attribute: unknown): string => {
  const value = isRecord(attribute) ? (attribute.S ?? attribute.N ?? attribute.B) : undefined;
  return String(value);
};
