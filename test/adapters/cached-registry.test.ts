import { describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import type { AgentOwner } from '../../functions/application/agent-ports.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { EMPTY_MANIFEST, type Entries, type Manifest } from '../../functions/domain/registry/snapshot.ts';
import { NOON_MS, patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';
import { withoutRules } from '../twins/without-rules.ts';

const ACME = TenantId.parse('acme');

const entryOf = (agentId: string, version: number, card: Record<string, unknown> = {}) => ({
  version,
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
  card: {
    agent_id: agentId,
    agent_type: 'debugger',
    capabilities: [],
    specializations: [],
    endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:helper',
    ...card,
  },
});

/** A registry over a store whose global agent's version is its manifest's generation; `acme` has none. */
const setUp = (chance = 0) => {
  const world = {
    nowMs: NOON_MS,
    down: false,
    baseDown: false,
    generation: 1,
    /** Whether the manifest tells of the last change, or routers must read the base. */
    since: 'generation' as 'generation' | 'before',
    reads: [] as string[],
    bases: 0,
    errors: [] as string[],
    entries: new Map([['helper', entryOf('helper', 1)]]) as Entries,
  };
  const manifest = async (owner: AgentOwner, isConsistent: boolean): Promise<Manifest> => {
    world.reads.push(`${owner}${isConsistent ? ' consistently' : ''}`);
    await Promise.resolve();
    if (world.down) throw new Error('the store is down');
    if (owner !== 'global') return EMPTY_MANIFEST;
    const { generation } = world;
    const since = world.since === 'before' ? generation - 1 : generation;
    const entry = { ...entryOf('helper', generation) };
    const change = { kind: 'set' as const, agentId: 'helper', entry, at: generation };
    const base = { id: 'b', generation, chunks: 1, copies: 1 };
    return { generation, since, changes: since < generation ? [change] : [], base, figuresAtMs: 0 };
  };
  const entries = async (owner: AgentOwner): Promise<Entries> => {
    if (owner !== 'global') return new Map();
    world.bases += 1;
    if (world.baseDown) throw new Error('the base is gone');
    return new Map(
      [...world.entries].map(([id, entry]) => [id, id === 'helper' ? { ...entry, version: world.generation } : entry]),
    );
  };
  const registry = makeCachedRegistry({
    ...withoutRules,
    snapshots: { manifest, entries },
    clock: () => world.nowMs,
    chance: () => chance,
    log: { ...silentLog, error: (message) => world.errors.push(message) },
  });
  const agents = (tenant = ACME) => registry.agents(tenant, patience());
  const versions = async (tenant = ACME) => (await agents(tenant)).map(({ version }) => version);
  return { world, agents, versions };
};

describe('the registry', () => {
  it('reads each owner once within its time, also for many at the same moment', async () => {
    const { world, versions } = setUp();
    await Promise.all([versions(), versions(), versions()]);
    expect(world.reads).toEqual([ACME, 'global']);
    await versions(TenantId.parse('other'));
    expect(world.reads).toEqual([ACME, 'global', 'other']);
  });

  it('asks consistently about whoever has agents, and for half the price about whoever has none', async () => {
    const { world, versions } = setUp();
    await versions();
    world.reads = [];
    world.nowMs += 5_000;
    await versions();
    expect(world.reads).toEqual([ACME, 'global consistently']);
  });

  it.each([
    [0, 2_000, 4_000],
    [0.5, 3_000, 4_500],
    [0.999_999, 4_000, 5_000],
  ])('is never older than 5 s, with chance %d', async (chance, firstMs, laterMs) => {
    const { world, versions } = setUp(chance);
    await versions();
    for (const ageMs of [firstMs, laterMs, laterMs]) {
      const before = world.generation;
      world.generation += 1;
      world.nowMs += ageMs - 1;
      expect(await versions()).toEqual([before]);
      world.nowMs += 1;
      expect(await versions()).toEqual([before + 1]);
    }
  });

  it('follows changes, and reads all agents again only when it fell behind', async () => {
    const { world, versions } = setUp();
    await versions();
    for (const [since, bases] of [
      ['before', 1],
      ['generation', 2],
      ['before', 2],
    ] as const) {
      world.nowMs += 5_000;
      world.generation += 1;
      world.since = since;
      expect(await versions()).toEqual([world.generation]);
      expect(world.bases).toBe(bases);
    }
    world.nowMs += 5_000;
    await versions();
    expect(world.bases).toBe(2);
  });

  it('keeps an agent that did not change the same object', async () => {
    const { world, agents } = setUp();
    world.entries = new Map([...world.entries, ['still', entryOf('still', 1)]]);
    const before = await agents();
    world.nowMs += 5_000;
    world.generation += 1;
    world.since = 'before';
    const after = await agents();
    expect(after.map((agent, index) => agent === before[index])).toEqual([false, true]);
  });

  it('survives a card that cannot be read: the others are there, and the log says so, once', async () => {
    const { world, agents } = setUp();
    world.entries = new Map([...world.entries, ['odd', entryOf('odd', 1, { timeout_seconds: 'soon' })]]);
    for (let round = 0; round < 3; round += 1) {
      expect((await agents()).map(({ definition }) => definition.agentId)).toEqual(['helper']);
      world.nowMs += 5_000;
      world.generation += 1;
      world.since = 'before';
    }
    expect(world.errors).toEqual(['card not readable']);
  });

  it.each(['down', 'baseDown'] as const)(
    'survives a store that is %s: the last copy stands, and is renewed',
    async (fault) => {
      const { world, versions } = setUp();
      await versions();
      world[fault] = true;
      world.generation = 2;
      for (let minute = 0; minute < 3; minute += 1) {
        world.nowMs += 60_000;
        expect(await versions()).toEqual([1]);
      }
      world[fault] = false;
      world.nowMs += 5_000;
      expect(await versions()).toEqual([2]);
    },
  );

  it('rejects without a copy, and tries again at the next call', async () => {
    const { world, versions } = setUp();
    world.down = true;
    await expect(versions()).rejects.toThrow('the store is down');
    world.down = false;
    expect(await versions()).toEqual([1]);
  });

  it('keeps copies of 256 owners at most', async () => {
    const { world, versions } = setUp();
    for (let index = 0; index < 300; index += 1) await versions(TenantId.parse(`tenant-${index}`));
    const before = world.reads.length;
    await versions(TenantId.parse('tenant-299'));
    expect(world.reads.length).toBe(before);
    await versions(TenantId.parse('tenant-0'));
    expect(world.reads.length).toBe(before + 1);
  });
});
