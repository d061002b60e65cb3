import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore } from '../../functions/application/agent-ports.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { type Faults, makeUnreliable } from './unreliable-client.ts';

let tables: TestTables;
let faults: Faults;
let agents: AgentStore;
const dependencies = { log: silentLog, clock: () => NOON_MS, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  const client = tables.makeClient();
  faults = makeUnreliable(client);
  agents = makeAgentStore(client, tables.registry, dependencies);
});
afterAll(() => tables.stop());

const definition = agentDefinition('helper', 'debugger');
const routed = async (tenant: TenantId) => {
  const snapshots = makeSnapshotReader(tables.makeClient(), tables.registry, dependencies);
  return makeCachedRegistry({ ...dependencies, snapshots }).agents(tenant, patience());
};
const put = (owner: TenantId, expected: number) => agents.put(owner, definition, agentState(), expected, patience());
const registered = async () => {
  const owner = freshTenant();
  await put(owner, 0);
  return owner;
};
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
    faults.failNext('PutItem', fault);
    await expect(put(owner, 0)).rejects.toMatchObject(unavailable);
    expect(await agents.get(owner, 'helper', patience())).toMatchObject({ version: 1, definition });
    await agents.recordState(owner, 'helper', agentState({ health: 'degraded' }), patience());
    const mine = (await agents.all(patience())).filter((agent) => agent.owner === owner);
    expect(await agents.publish(owner, mine, patience())).toBe(true);
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
    faults[level]('DeleteItem', 'after');
    expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
    expect(await agents.get(owner, 'helper', patience())).toBeUndefined();
  });

  it('rejects what did not happen', async () => {
    const owner = await drained();
    faults.failNext('DeleteItem', 'before');
    await expect(agents.remove(owner, 'helper', 2, patience())).rejects.toMatchObject(unavailable);
    expect(await agents.remove(owner, 'helper', 2, patience())).toBe(true);
  });
});

describe('a state of an agent', () => {
  it('survives an attempt of which the reply is lost', async () => {
    const owner = await registered();
    faults.failNextAttempt('UpdateItem', 'after');
    await agents.recordState(owner, 'helper', agentState({ health: 'unhealthy' }), patience());
    expect(await agents.get(owner, 'helper', patience())).toMatchObject({ state: { health: 'unhealthy' } });
  });

  it.each(['before', 'after'] as const)('rejects when the store cannot tell: %s', async (fault) => {
    const owner = await registered();
    faults.failNext('UpdateItem', fault);
    const recorded = agents.recordState(owner, 'helper', agentState(), patience());
    await expect(recorded).rejects.toMatchObject(unavailable);
  });
});
