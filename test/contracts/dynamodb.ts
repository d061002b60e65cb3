/// <reference path="../../lib/local/engines/dynalite.d.ts" />
import type { AddressInfo } from 'node:net';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { freshName } from '../twins/samples.ts';

type Attribute = readonly [name: string, type: 'S' | 'N'];
interface Index {
  readonly name: string;
  readonly keys: readonly [Attribute, Attribute];
  /** Attributes beside the keys; all, or those named. */
  readonly carries: 'ALL' | readonly string[];
}

/** The tables as `StateStack` declares them. */
const CONVERSATIONS: readonly Index[] = [
  {
    name: 'open',
    keys: [
      ['open_shard', 'S'],
      ['open_at', 'N'],
    ],
    carries: [],
  },
  {
    name: 'undeliverable',
    keys: [
      ['undeliverable_tenant', 'S'],
      ['undeliverable_at', 'N'],
    ],
    carries: ['turn_id', 'conversation_id', 'user_id', 'reason', 'delivery_count'],
  },
  {
    name: 'by_owner',
    keys: [
      ['owner', 'S'],
      ['last_activity_at', 'N'],
    ],
    carries: ['conversation_id', 'title', 'created_at'],
  },
];
const REGISTRY: readonly Index[] = [
  {
    name: 'monitored',
    keys: [
      ['monitor_shard', 'S'],
      ['agent_key', 'S'],
    ],
    carries: 'ALL',
  },
];

const keySchema = ([[partition], [sort]]: Index['keys']): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const projection = (carries: Index['carries']): GlobalSecondaryIndex['Projection'] => {
  if (carries === 'ALL') return { ProjectionType: 'ALL' };
  return carries.length === 0
    ? { ProjectionType: 'KEYS_ONLY' }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...carries] };
};

const createTable = async (client: DynamoDBClient, table: string, indexes: readonly Index[]): Promise<void> => {
  const primary: Index['keys'] = [
    ['pk', 'S'],
    ['sk', 'S'],
  ];
  const attributes = [primary, ...indexes.map(({ keys }) => keys)].flat();
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(primary),
      AttributeDefinitions: attributes.map(
        ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
      ),
      GlobalSecondaryIndexes: indexes.map(({ name, keys, carries }) => ({
        IndexName: name,
        KeySchema: keySchema(keys),
        Projection: projection(carries),
      })),
    }),
  );
  for (let active = false; !active; ) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    active = Table?.TableStatus === 'ACTIVE';
    if (!active) await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** An engine of its own in this process, or the one that `DYNAMODB_ENDPOINT` names. */
const startEngine = async (): Promise<{ endpoint: string; stop: () => Promise<void> }> => {
  const { DYNAMODB_ENDPOINT } = process.env;
  if (DYNAMODB_ENDPOINT !== undefined) return { endpoint: DYNAMODB_ENDPOINT, stop: async () => undefined };
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  };
  return { endpoint: `http://127.0.0.1:${port}`, stop };
};

export interface TestTables {
  /** A client of its own, as the functions make theirs. */
  makeClient(): DynamoDBClient;
  readonly conversations: string;
  readonly registry: string;
  stop(): Promise<void>;
}

/** Both tables, empty, under names that no other run has. */
export const startTables = async (): Promise<TestTables> => {
  const engine = await startEngine();
  const makeClient = () =>
    new DynamoDBClient({
      endpoint: engine.endpoint,
      region: process.env.AWS_REGION ?? 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 3,
    });
  const client = makeClient();
  const [conversations, registry] = [freshName('Conversations'), freshName('Registry')];
  await Promise.all([createTable(client, conversations, CONVERSATIONS), createTable(client, registry, REGISTRY)]);
  const stop = async () => {
    for (const table of [conversations, registry]) await client.send(new DeleteTableCommand({ TableName: table }));
    client.destroy();
    await engine.stop();
  };
  return { makeClient, conversations, registry, stop };
};
