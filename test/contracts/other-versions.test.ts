import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { joinKey, openShard } from '../../functions/adapters/dynamodb/keys.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import { makeOpenTurns } from '../../functions/adapters/dynamodb/turns/open-turns.ts';
import { makeTurnStore } from '../../functions/adapters/dynamodb/turns/turn-store.ts';
import type { RoutingCard } from '../../functions/domain/contract/agent.ts';
import type { ConversationId } from '../../functions/domain/contract/ids.ts';
import {
  agentDefinition,
  agentState,
  conversationKey,
  freshTenant,
  leasedTurn,
  NOON_MS,
  patience,
} from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { startTables, type TestTables } from './dynamodb.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

/** An owner with the agents `good` and `odd`, as another version wrote the latter: what is found, and the errors logged. */
const withOdd = async (change: (text: string) => string) => {
  const client = tables.makeClient();
  const errors: string[] = [];
  const dependencies = {
    log: { ...silentLog, error: (message: string) => errors.push(message) },
    clock: () => NOON_MS,
    chance: Math.random,
  };
  const store = makeAgentStore(client, tables.registry, dependencies);
  const owner = freshTenant();
  for (const id of ['good', 'odd'])
    await store.put(owner, agentDefinition(id, 'debugger'), agentState(), 0, patience());
  const Key = toItem({ pk: joinKey('agents', 'tenant', owner), sk: joinKey('agent', 'odd') });
  const { Item = {} } = await client.send(new GetItemCommand({ TableName: tables.registry, Key }));
  await client.send(
    new UpdateItemCommand({
      TableName: tables.registry,
      Key,
      UpdateExpression: 'SET #definition = :definition, card = :card, version = :version',
      ExpressionAttributeNames: { '#definition': 'definition' },
      ExpressionAttributeValues: toItem({
        ':definition': change(Item.definition?.S ?? ''),
        ':card': change(Item.card?.S ?? ''),
        ':version': 2,
      }),
    }),
  );
  const snapshots = makeSnapshotReader(client, tables.registry, dependencies);
  const routed = () => makeCachedRegistry({ ...dependencies, ...withoutRules, snapshots }).agents(owner, patience());
  const monitored = async () => (await store.all(patience())).filter((agent) => agent.owner === owner);
  return { client, store, owner, errors, routed, monitored };
};

/** What a definition says beyond what it must, without what is undefined. */
const wishesOf = ({ historyPolicy, complexityRange, credentials }: Partial<RoutingCard> = {}): object =>
  JSON.parse(JSON.stringify({ historyPolicy, complexityRange, credentials }));

const ids = (agents: readonly { definition: { agentId: string } }[]) =>
  agents.map(({ definition }) => definition.agentId).sort();

it('survives an agent that a newer version wrote: what this one does not know is left out', async () => {
  const { store, owner, errors, routed, monitored } = await withOdd((text) => text.replace('{', '{"not_yet":[1],'));
  expect(ids(await store.ofOwner(owner, patience()))).toEqual(['good', 'odd']);
  expect(await monitored()).toHaveLength(2);
  await store.publish(owner, await monitored(), patience());
  expect(await routed()).toMatchObject([{ version: 1 }, { version: 2 }]);
  expect(errors).toEqual([]);
});

it.each([
  ['"history_policy":{"kind":"last_n","n":3,"since":1}', { historyPolicy: { kind: 'last_n', n: 3 } }],
  ['"history_policy":{"kind":"relevant"}', {}],
  ['"complexity_range":{"min":0,"max":1,"typical":0.4}', { complexityRange: { min: 0, max: 1 } }],
  ['"complexity_range":{"min":1,"max":0}', {}],
  ['"complexity_range":"any"', {}],
  ['"credentials":{"secret":"s","audience":"x"}', { credentials: { secret: 's' } }],
])(
  'survives an agent of which a newer version says %s: it is kept in routing as far as it can be read',
  async (text, read) => {
    const { store, owner, errors, routed, monitored } = await withOdd((stored) => stored.replace('{', `{${text},`));
    const record = await store.get(owner, 'odd', patience());
    expect(wishesOf(record?.definition)).toEqual(read);
    await store.publish(owner, await monitored(), patience());
    const agent = (await routed()).find(({ definition }) => definition.agentId === 'odd');
    expect(wishesOf(agent?.definition)).toEqual(read);
    expect(errors).toEqual([]);
  },
);

it('survives credentials that it cannot read: an agent is not called without them', async () => {
  const { store, owner, errors, routed, monitored } = await withOdd((text) =>
    text.replace('{', '{"credentials":{"vault":"s"},'),
  );
  expect(ids(await store.ofOwner(owner, patience()))).toEqual(['good']);
  await store.publish(owner, await monitored(), patience());
  expect((await routed()).filter(({ definition }) => definition.credentials === undefined)).toHaveLength(1);
  expect(errors).not.toEqual([]);
});

it('survives what an older version knew of an agent: it says no version, and is written over', async () => {
  const { store, owner, errors, client } = await withOdd((text) => text);
  const Key = toItem({ pk: joinKey('agents', 'tenant', owner), sk: joinKey('live', 'odd') });
  const withoutVersion = { UpdateExpression: 'REMOVE #version', ExpressionAttributeNames: { '#version': 'version' } };
  await client.send(new UpdateItemCommand({ TableName: tables.registry, Key, ...withoutVersion }));
  expect(await store.get(owner, 'odd', patience())).toMatchObject({ state: agentState() });
  const sick = agentState({ health: 'unhealthy' });
  expect(await store.recordState(owner, 'odd', 2, sick, patience())).toBe(true);
  expect(await store.recordState(owner, 'odd', 1, agentState(), patience())).toBe(false);
  expect(await store.get(owner, 'odd', patience())).toMatchObject({ version: 2, state: sick });
  expect(errors).toEqual([]);
});

it('survives a record of an older version, which does not say when the agent was registered', async () => {
  const { store, owner, client } = await withOdd((text) => text);
  const Key = toItem({ pk: joinKey('agents', 'tenant', owner), sk: joinKey('agent', 'odd') });
  await client.send(new UpdateItemCommand({ TableName: tables.registry, Key, UpdateExpression: 'REMOVE created_at' }));
  expect(await store.get(owner, 'odd', patience())).toMatchObject({ createdAtMs: 0 });
  await store.put(owner, agentDefinition('odd', 'debugger'), undefined, 2, patience());
  expect(await store.get(owner, 'odd', patience())).toMatchObject({ createdAtMs: 0, version: 3 });
});

it('survives what is left of a removed agent: the next one of its id is known by its own state', async () => {
  const { store, owner, client } = await withOdd((text) => text);
  const pk = joinKey('agents', 'tenant', owner);
  const Item = toItem({ pk, sk: joinKey('live', 'new'), version: 7, state: '{}' });
  await client.send(new PutItemCommand({ TableName: tables.registry, Item }));
  await store.put(owner, agentDefinition('new', 'debugger'), agentState(), 0, patience());
  expect(await store.get(owner, 'new', patience())).toMatchObject({ version: 1, state: agentState() });
});

it('keeps what a newer version says of an agent for those that know it', async () => {
  const { store, owner, monitored } = await withOdd((text) => text.replace('{', '{"not_yet":[1],'));
  await store.publish(owner, await monitored(), patience());
  const sick = (await monitored()).map((agent) => ({ ...agent, state: agentState({ health: 'unhealthy' }) }));
  await store.publish(owner, sick, patience());
  const reader = makeSnapshotReader(tables.makeClient(), tables.registry, { chance: Math.random, log: silentLog });
  const entries = await reader.entries(owner, await reader.manifest(owner, true, patience()), patience());
  expect(entries.get('odd')).toMatchObject({ health: 'unhealthy', card: { not_yet: [1] } });
});

it.each([
  ['is not JSON', () => '{'],
  ['has no role', (text: string) => text.replace('"agent_type"', '"guild"')],
])('survives an agent that %s: the others are still there, and the log says so', async (_, change) => {
  const { store, owner, errors, routed, monitored } = await withOdd(change);
  expect(ids(await store.ofOwner(owner, patience()))).toEqual(['good']);
  expect(errors).toHaveLength(1);
  await store.publish(owner, await monitored(), patience());
  expect(ids(await routed())).toContain('good');
  await expect(store.get(owner, 'odd', patience())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

it('survives a conversation whose id today nobody could choose: its open turn is found, and read', async () => {
  const client = tables.makeClient();
  const conversation = { ...conversationKey(), conversationId: '.' as ConversationId };
  const { turn } = leasedTurn({ conversation });
  const store = makeTurnStore(client, { table: tables.conversations, retentionDays: 1 });
  await store.accept(turn, patience());
  const found = [];
  const open = makeOpenTurns(client, tables.conversations);
  for await (const key of open.overdue(NOON_MS + 999_000_000, patience())) found.push(key);
  expect(found).toContainEqual(turn.key);
  expect(await store.get(turn.key, patience())).toMatchObject({ status: 'pending' });
});

it('survives an index entry that is no turn: those behind it are found, and the fault is told at the end', async () => {
  const client = tables.makeClient();
  const { turn } = leasedTurn();
  await makeTurnStore(client, { table: tables.conversations, retentionDays: 1 }).accept(turn, patience());
  const Item = toItem({ pk: 'what', sk: 'ever', open_shard: openShard(turn.key.turnId), open_at: 1 });
  await client.send(new PutItemCommand({ TableName: tables.conversations, Item }));
  const found: unknown[] = [];
  const sweep = async () => {
    const open = makeOpenTurns(client, tables.conversations);
    for await (const key of open.overdue(NOON_MS + 999_000_000, patience())) found.push(key);
  };
  await expect(sweep()).rejects.toThrow();
  expect(found).toContainEqual(turn.key);
});
