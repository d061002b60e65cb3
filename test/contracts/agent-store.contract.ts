import { describe, expect, it } from 'vitest';
import type {
  AgentOwner,
  AgentState,
  AgentStore,
  MonitoredAgent,
  Registry,
} from '../../functions/application/agent-ports.ts';
import { cardOf } from '../../functions/domain/contract/agent.ts';
import type { TenantId } from '../../functions/domain/contract/ids.ts';
import { bucketOf, upperMs, withCall } from '../../functions/domain/health/latency.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';

const NOON_MINUTE = NOON_MS / 60_000;

const definition = agentDefinition('helper', 'debugger', {
  specializations: ['go', 'ü#😀'],
  timeout_seconds: 7,
  examples: ['It crashes!'],
  tags: ['x'],
  complexity_range: { min: 0.25, max: 1 },
  history_policy: { kind: 'last_n', n: 3 },
});
const UNCHECKED = agentState({
  health: 'unknown',
  responseTimeMs: null,
  lastCheckMs: null,
  lastHealthyMs: null,
  checks: 0,
  passed: 0,
});
const counted = (minute: number, durationsMs: readonly number[], failures = 0) => ({
  minute,
  calls: durationsMs.length,
  failures,
  totalMs: durationsMs.reduce((sum, ms) => sum + ms, 0),
  latency: durationsMs.reduce<readonly number[]>(withCall, []),
});
const BUSY = agentState({
  health: 'degraded',
  contrary: 1,
  reason: 'slow',
  minutes: [counted(NOON_MINUTE - 3, [0.5, 800, 900_000], 2), counted(NOON_MINUTE - 1, [900, 900])],
});

export interface AgentStoreUnderTest {
  readonly store: () => AgentStore;
  /** A router that has just started. */
  readonly registry: () => Registry;
}

/** What every agent store keeps, how it settles races, and what routers see of it. */
export const describeAgentStore = (name: string, { store, registry }: AgentStoreUnderTest): void => {
  const registered = async (state: AgentState = agentState()) => {
    const tenant = freshTenant();
    expect(await store().put(tenant, definition, state, 0, patience())).toBe(1);
    return tenant;
  };
  const stored = (owner: AgentOwner) => store().get(owner, 'helper', patience());
  const monitored = async (owner: AgentOwner): Promise<readonly MonitoredAgent[]> =>
    (await store().all(patience())).filter((agent) => agent.owner === owner);
  const routed = async (tenant: TenantId) =>
    (await registry().agents(tenant, patience())).filter(({ owner }) => owner === tenant);

  describe(`${name}: an agent`, () => {
    it.each([
      ['unchecked', UNCHECKED],
      ['with all that is known of it', BUSY],
    ])('is kept as it was put, %s', async (_, state) => {
      const owner = await registered(state);
      const expected = { owner, version: 1, state, drainingUntilMs: null };
      expect(await stored(owner)).toEqual({ ...expected, definition });
      expect(await store().ofOwner(owner, patience())).toEqual([{ ...expected, definition }]);
      expect(await monitored(owner)).toEqual([{ ...expected, card: cardOf(definition) }]);
    });

    it('is replaced, with its state, only by who knows its version', async () => {
      const owner = await registered();
      const renamed = { ...definition, name: 'renamed' };
      for (const stale of [0, 2, 7]) expect(await store().put(owner, renamed, BUSY, stale, patience())).toBeUndefined();
      expect(await stored(owner)).toMatchObject({ version: 1, state: agentState() });
      expect(await store().put(owner, renamed, BUSY, 1, patience())).toBe(2);
      expect(await store().put(owner, definition, UNCHECKED, 1, patience())).toBeUndefined();
      expect(await stored(owner)).toMatchObject({ version: 2, definition: renamed, state: BUSY });
    });

    it('rejects an update of what is not there', async () => {
      expect(await store().put(freshTenant(), definition, BUSY, 3, patience())).toBeUndefined();
    });

    it.each([
      ['different', 0],
      ['different', 1],
      ['equal', 0],
      ['equal', 1],
    ])('goes to exactly one of the writers that race with %s definitions for version %i', async (kind, expected) => {
      const owner = expected === 0 ? freshTenant() : await registered();
      const rivals = Array.from({ length: 6 }, (_, index) => ({
        ...definition,
        name: kind === 'equal' ? 'rival' : `rival ${index}`,
      }));
      const versions = await Promise.all(
        rivals.map((rival) => store().put(owner, rival, UNCHECKED, expected, patience())),
      );
      const winner = versions.findIndex((version) => version !== undefined);
      expect(versions.filter((version) => version !== undefined)).toEqual([expected + 1]);
      expect((await stored(owner))?.definition.name).toBe(rivals[winner]?.name);
      expect(await routed(owner)).toMatchObject([{ version: expected + 1 }]);
    });

    it("is its owner's alone, and among all", async () => {
      const [first, second] = [await registered(), await registered()];
      expect(await stored(`${first}#agent` as never)).toBeUndefined();
      expect((await store().ofOwner(first, patience())).map(({ owner }) => owner)).toEqual([first]);
      expect(await monitored(second)).toHaveLength(1);
    });

    it('is one of many, by id', async () => {
      const owner = freshTenant();
      const ids = Array.from({ length: 24 }, (_, index) => `agent-${String.fromCharCode(97 + index)}`);
      const puts = ids.map((id) => store().put(owner, agentDefinition(id, 'debugger'), UNCHECKED, 0, patience()));
      expect(await Promise.all(puts)).toEqual(ids.map(() => 1));
      const agents = await store().ofOwner(owner, patience());
      expect(agents.map((agent) => agent.definition.agentId)).toEqual(ids);
      expect((await monitored(owner)).map(({ card }) => card.agentId).sort()).toEqual(ids);
      expect((await routed(owner)).map((agent) => agent.definition.agentId).sort()).toEqual(ids);
    });
  });

  describe(`${name}: an agent that drains`, () => {
    const drained = async () => {
      const tenant = await registered();
      expect(await store().drain(tenant, 'helper', 1, NOON_MS, patience())).toBe(2);
      return tenant;
    };

    it('is on record, and no longer routed to', async () => {
      const owner = await drained();
      expect(await stored(owner)).toMatchObject({ version: 2, drainingUntilMs: NOON_MS, definition });
      expect(await monitored(owner)).toMatchObject([{ version: 2, drainingUntilMs: NOON_MS }]);
      expect(await routed(owner)).toEqual([]);
    });

    it('rejects whoever does not know its version', async () => {
      const owner = await registered();
      for (const stale of [0, 2]) expect(await store().drain(owner, 'helper', stale, 1, patience())).toBeUndefined();
      expect(await store().drain(owner, 'nobody', 1, 1, patience())).toBeUndefined();
      expect(await stored(owner)).toMatchObject({ version: 1, drainingUntilMs: null });
      expect(await routed(owner)).toHaveLength(1);
    });

    it('gives its place to one that is put over it', async () => {
      const owner = await drained();
      expect(await store().put(owner, definition, UNCHECKED, 2, patience())).toBe(3);
      expect(await stored(owner)).toMatchObject({ version: 3, drainingUntilMs: null });
      expect(await routed(owner)).toMatchObject([{ version: 3, health: 'unknown' }]);
      expect(await store().remove(owner, 'helper', 2, patience())).toBe(false);
      expect(await store().remove(owner, 'helper', 3, patience())).toBe(false);
      expect(await stored(owner)).toMatchObject({ version: 3 });
    });

    it('is removed, once and for all', async () => {
      const owner = await drained();
      expect(await store().remove(owner, 'helper', 1, patience())).toBe(false);
      expect(await store().remove(owner, 'helper', 2, patience())).toBe(true);
      expect(await store().remove(owner, 'helper', 2, patience())).toBe(true);
      expect(await stored(owner)).toBeUndefined();
      expect(await store().ofOwner(owner, patience())).toEqual([]);
      expect(await monitored(owner)).toEqual([]);
      expect(await store().put(owner, definition, UNCHECKED, 0, patience())).toBe(1);
      expect(await routed(owner)).toHaveLength(1);
    });
  });

  describe(`${name}: the state of an agent`, () => {
    it('is overwritten as a whole', async () => {
      const owner = await registered();
      for (const state of [BUSY, UNCHECKED, agentState()]) {
        await store().recordState(owner, 'helper', state, patience());
        expect(await stored(owner)).toMatchObject({ version: 1, definition, state });
        expect(await monitored(owner)).toMatchObject([{ state }]);
      }
    });

    it('does not bring an agent back that is not there', async () => {
      const owner = freshTenant();
      await store().recordState(owner, 'helper', agentState(), patience());
      expect(await stored(owner)).toBeUndefined();
      expect(await store().ofOwner(owner, patience())).toEqual([]);
      expect(await monitored(owner)).toEqual([]);
      expect(await store().put(owner, definition, UNCHECKED, 0, patience())).toBe(1);
    });
  });

  describe(`${name}: what routers see`, () => {
    it('is what was put, at once', async () => {
      const owner = await registered(BUSY);
      const figures = { health: 'degraded', p50Ms: upperMs(bucketOf(900)), errorRate: 0.4 };
      expect(await routed(owner)).toEqual([{ owner, version: 1, definition: cardOf(definition), ...figures }]);
      await store().put(owner, { ...definition, specializations: ['rust'] }, UNCHECKED, 1, patience());
      expect(await routed(owner)).toMatchObject([
        { version: 2, health: 'unknown', p50Ms: null, errorRate: null, definition: { specializations: ['rust'] } },
      ]);
    });

    it('follows the health that is published, and says whether it mattered', async () => {
      const owner = await registered();
      const agents = await monitored(owner);
      expect(await store().publish(owner, agents, patience())).toBe(false);
      const sick = agents.map((agent) => ({ ...agent, state: agentState({ health: 'unhealthy' }) }));
      expect(await store().publish(owner, sick, patience())).toBe(true);
      expect(await routed(owner)).toMatchObject([{ health: 'unhealthy', version: 1 }]);
      expect(await store().publish(owner, sick, patience())).toBe(false);
    });

    it('gets figures of performance, which alone do not matter', async () => {
      const owner = await registered();
      const busy = (await monitored(owner)).map((agent) => ({
        ...agent,
        state: agentState({ minutes: [counted(NOON_MINUTE - 1, [100, 100], 1)] }),
      }));
      expect(await store().publish(owner, busy, patience())).toBe(false);
      expect(await routed(owner)).toMatchObject([{ errorRate: 0.5, p50Ms: expect.any(Number) }]);
    });

    it('survives a publication that is behind: no agent vanishes, none gets older or comes back', async () => {
      const owner = await registered();
      const before = await monitored(owner);
      await store().put(owner, { ...definition, specializations: ['rust'] }, agentState(), 1, patience());
      await store().put(owner, agentDefinition('newcomer', 'debugger'), agentState(), 0, patience());
      expect(await store().publish(owner, before, patience())).toBe(false);
      expect(await store().publish(owner, [], patience())).toBe(false);
      const versions = (await routed(owner)).map((agent) => [agent.definition.agentId, agent.version]);
      expect(versions.sort()).toEqual([
        ['helper', 2],
        ['newcomer', 1],
      ]);
      await store().drain(owner, 'helper', 2, NOON_MS, patience());
      await store().publish(owner, before, patience());
      expect((await routed(owner)).map((agent) => agent.definition.agentId)).toEqual(['newcomer']);
    });
  });
};
