import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;
type Plain = string | number | Uint8Array;

const toAttribute = (value: Plain): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { B: value };
};

/** Strings, numbers and bytes as DynamoDB attributes; undefined ones are left out. */
export const toItem = (values: Readonly<Record<string, Plain | undefined>>): Item =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, toAttribute(value)]])),
  );

/** The reverse of `toItem`; attributes of other types are left out. */
export const fromItem = (item: Item): Record<string, Plain> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, { S, N, B }]) => {
      const value = S ?? (N === undefined ? B : Number(N));
      return value === undefined ? [] : [[name, value]];
    }),
  );
