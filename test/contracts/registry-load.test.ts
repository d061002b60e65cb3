import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import { makeAgentStore } from '../../functions/adapters/dynamodb/registry/agent-store.ts';
import { makeProfileReader } from '../../functions/adapters/dynamodb/registry/profile-items.ts';
import { makeSnapshotReader, type SnapshotReader } from '../../functions/adapters/dynamodb/registry/snapshot-reader.ts';
import type { AgentStore, Registry } from '../../functions/application/agent-ports.ts';
import { EMPTY_MANIFEST, type Manifest } from '../../functions/domain/registry/snapshot.ts';
import { agentState, freshTenant, NOON_MS, patience, seededChance } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';
import { type Consumed, meterCapacity } from './capacity-meter.ts';
import { startTables, type TestTables } from './dynamodb.ts';
import { inBatches, realisticAgents } from './realistic-agents.ts';

const AGENTS = 1_000;
const INSTANCES = 1_000;
/** A third of what a partition gives: read units a second that one key may cost in the peak second. */
const MOST_PER_SECOND = 1_000;

/** As large as they are of ten examples, and nothing to pack. */
const profiles = { version: () => 0xdeadbeef, make: () => 'p'.repeat(1_900) };

/** Units of one call of each kind of key, as they were measured. */
interface Costs {
  /** Of the manifest, by an instance that starts and by one that follows. */
  readonly first: number;
  readonly later: number;
  readonly base: number;
  readonly copies: number;
}

interface Scenario {
  readonly tables: TestTables;
  readonly tenant: ReturnType<typeof freshTenant>;
  readonly store: AgentStore;
  readonly world: { nowMs: number };
}

const definitions = realisticAgents(AGENTS);
let scenario: Scenario;
beforeAll(async () => {
  const tables = await startTables();
  const world = { nowMs: NOON_MS };
  const dependencies = { log: silentLog, clock: () => world.nowMs, chance: Math.random };
  const store = makeAgentStore(tables.makeClient(), tables.registry, { ...dependencies, profiles });
  scenario = { tables, tenant: freshTenant(), store, world };
  await inBatches(definitions, (agent) => store.put('global', agent, agentState(), 0, patience()));
}, 120_000);
afterAll(() => scenario.tables.stop());

/** An instance that just started, and what its reads cost. */
const makeInstance = () => {
  const { tables, tenant, world } = scenario;
  const client = tables.makeClient();
  const meter = meterCapacity(client);
  const dependencies = { log: silentLog, clock: () => world.nowMs, chance: Math.random };
  const snapshots = makeSnapshotReader(client, tables.registry, dependencies);
  const registry = makeCachedRegistry({ ...dependencies, ...withoutRules, snapshots });
  return async () => {
    world.nowMs += 5_000;
    expect(await registry.agents(tenant, patience())).toHaveLength(AGENTS);
    return meter.take();
  };
};

const unitsOf = (consumed: readonly Consumed[], key: string): number =>
  consumed.filter((call) => call.key.startsWith(key)).reduce((sum, { units }) => sum + units, 0);
const costsOf = (consumed: readonly Consumed[]) => ({
  manifest: unitsOf(consumed, 'manifest#global'),
  tenant: unitsOf(consumed, 'manifest#tenant'),
  base: unitsOf(consumed, 'cards#global'),
});

/** The most units of one key in any second; `atMs` in order. */
const peakSecond = (calls: readonly { atMs: number; units: number }[]): number => {
  let [peak, sum, from] = [0, 0, 0];
  for (const { atMs, units } of calls) {
    sum += units;
    for (let oldest = calls[from]; oldest !== undefined && oldest.atMs <= atMs - 1_000; oldest = calls[from]) {
      sum -= oldest.units;
      from += 1;
    }
    peak = Math.max(peak, sum);
  }
  return peak;
};

/**
 * Plays real registries of many instances, each asked every quarter of a second: 1,000 start in one second; they run on;
 * then another 1,000 start in the very second in which a change makes those that run read everything again.
 * @returns each key's peak second in each phase
 */
const play = async (costs: Costs) => {
  const chance = seededChance(11);
  const world = { nowMs: NOON_MS, generation: 1 };
  const calls = new Map<string, { atMs: number; units: number }[]>();
  const count = (key: string, units: number) => {
    const list = calls.get(key) ?? [];
    calls.set(key, list);
    list.push({ atMs: world.nowMs, units });
  };
  const snapshots: SnapshotReader = {
    manifest: async (owner, isConsistent): Promise<Manifest> => {
      if (owner !== 'global') return EMPTY_MANIFEST;
      count('manifest', isConsistent ? costs.later : costs.first);
      const { generation } = world;
      const base = { id: 'b', generation, chunks: 1, copies: costs.copies };
      return { generation, since: generation, changes: [], base, figuresAtMs: 0 };
    },
    entries: async (owner, { base }) => {
      if (owner === 'global') count(`copy ${Math.floor(chance() * (base?.copies ?? 1))}`, costs.base);
      return new Map();
    },
  };
  const instances: { registry: Registry; nextMs: number }[] = [];
  const startAll = () => {
    for (let index = 0; index < INSTANCES; index += 1) {
      const registry = makeCachedRegistry({
        ...withoutRules,
        snapshots,
        clock: () => world.nowMs,
        chance,
        log: silentLog,
      });
      instances.push({ registry, nextMs: world.nowMs + Math.floor(chance() * 1_000) });
    }
  };
  const { tenant } = scenario;
  const runUntil = async (endMs: number) => {
    for (; world.nowMs < endMs; world.nowMs += 10) {
      const due = instances.filter(({ nextMs }) => nextMs <= world.nowMs);
      for (const instance of due) instance.nextMs += 250;
      await Promise.all(due.map(({ registry }) => registry.agents(tenant, patience())));
    }
    const peaks = [...calls].map(([key, list]) => [key, peakSecond(list)] as const);
    calls.clear();
    const copies = peaks.filter(([key]) => key !== 'manifest').map(([, peak]) => peak);
    return { manifest: Object.fromEntries(peaks).manifest ?? 0, copy: Math.max(0, ...copies) };
  };
  startAll();
  const coldStarts = await runUntil(NOON_MS + 1_000);
  await runUntil(NOON_MS + 20_000);
  const steady = await runUntil(NOON_MS + 40_000);
  world.generation += 1;
  startAll();
  const both = await runUntil(NOON_MS + 41_000);
  const after = await runUntil(NOON_MS + 60_000);
  return { coldStarts, steady, both, after };
};

describe(`what ${INSTANCES} routers read of ${AGENTS} agents`, () => {
  it('stays under a third of what a partition gives, in the peak second', async () => {
    const { store } = scenario;
    const following = makeInstance();
    const cold = costsOf(await following());
    const unchanged = costsOf(await following());
    const [one] = definitions;
    if (one === undefined) throw new Error('no agent');
    await store.put('global', one, agentState(), 1, patience());
    const changedOne = costsOf(await following());
    const all = await store.all(patience());
    const sick = all.map((agent, index) =>
      index < 64 ? { ...agent, state: agentState({ health: 'unhealthy' }) } : agent,
    );
    await store.publish('global', sick, patience());
    const health64 = costsOf(await following());
    await Promise.all(definitions.slice(1, 65).map((agent) => store.put('global', agent, agentState(), 1, patience())));
    const definitions64 = costsOf(await following());
    const measured = { cold, unchanged, changedOne, health64, definitions64 };

    const reader = makeSnapshotReader(scenario.tables.makeClient(), scenario.tables.registry, {
      chance: Math.random,
      log: silentLog,
    });
    const { base } = await reader.manifest('global', true, patience());
    const costs = { first: cold.manifest, later: unchanged.manifest, base: cold.base, copies: base?.copies ?? 0 };
    const peaks = await play(costs);
    console.info(JSON.stringify({ measured, base, peaks }, null, 1));

    expect(unchanged).toEqual({ manifest: 1, tenant: 0.5, base: 0 });
    expect(changedOne).toEqual(unchanged);
    expect(health64).toEqual(unchanged);
    expect(cold).toMatchObject({ manifest: 0.5, tenant: 0.5 });
    for (const { manifest, copy } of Object.values(peaks)) {
      expect(manifest).toBeLessThan(MOST_PER_SECOND);
      expect(copy).toBeLessThan(MOST_PER_SECOND);
    }
    expect(peaks.steady.manifest).toBeGreaterThan(0);
    expect(peaks.both.copy).toBeGreaterThan(0);
  }, 120_000);

  it('reads each profile, which has a key of its own, for half a unit', async () => {
    const client = scenario.tables.makeClient();
    const meter = meterCapacity(client);
    const agents = (await scenario.store.all(patience())).flatMap(({ owner, card, version }) =>
      owner === 'global'
        ? [{ owner, definition: card, version, health: 'healthy', p50Ms: null, errorRate: null } as const]
        : [],
    );
    const found = await makeProfileReader(client, scenario.tables.registry).read(agents, patience());
    expect(found.size).toBe(AGENTS);
    const units = meter.take().reduce((sum, call) => sum + call.units, 0);
    expect(units / AGENTS).toBe(0.5);
    expect((units / AGENTS) * INSTANCES).toBeLessThan(MOST_PER_SECOND);
  });

  it('costs its writers a few units a change, and a monitor a few units an agent', async () => {
    const { tables, world } = scenario;
    const client = tables.makeClient();
    const meter = meterCapacity(client);
    const dependencies = { log: silentLog, clock: () => world.nowMs, chance: Math.random };
    const store = makeAgentStore(client, tables.registry, { ...dependencies, profiles });
    const spent = () => {
      const consumed = meter.take();
      const isRead = ({ operation }: Consumed) => ['GetItem', 'Query'].includes(operation);
      const sum = (calls: readonly Consumed[]) => calls.reduce((total, { units }) => total + units, 0);
      return { reads: sum(consumed.filter(isRead)), writes: sum(consumed.filter((call) => !isRead(call))) };
    };
    const owner = freshTenant();
    const [one, ...others] = realisticAgents(500);
    if (one === undefined) throw new Error('no agent');
    await store.put(owner, one, agentState(), 0, patience());
    const registered = spent();
    await inBatches(others, (agent) => store.put(owner, agent, agentState(), 0, patience()));
    const bulk = spent();
    const minutes = Array.from({ length: 15 }, (_, index) => ({
      minute: NOON_MS / 60_000 + index,
      calls: 120,
      failures: 1,
      totalMs: 123_456.789,
      latency: Array.from({ length: 30 }, (_, bucket) => (bucket < 15 ? 0 : 8)),
    }));
    const agents = (await store.all(patience())).filter((agent) => agent.owner === owner);
    const all = spent();
    await inBatches(agents, ({ card }) =>
      store.recordState(owner, card.agentId, 1, agentState({ minutes }), patience()),
    );
    const states = spent();
    await store.publish(owner, agents, patience());
    const unchanged = spent();
    const sick = agents.map((agent, index) =>
      index === 0 ? { ...agent, state: agentState({ health: 'unhealthy' }) } : agent,
    );
    await store.publish(owner, sick, patience());
    const oneIsSick = spent();
    world.nowMs = NOON_MS + 15 * 60_000;
    const busy = agents.map((agent) => ({ ...agent, state: agentState({ minutes }) }));
    await store.publish(owner, busy, patience());
    const figures = spent();
    console.info(JSON.stringify({ registered, bulk, all, states, unchanged, oneIsSick, figures }));
    expect(agents).toHaveLength(500);
    expect(registered.writes).toBeLessThanOrEqual(6);
    expect(states.writes).toBeLessThanOrEqual(3 * agents.length);
    expect(unchanged.writes).toBe(0);
    expect(oneIsSick.writes).toBeGreaterThan(0);
    expect(oneIsSick.writes).toBeLessThanOrEqual(4);
    expect(figures.writes).toBeGreaterThan(4);
  }, 120_000);
});
