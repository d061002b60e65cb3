import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { type Item, toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeSnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore, MonitoredAgent } from '../../functions/application/agent-ports.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import type { LatencyHistogram } from '../../functions/domain/health/latency.ts';
import { agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { meterCapacity } from './capacity-meter.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { inBatches, realisticAgents } from './realistic-agents.ts';

let tables: TestTables;
let client: DynamoDBClient;
let store: AgentStore;
const world = { nowMs: NOON_MS };
const dependencies = { log: silentLog, clock: () => world.nowMs, chance: Math.random };
beforeAll(async () => {
  tables = await startTables();
  client = tables.makeClient();
  store = makeAgentStore(client, tables.registry, dependencies);
});
afterAll(() => tables.stop());

/** More than a manifest holds. */
const MANY = 120;
const agents = realisticAgents(MANY);
const ids = agents.map(({ agentId }) => agentId).sort();

const putAll = (owner: TenantId, into = store, definitions = agents, expected = 0, state = agentState()) =>
  inBatches(definitions, (agent) => into.put(owner, agent, state, expected, patience()), 10);

/** A router, and what its reads consume. */
const makeRouter = (owner: TenantId) => {
  const own = tables.makeClient();
  const meter = meterCapacity(own);
  const snapshots = makeSnapshotReader(own, tables.registry, dependencies);
  const registry = makeCachedRegistry({ ...dependencies, ...withoutRules, snapshots });
  const seen = async () => {
    world.nowMs += 5_000;
    const found = await registry.agents(owner, patience());
    return new Map(found.map(({ definition, ...agent }) => [definition.agentId as string, agent]));
  };
  const reads = () => meter.take().filter(({ key }) => key.includes(owner));
  return { seen, reads, basesRead: () => reads().filter(({ key }) => key.startsWith('cards#')).length };
};

const itemsOf = async (owner: TenantId, kind: string): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let start: Item | undefined;
  do {
    const scan = { TableName: tables.registry, ...(start === undefined ? {} : { ExclusiveStartKey: start }) };
    const page = await client.send(new ScanCommand(scan));
    found.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return found.filter(({ pk }) => pk?.S?.startsWith(`${kind}#`) && pk.S.includes(owner));
};
const monitored = async (owner: TenantId) => (await store.all(patience())).filter((agent) => agent.owner === owner);
const withHealth = (all: readonly MonitoredAgent[], health: 'healthy' | 'unhealthy') =>
  all.map((agent): MonitoredAgent => ({ ...agent, state: agentState({ health }) }));

describe('the snapshot of many agents', () => {
  it('holds them all, however many writers there were at the same time', async () => {
    const owner = freshTenant();
    const writers = Array.from({ length: 4 }, () => makeAgentStore(tables.makeClient(), tables.registry, dependencies));
    const quarters = writers.map((writer, index) =>
      putAll(owner, writer, agents.slice((index * MANY) / 4, ((index + 1) * MANY) / 4)),
    );
    expect((await Promise.all(quarters)).flat()).toEqual(agents.map(() => 1));
    expect([...(await makeRouter(owner).seen()).keys()].sort()).toEqual(ids);
    const bases = await itemsOf(owner, 'cards');
    const [manifest] = await itemsOf(owner, 'manifest');
    const { id, copies } = JSON.parse(manifest?.base?.S ?? '{}');
    const current = bases.filter(({ sk }) => sk?.S?.startsWith(`${id}#`));
    expect(current).toHaveLength(copies);
    expect(current.every(({ expires_at }) => expires_at === undefined)).toBe(true);
    const former = bases.filter((item) => !current.includes(item));
    expect(former.every(({ expires_at }) => Number(expires_at?.N) >= NOON_MS / 1000 + 600)).toBe(true);
  });

  it('is followed by routers that keep up, without reading it again', async () => {
    const owner = freshTenant();
    await putAll(owner);
    const router = makeRouter(owner);
    await router.seen();
    expect(router.basesRead()).toBeGreaterThan(0);
    for (let round = 0; round < 5; round += 1) {
      const some = (await monitored(owner)).filter((_, index) => index % 5 === round);
      const all = await monitored(owner);
      await store.publish(
        owner,
        [...all.filter((agent) => !some.includes(agent)), ...withHealth(some, 'unhealthy')],
        patience(),
      );
      const sick = [...(await router.seen())].filter(([, { health }]) => health === 'unhealthy');
      expect(sick.map(([id]) => id).sort()).toEqual(some.map(({ card }) => card.agentId as string).sort());
      expect(router.reads()).toEqual([{ operation: 'GetItem', key: `manifest#tenant#${owner}`, units: 1 }]);
      expect(await makeRouter(owner).seen()).toEqual(await router.seen());
      router.reads();
    }
  });

  it('is read again by routers that fell behind, and by all after a change too large to be told', async () => {
    const owner = freshTenant();
    await putAll(owner);
    const router = makeRouter(owner);
    await router.seen();
    router.reads();
    const degraded = agentState({ health: 'degraded' });
    expect(await putAll(owner, store, agents, 1, degraded)).toEqual(agents.map(() => 2));
    const seen = await router.seen();
    expect(router.basesRead()).toBe(1);
    expect(seen.size).toBe(MANY);
    expect([...seen.values()].every(({ version, health }) => version === 2 && health === 'degraded')).toBe(true);
  });

  it('gets performance at most every ten minutes', async () => {
    const owner = freshTenant();
    await putAll(owner);
    const router = makeRouter(owner);
    const publishCalls = async (bucket: number) => {
      const latency: LatencyHistogram = Array.from({ length: bucket + 1 }, (_, index) => (index === bucket ? 9 : 0));
      const minute = { minute: Math.floor(world.nowMs / 60_000) - 1, calls: 9, failures: 0, totalMs: 1, latency };
      const all = (await monitored(owner)).map((agent) => ({ ...agent, state: agentState({ minutes: [minute] }) }));
      await store.publish(owner, all, patience());
      return new Set([...(await router.seen()).values()].map(({ p50Ms }) => Math.round(p50Ms ?? 0)));
    };
    expect(await publishCalls(20)).toEqual(new Set([87]));
    world.nowMs += 300_000;
    expect(await publishCalls(30)).toEqual(new Set([87]));
    world.nowMs += 300_000;
    expect(await publishCalls(30)).toEqual(new Set([808]));
    world.nowMs += 600_000;
    expect(await publishCalls(31)).toEqual(new Set([808]));
  });

  it.each(['cards', 'manifest'])('survives the loss of its %s: the next publication makes it anew', async (kind) => {
    const owner = freshTenant();
    await putAll(owner);
    const router = makeRouter(owner);
    const before = await router.seen();
    for (const { pk, sk } of await itemsOf(owner, kind))
      await client.send(new DeleteItemCommand({ TableName: tables.registry, Key: { pk, sk } as Item }));
    if (kind === 'cards') {
      await expect(makeRouter(owner).seen()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await router.seen()).toEqual(before);
    }
    await store.publish(owner, await monitored(owner), patience());
    expect([...(await makeRouter(owner).seen()).keys()].sort()).toEqual(ids);
    expect([...(await router.seen()).keys()].sort()).toEqual(ids);
  });

  it.each([
    ['missing', undefined],
    ['cut short', new Uint8Array([120, 156])],
  ])('is read from another copy where one is %s', async (_, cards) => {
    const owner = freshTenant();
    await putAll(owner);
    const copy = (await itemsOf(owner, 'cards')).filter(({ pk }) => pk?.S === `cards#tenant#${owner}#0`);
    expect(copy).not.toEqual([]);
    for (const { pk, sk } of copy) {
      const Key = { pk, sk } as Item;
      await client.send(new DeleteItemCommand({ TableName: tables.registry, Key }));
      if (cards === undefined) continue;
      await client.send(new PutItemCommand({ TableName: tables.registry, Item: { ...Key, ...toItem({ cards }) } }));
    }
    const reader = makeSnapshotReader(client, tables.registry, { log: silentLog, chance: () => 0 });
    const manifest = await reader.manifest(owner, true, patience());
    expect((await reader.entries(owner, manifest, patience())).size).toBe(MANY);
  });

  it('survives writers that died before they published', async () => {
    const owner = freshTenant();
    await putAll(owner);
    const [before] = await itemsOf(owner, 'manifest');
    const [changed, removed] = agents;
    if (changed === undefined || removed === undefined || before === undefined) throw new Error('nothing to change');
    await store.put(owner, changed, agentState(), 1, patience());
    await store.drain(owner, removed.agentId, 1, NOON_MS, patience());
    // As it is when neither of the two changed the manifest.
    await client.send(new PutItemCommand({ TableName: tables.registry, Item: before }));
    const router = makeRouter(owner);
    expect((await router.seen()).get(changed.agentId)).toMatchObject({ version: 1 });
    await store.publish(owner, await monitored(owner), patience());
    const seen = await router.seen();
    expect(seen.get(changed.agentId)).toMatchObject({ version: 2 });
    expect(seen.has(removed.agentId)).toBe(false);
    expect(seen.size).toBe(MANY - 1);
    const [published] = await itemsOf(owner, 'manifest');
    await store.publish(owner, await monitored(owner), patience());
    expect(await itemsOf(owner, 'manifest')).toEqual([published]);
  });

  it('is half a read unit for an owner that never had an agent, and its manifest never more than one', async () => {
    const owner = freshTenant();
    const router = makeRouter(owner);
    for (let round = 0; round < 3; round += 1) await router.seen();
    expect(router.reads().map(({ units }) => units)).toEqual([0.5, 0.5, 0.5]);
    for (const agent of agents.slice(0, 60)) {
      await store.put(owner, agent, agentState(), 0, patience());
      await router.seen();
    }
    const manifests = router.reads().filter(({ key }) => key.startsWith('manifest#'));
    expect(new Set(manifests.map(({ units }) => units))).toEqual(new Set([0.5, 1]));
  });
});
