import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { type Item, toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { joinKey } from '../../functions/adapters/dynamodb/keys.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore } from '../../functions/application/agent-ports.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { type Faults, makeUnreliable } from './unreliable-client.ts';

let tables: TestTables;
let faults: Faults;
let agents: AgentStore;
/** Whose manifest cannot be written. */
let deaf: AgentStore;
const dependencies = { log: silentLog, clock: () => NOON_MS, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  const client = tables.makeClient();
  faults = makeUnreliable(client);
  agents = makeAgentStore(client, tables.registry, dependencies);
  const broken = tables.makeClient();
  broken.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'PutItemCommand') throw new Error('down');
        return next(args);
      },
    { step: 'initialize', name: 'failPuts' },
  );
  deaf = makeAgentStore(broken, tables.registry, dependencies);
});
afterAll(() => tables.stop());

const definition = agentDefinition('helper', 'debugger');
const routed = async (tenant: TenantId) => {
  const snapshots = makeSnapshotReader(tables.makeClient(), tables.registry, dependencies);
  return makeCachedRegistry({ ...dependencies, ...withoutRules, snapshots }).agents(tenant, patience());
};
const put = (owner: TenantId, expected: number) => agents.put(owner, definition, agentState(), expected, patience());
const registered = async () => {
  const owner = freshTenant();
  await put(owner, 0);
  return owner;
};
/** Agents of an owner as the monitor finds them. */
const mine = async (owner: TenantId) => (await agents.all(patience())).filter((agent) => agent.owner === owner);
/** Items of agents' records. */
const itemsOf = async (owner: TenantId) => {
  const { Items = [] } = await tables.makeClient().send(
    new QueryCommand({
      TableName: tables.registry,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': joinKey('agents', 'tenant', owner) }),
      ConsistentRead: true,
    }),
  );
  return Items;
};
/** A drain that is recorded, and that no router hears of. */
const drainUnheard = (owner: TenantId) =>
  expect(deaf.drain(owner, 'helper', 1, NOON_MS, patience())).rejects.toMatchObject(unavailable);
const unavailable = { code: 'STORE_UNAVAILABLE' };
const LEVELS = ['failNext', 'failNextAttempt'] as const;

describe('a put of an agent', () => {
  it.each(LEVELS)('survives a lost reply: %s', async (level) => {
    const owner = freshTenant();
    for (const expected of [0, 1]) {
      faults[level]('UpdateItem', 'after');
      expect(await put(owner, expected)).toBe(expected + 1);
    }
    expect(await agents.get(owner, 'helper', patience())).toMatchObject({ version: 2 });
    expect(await routed(owner)).toMatchObject([{ version: 2 }]);
  });

  it('rejects what did not happen', async () => {
    faults.failNext('UpdateItem', 'before');
    const owner = freshTenant();
    await expect(put(owner, 0)).rejects.toMatchObject(unavailable);
    expect(await agents.get(owner, 'helper', patience())).toBeUndefined();
    expect(await routed(owner)).toEqual([]);
  });

  it.each(['before', 'after'] as const)('survives the loss of its state %s it is written', async (fault) => {
    const owner = freshTenant();
    faults.failNext('UpdateItem', fault, 1);
    await expect(put(owner, 0)).rejects.toMatchObject(unavailable);
    expect(await agents.get(owner, 'helper', patience())).toMatchObject({ version: 1, definition });
    await agents.recordState(owner, 'helper', 1, agentState({ health: 'degraded' }), patience());
    await agents.publish(owner, await mine(owner), patience());
    expect(await routed(owner)).toMatchObject([{ version: 1, health: 'degraded' }]);
  });
});

describe('a drain of an agent', () => {
  it.each(LEVELS)('survives a lost reply: %s', async (level) => {
    const owner = await registered();
    faults[level]('UpdateItem', 'after');
    expect(await agents.drain(owner, 'helper', 1, NOON_MS, patience())).toBe(2);
    expect(await routed(owner)).toEqual([]);
  });

  it('rejects what did not happen', async () => {
    const owner = await registered();
    faults.failNext('UpdateItem', 'before');
    await expect(agents.drain(owner, 'helper', 1, NOON_MS, patience())).rejects.toMatchObject(unavailable);
    expect(await routed(owner)).toHaveLength(1);
  });

  it.each(LEVELS)('survives a lost reply of the swap: %s', async (level) => {
    const owner = await registered();
    faults[level]('PutItem', 'after');
    expect(await agents.drain(owner, 'helper', 1, NOON_MS, patience())).toBe(2);
    expect(await routed(owner)).toEqual([]);
  });
});

describe('a removal of an agent', () => {
  const drained = async () => {
    const owner = await registered();
    await agents.drain(owner, 'helper', 1, NOON_MS, patience());
    return owner;
  };

  it.each(LEVELS)('survives a lost reply: %s', async (level) => {
    const owner = await drained();
    if (level === 'failNext') faults.failNext('DeleteItem', 'after', 1);
    else faults.failNextAttempt('DeleteItem', 'after');
    expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
    expect(await agents.get(owner, 'helper', patience())).toBeUndefined();
  });

  it.each([
    ['before', 0],
    ['after', 0],
    ['before', 1],
  ] as const)(
    'rejects what did not happen, %s delete %i, and leaves no item behind when done again',
    async (fault, later) => {
      const owner = await drained();
      faults.failNext('DeleteItem', fault, later);
      await expect(agents.remove(owner, 'helper', 2, patience())).rejects.toMatchObject(unavailable);
      expect(await mine(owner)).toMatchObject([{ version: 2, drainingUntilMs: NOON_MS }]);
      expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
      expect(await itemsOf(owner)).toEqual([]);
    },
  );

  it('stays undone while routers cannot be told', async () => {
    const owner = await registered();
    await drainUnheard(owner);
    const removed = deaf.remove(owner, 'helper', 2, patience());
    await expect(removed).rejects.toMatchObject(unavailable);
    expect(await mine(owner)).toHaveLength(1);
    expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
    expect(await routed(owner)).toEqual([]);
  });

  it('tells routers first: after a drain that they never heard of, no agent is left in their sight', async () => {
    const owner = await registered();
    await drainUnheard(owner);
    expect(await routed(owner)).toHaveLength(1);
    expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
    expect(await routed(owner)).toEqual([]);
  });
});

describe('a state of an agent', () => {
  it('survives an attempt of which the reply is lost', async () => {
    const owner = await registered();
    faults.failNextAttempt('UpdateItem', 'after');
    await agents.recordState(owner, 'helper', 1, agentState({ health: 'unhealthy' }), patience());
    expect(await agents.get(owner, 'helper', patience())).toMatchObject({ state: { health: 'unhealthy' } });
  });

  it.each(['before', 'after'] as const)('rejects when the store cannot tell: %s', async (fault) => {
    const owner = await registered();
    faults.failNext('UpdateItem', fault);
    const recorded = agents.recordState(owner, 'helper', 1, agentState(), patience());
    await expect(recorded).rejects.toMatchObject(unavailable);
  });
});

describe('an index that is late', () => {
  it("survives: a new definition comes with its own state, not with the former one's", async () => {
    const owner = freshTenant();
    await agents.put(owner, definition, agentState({ health: 'unhealthy' }), 0, patience());
    const before = (await itemsOf(owner)).find(({ sk }) => sk?.S?.startsWith('live#'));
    await agents.put(owner, definition, agentState({ checks: 7 }), 1, patience());
    const late = tables.makeClient();
    late.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const output = result.output as QueryCommandOutput;
        const isFormer = (item: Item) => item.pk?.S === before?.pk?.S && item.sk?.S === before?.sk?.S;
        if (output.Items !== undefined)
          output.Items = output.Items.map((item) => (isFormer(item) && before !== undefined ? before : item));
        return result;
      },
      { step: 'initialize', name: 'late' },
    );
    const found = await makeAgentStore(late, tables.registry, dependencies).all(patience());
    expect(found.filter((agent) => agent.owner === owner)).toMatchObject([
      { version: 2, state: agentState({ checks: 7 }) },
    ]);
  });
});
