import { beforeEach, describe, expect, it } from 'vitest';
import { cardOf } from '../../functions/domain/contract/agent.ts';
import { UNCHECKED } from '../../functions/domain/health/health.ts';
import { agentDefinition, agentState, freshTenant, NOON_MS, patience } from '../twins/samples.ts';
import { type AgentStoreUnderTest, BUSY, definition, makeAgentStoreRig } from './agent-store-rig.ts';

/** What every agent store keeps on record, and how it settles races. */
export const describeAgentStore = (name: string, underTest: AgentStoreUnderTest): void => {
  const { store, clock } = underTest;
  const { registered, stored, monitored, routed } = makeAgentStoreRig(underTest);

  beforeEach(() => {
    clock.nowMs = NOON_MS;
  });

  describe(`${name}: an agent`, () => {
    it.each([
      ['unchecked', UNCHECKED],
      ['with all that is known of it', BUSY],
    ])('is kept as it was put, %s', async (_, state) => {
      const owner = await registered(state);
      const expected = { owner, version: 1, state, drainingUntilMs: null };
      const record = { ...expected, createdAtMs: NOON_MS, definition };
      expect(await stored(owner)).toEqual(record);
      expect(await store().ofOwner(owner, patience())).toEqual([record]);
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

    it('is changed without its state, which then is what was recorded last', async () => {
      const owner = await registered();
      await store().recordState(owner, 'helper', 1, BUSY, patience());
      const renamed = { ...definition, name: 'renamed' };
      expect(await store().put(owner, renamed, undefined, 1, patience())).toBe(2);
      expect(await stored(owner)).toMatchObject({ version: 2, definition: renamed, state: BUSY });
      expect(await routed(owner)).toMatchObject([{ version: 2, health: 'degraded', errorRate: 0.4 }]);
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
      expect(await stored(owner)).toMatchObject({ version: 3, drainingUntilMs: null, state: UNCHECKED });
      expect(await routed(owner)).toMatchObject([{ version: 3, health: 'unknown' }]);
      expect(await store().remove(owner, 'helper', 2, patience())).toBe(false);
      expect(await store().remove(owner, 'helper', 3, patience())).toBe(false);
      expect(await stored(owner)).toMatchObject({ version: 3 });
    });

    it('drains again to whoever asks again: as a new version, until then', async () => {
      const owner = await drained();
      expect(await store().drain(owner, 'helper', 2, NOON_MS, patience())).toBe(3);
      expect(await stored(owner)).toMatchObject({ version: 3, drainingUntilMs: NOON_MS });
      expect(await store().remove(owner, 'helper', 2, patience())).toBe(false);
      expect(await store().remove(owner, 'helper', 3, patience())).toBe(true);
    });

    it('keeps its state as long as it is not removed', async () => {
      const owner = await registered(BUSY);
      expect(await store().remove(owner, 'helper', 1, patience())).toBe(false);
      await store().drain(owner, 'helper', 1, NOON_MS, patience());
      for (const other of [1, 3]) expect(await store().remove(owner, 'helper', other, patience())).toBe(false);
      expect(await stored(owner)).toMatchObject({ state: BUSY });
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

  describe(`${name}: when an agent was registered`, () => {
    it('stays with it through changes, and through its place being taken while it drains', async () => {
      const owner = await registered();
      const createdAtMs = async () => (await stored(owner))?.createdAtMs;
      clock.nowMs += 1_000;
      await store().put(owner, definition, undefined, 1, patience());
      await store().drain(owner, 'helper', 2, NOON_MS, patience());
      expect(await createdAtMs()).toBe(NOON_MS);
      await store().put(owner, definition, UNCHECKED, 3, patience());
      expect(await createdAtMs()).toBe(NOON_MS);
      await store().drain(owner, 'helper', 4, NOON_MS, patience());
      await store().remove(owner, 'helper', 5, patience());
      await store().put(owner, definition, UNCHECKED, 0, patience());
      expect(await createdAtMs()).toBe(NOON_MS + 1_000);
    });
  });
};
