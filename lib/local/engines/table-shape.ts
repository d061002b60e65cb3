import { isRecord } from '../template/is-record.ts';
import type { Resource } from '../types.ts';

export interface TableShape {
  readonly attributes: readonly object[];
  readonly keys: readonly KeyPart[];
  readonly globalIndexes: readonly IndexShape[];
  readonly localIndexes: readonly IndexShape[];
}

export interface KeyPart {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface IndexShape {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyPart[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

/** What cannot change in a stored table, from a template's properties or from `DescribeTable`; lists are sorted. */
export const tableShape = ({ properties }: Pick<Resource, 'properties'>): TableShape => ({
  attributes: records(properties.AttributeDefinitions)
    .map(({ AttributeName, AttributeType }) => ({ AttributeName: String(AttributeName), AttributeType }))
    .sort((a, b) => (a.AttributeName < b.AttributeName ? -1 : 1)),
  keys: keyParts(properties.KeySchema),
  globalIndexes: indexes(properties.GlobalSecondaryIndexes),
  localIndexes: indexes(properties.LocalSecondaryIndexes),
});

/** `CreateTable` for a table of that shape. */
export const createTableInput = (name: string, { attributes, keys, globalIndexes, localIndexes }: TableShape) => ({
  TableName: name,
  AttributeDefinitions: attributes,
  KeySchema: keys,
  BillingMode: 'PAY_PER_REQUEST',
  ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
  ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
});

/** In what two shapes of a table differ, in words. */
export const differences = (stored: TableShape, wanted: TableShape): readonly string[] => {
  const differ = (name: keyof TableShape) => JSON.stringify(stored[name]) !== JSON.stringify(wanted[name]);
  return [
    ...(differ('keys') ? ['keys'] : []),
    ...(differ('globalIndexes') || differ('localIndexes') ? ['indexes'] : []),
    ...(differ('attributes') ? ['key attribute types'] : []),
  ];
};

const records = (value: unknown) => (Array.isArray(value) ? value.filter(isRecord) : []);

const keyParts = (schema: unknown): readonly KeyPart[] =>
  records(schema).map(({ AttributeName, KeyType }) => ({
    AttributeName: String(AttributeName),
    KeyType: String(KeyType),
  }));

const indexes = (value: unknown): readonly IndexShape[] =>
  records(value)
    .map(({ IndexName, KeySchema, Projection }) => ({
      IndexName: String(IndexName),
      KeySchema: keyParts(KeySchema),
      Projection: projection(isRecord(Projection) ? Projection : {}),
    }))
    .sort((a, b) => (a.IndexName < b.IndexName ? -1 : 1));

const projection = ({ ProjectionType, NonKeyAttributes }: Readonly<Record<string, unknown>>) => ({
  ProjectionType: String(ProjectionType),
  ...(Array.isArray(NonKeyAttributes) ? { NonKeyAttributes: NonKeyAttributes.map(String).sort() } : {}),
});
