import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCircuitStore } from '../../functions/adapters/dynamodb/circuits/circuit-store.ts';
import type { CircuitStore } from '../../functions/application/agent-ports.ts';
import { makeMemoryCircuitStore } from '../twins/circuit-store.ts';
import { freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { describeCircuitStore } from './circuit-store.contract.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { type Faults, makeUnreliable } from './unreliable-client.ts';

let tables: TestTables;
let client: DynamoDBClient;
let store: CircuitStore;
let unreliable: CircuitStore;
let faults: Faults;
beforeAll(async () => {
  tables = await startTables();
  client = tables.makeClient();
  store = makeCircuitStore(client, tables.registry);
  const faulty = tables.makeClient();
  faults = makeUnreliable(faulty);
  unreliable = makeCircuitStore(faulty, tables.registry);
});
afterAll(() => tables.stop());

const memory = makeMemoryCircuitStore();
describeCircuitStore('in memory', () => memory);
describeCircuitStore('DynamoDB', () => store);

const OPEN = { kind: 'open', untilMs: NOON_MS + 15_000, openings: 1 } as const;
const read = async (owner: ReturnType<typeof freshTenant>) => store.read(owner, NOON_MS, 'strong', patience());

describe('a failure whose write is in doubt', () => {
  it('is counted once when the SDK sends it again', async () => {
    const owner = freshTenant();
    faults.failNextAttempt('UpdateItem', 'after');
    await unreliable.recordFailure(owner, 'a', { id: 'call', successesBefore: 1, atMs: NOON_MS }, patience());
    expect((await read(owner)).get('a')).toMatchObject({ circuit: { samples: [{ failures: 1, successes: 1 }] } });
  });

  it('rejects when it was not written', async () => {
    faults.failNext('UpdateItem', 'before');
    const failure = { id: 'call', successesBefore: 1, atMs: NOON_MS };
    const write = unreliable.recordFailure(freshTenant(), 'a', failure, patience());
    await expect(write).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a change whose write is in doubt', () => {
  it.each(['failNext', 'failNextAttempt'] as const)('survives a lost reply: %s', async (level) => {
    const owner = freshTenant();
    faults[level]('PutItem', 'after');
    expect(await unreliable.change(owner, 'a', null, { circuit: OPEN, mark: 'm1' }, patience())).toBe(true);
    expect((await read(owner)).get('a')).toEqual({ circuit: OPEN, mark: 'm1' });
  });

  it('rejects when it did not happen', async () => {
    const owner = freshTenant();
    faults.failNext('PutItem', 'before');
    const change = unreliable.change(owner, 'a', null, { circuit: OPEN, mark: 'm1' }, patience());
    await expect(change).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await read(owner)).size).toBe(0);
  });
});

describe('what DynamoDB holds of circuits', () => {
  const partition = (owner: string) => ({ S: `circuits#tenant#${owner}` });

  it('expires by itself, buckets and circuits', async () => {
    const owner = freshTenant();
    await store.recordFailure(owner, 'a', { id: 'call', successesBefore: 0, atMs: NOON_MS }, patience());
    await store.change(owner, 'a', null, { circuit: OPEN, mark: 'm1' }, patience());
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tables.registry,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partition(owner) },
      }),
    );
    const expiries = Items.map(({ expires_at }) => Number(expires_at?.N) - NOON_MS / 1000);
    expect(expiries).toEqual([30 + 3_600, 15 + 3_600]);
  });

  it('of a hundred open circuits is read for three units at most', async () => {
    const owner = freshTenant();
    const half = { kind: 'half_open', untilMs: NOON_MS, openings: 3, probe: `turn_${'0'.repeat(26)}:1` } as const;
    const names = Array.from({ length: 100 }, (_, index) => `agent-of-usual-length-${index}`);
    await Promise.all(
      names.map((name) => store.change(owner, name, null, { circuit: half, mark: `${half.probe}:probe` }, patience())),
    );
    const { ConsumedCapacity, Count } = await client.send(
      new QueryCommand({
        TableName: tables.registry,
        KeyConditionExpression: 'pk = :pk AND sk >= :sk',
        ExpressionAttributeValues: { ':pk': partition(owner), ':sk': { S: 'bucket#' } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(Count).toBe(100);
    expect(ConsumedCapacity?.CapacityUnits).toBeLessThanOrEqual(3);
  });

  it('survives the removal of an expired circuit between read and write: the change is refused, the next goes through', async () => {
    const owner = freshTenant();
    await store.change(owner, 'a', null, { circuit: OPEN, mark: 'm1' }, patience());
    await client.send(
      new DeleteItemCommand({ TableName: tables.registry, Key: { pk: partition(owner), sk: { S: 'circuit#a' } } }),
    );
    expect(await store.change(owner, 'a', 'm1', { circuit: OPEN, mark: 'm2' }, patience())).toBe(false);
    expect(await store.change(owner, 'a', null, { circuit: OPEN, mark: 'm2' }, patience())).toBe(true);
  });

  it('survives a circuit of another version: it counts as closed, hides no other and is overwritten', async () => {
    const owner = freshTenant();
    const strange = { kind: { S: 'ajar' }, mark: { S: 'x' } };
    const Item = { pk: partition(owner), sk: { S: 'circuit#a' }, ...strange };
    await client.send(new PutItemCommand({ TableName: tables.registry, Item }));
    await store.change(owner, 'b', null, { circuit: OPEN, mark: 'm1' }, patience());
    const circuits = await read(owner);
    expect(circuits.get('a')).toMatchObject({ circuit: { kind: 'closed' }, mark: 'x' });
    expect(circuits.get('b')).toMatchObject({ circuit: OPEN });
    expect(await store.change(owner, 'a', 'x', { circuit: OPEN, mark: 'm1' }, patience())).toBe(true);
  });
});
