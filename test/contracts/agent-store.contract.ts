import { describe, expect, it } from 'vitest';
import type { AgentHealth } from '../../functions/application/ports.ts';
import type { MemoryAgentStore } from '../twins/agent-store.ts';
import { agentDefinition, freshTenant, NOON_MS, patience } from '../twins/samples.ts';

const definition = agentDefinition('helper', 'debugger', { specializations: ['go', 'ü#😀'], timeout_seconds: 7 });
const HEALTHY: AgentHealth = {
  health: 'healthy',
  contrary: 0,
  responseTimeMs: 12.5,
  lastCheckMs: NOON_MS,
  lastHealthyMs: NOON_MS,
};
const UNCHECKED: AgentHealth = {
  health: 'unknown',
  contrary: 0,
  responseTimeMs: null,
  lastCheckMs: null,
  lastHealthyMs: null,
};

/** What every agent store keeps, and how it settles races. */
export const describeAgentStore = (name: string, store: () => MemoryAgentStore): void => {
  const registered = async () => {
    const tenant = freshTenant();
    expect(await store().put(tenant, definition, 0, patience())).toBe(1);
    return tenant;
  };

  describe(`${name}: an agent`, () => {
    it('is kept as it was put, and unchecked', async () => {
      const owner = await registered();
      expect(await store().get(owner, 'helper', patience())).toEqual({ owner, definition, version: 1, ...UNCHECKED });
    });

    it('is replaced only by who knows its version', async () => {
      const owner = await registered();
      const renamed = { ...definition, name: 'renamed' };
      for (const stale of [0, 2, 7]) expect(await store().put(owner, renamed, stale, patience())).toBeUndefined();
      expect(await store().put(owner, renamed, 1, patience())).toBe(2);
      expect(await store().put(owner, definition, 1, patience())).toBeUndefined();
      expect(await store().get(owner, 'helper', patience())).toMatchObject({ version: 2, definition: renamed });
    });

    it('rejects an update of what is not there', async () => {
      expect(await store().put(freshTenant(), definition, 3, patience())).toBeUndefined();
    });

    it.each([0, 1])('goes to exactly one of the writers that race for version %i', async (expected) => {
      const owner = expected === 0 ? freshTenant() : await registered();
      const rivals = Array.from({ length: 6 }, (_, index) => ({ ...definition, name: `rival ${index}` }));
      const versions = await Promise.all(rivals.map((rival) => store().put(owner, rival, expected, patience())));
      const winner = versions.findIndex((version) => version !== undefined);
      expect(versions.filter((version) => version !== undefined)).toEqual([expected + 1]);
      const stored = await store().get(owner, 'helper', patience());
      expect(stored?.definition.name).toBe(`rival ${winner}`);
    });

    it("is its owner's alone, and among all", async () => {
      const [first, second] = [await registered(), await registered()];
      expect(await store().get(`${first}#agent` as never, 'helper', patience())).toBeUndefined();
      expect((await store().ofOwner(first, patience())).map(({ owner }) => owner)).toEqual([first]);
      const owners = (await store().all(patience())).map(({ owner }) => owner);
      expect(owners).toEqual(expect.arrayContaining([first, second]));
    });
  });

  describe(`${name}: the health of an agent`, () => {
    it('is overwritten as a whole', async () => {
      const owner = await registered();
      await store().recordHealth(owner, 'helper', HEALTHY, patience());
      expect(await store().get(owner, 'helper', patience())).toEqual({ owner, definition, version: 1, ...HEALTHY });
      await store().recordHealth(owner, 'helper', UNCHECKED, patience());
      expect(await store().get(owner, 'helper', patience())).toEqual({ owner, definition, version: 1, ...UNCHECKED });
    });

    it('survives a change of the definition', async () => {
      const owner = await registered();
      await store().recordHealth(owner, 'helper', HEALTHY, patience());
      await store().put(owner, { ...definition, name: 'renamed' }, 1, patience());
      expect(await store().get(owner, 'helper', patience())).toMatchObject({ version: 2, ...HEALTHY });
    });

    it('does not bring an agent back that is not there', async () => {
      const owner = freshTenant();
      await store().recordHealth(owner, 'helper', HEALTHY, patience());
      expect(await store().get(owner, 'helper', patience())).toBeUndefined();
      expect(await store().ofOwner(owner, patience())).toEqual([]);
      expect(await store().put(owner, definition, 0, patience())).toBe(1);
    });
  });
};
