import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAgentStore } from '../../functions/adapters/dynamodb/agent-store.ts';
import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { joinKey, openShard } from '../../functions/adapters/dynamodb/keys.ts';
import { makeOpenTurns } from '../../functions/adapters/dynamodb/open-turns.ts';
import { makeTurnStore } from '../../functions/adapters/dynamodb/turn-store.ts';
import type { ConversationId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, conversationKey, freshTenant, leasedTurn, NOON_MS, patience } from '../twins/samples.ts';
import { startTables, type TestTables } from './dynamodb.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

/** A store whose owner has the agents `good` and `odd`, and the errors that it logs. */
const withOdd = async (definition: (text: string) => string) => {
  const client = tables.makeClient();
  const errors: string[] = [];
  const store = makeAgentStore(client, tables.registry, { error: (message) => errors.push(message) });
  const owner = freshTenant();
  for (const id of ['good', 'odd']) await store.put(owner, agentDefinition(id, 'debugger'), 0, patience());
  const Key = toItem({ pk: joinKey('agents', 'tenant', owner), sk: joinKey('agent', 'odd') });
  const written = JSON.stringify({
    agent_id: 'odd',
    agent_type: 'debugger',
    name: 'odd',
    description: '',
    capabilities: [],
    specializations: [],
    endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:odd',
  });
  await client.send(
    new UpdateItemCommand({
      TableName: tables.registry,
      Key,
      UpdateExpression: 'SET #definition = :definition',
      ExpressionAttributeNames: { '#definition': 'definition' },
      ExpressionAttributeValues: toItem({ ':definition': definition(written) }),
    }),
  );
  const agents = await store.ofOwner(owner, patience());
  return { ids: agents.map(({ definition: { agentId } }) => agentId).sort(), errors };
};

it('survives an agent that a newer version wrote: what this one does not know is left out', async () => {
  const { ids, errors } = await withOdd((text) => text.replace('{', '{"not_yet":[1],'));
  expect(ids).toEqual(['good', 'odd']);
  expect(errors).toEqual([]);
});

it.each([
  ['is not JSON', () => '{'],
  ['has a role that is no more', (text: string) => text.replace('"debugger"', '"alchemist"')],
])('survives an agent that %s: the others are still there, and the log says so', async (_, change) => {
  const { ids, errors } = await withOdd(change);
  expect(ids).toEqual(['good']);
  expect(errors).toHaveLength(1);
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
