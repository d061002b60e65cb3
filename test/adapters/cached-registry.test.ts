import { describe, expect, it } from 'vitest';
import { makeCachedRegistry } from '../../functions/adapters/cached-registry.ts';
import type { RegisteredAgent } from '../../functions/application/ports.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { agentDefinition, NOON_MS, patience, registeredAgent } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';

const ACME = TenantId.parse('acme');

const setUp = (chance = 0) => {
  const world = { nowMs: NOON_MS, down: false, reads: [] as string[], generation: 0 };
  const read = async (owner: RegisteredAgent['owner']): Promise<readonly RegisteredAgent[]> => {
    world.reads.push(owner);
    await Promise.resolve();
    if (world.down) throw new Error('the store is down');
    const name = `generation ${world.generation}`;
    return owner === 'global' ? [registeredAgent(agentDefinition('helper', 'debugger', { name }))] : [];
  };
  const registry = makeCachedRegistry({ read, clock: () => world.nowMs, chance: () => chance, log: silentLog });
  const names = async (tenant = ACME) =>
    (await registry.agents(tenant, patience())).map(({ definition }) => definition.name);
  return { world, names };
};

describe('the registry', () => {
  it('reads each owner once within its time, also for many at the same moment', async () => {
    const { world, names } = setUp();
    await Promise.all([names(), names(), names()]);
    expect(world.reads).toEqual([ACME, 'global']);
    await names(TenantId.parse('other'));
    expect(world.reads).toEqual([ACME, 'global', 'other']);
  });

  it.each([
    [0, 4_000],
    [0.5, 4_500],
    [0.999_999, 5_000],
  ])('is never older than 5 s, with chance %d', async (chance, ageMs) => {
    const { world, names } = setUp(chance);
    await names();
    world.generation = 1;
    world.nowMs += ageMs - 1;
    expect(await names()).toEqual(['generation 0']);
    world.nowMs += 1;
    expect(await names()).toEqual(['generation 1']);
  });

  it('survives a store that is down: the last copy stands, and is renewed as soon as it can be', async () => {
    const { world, names } = setUp();
    await names();
    world.down = true;
    world.generation = 1;
    for (let minute = 0; minute < 3; minute += 1) {
      world.nowMs += 60_000;
      expect(await names()).toEqual(['generation 0']);
    }
    world.down = false;
    world.nowMs += 5_000;
    expect(await names()).toEqual(['generation 1']);
  });

  it('rejects without a copy, and tries again at the next call', async () => {
    const { world, names } = setUp();
    world.down = true;
    await expect(names()).rejects.toThrow('the store is down');
    world.down = false;
    expect(await names()).toEqual(['generation 0']);
  });

  it('keeps copies of 256 owners at most', async () => {
    const { world, names } = setUp();
    for (let index = 0; index < 300; index += 1) await names(TenantId.parse(`tenant-${index}`));
    const before = world.reads.length;
    await names(TenantId.parse('tenant-299'));
    expect(world.reads.length).toBe(before);
    await names(TenantId.parse('tenant-0'));
    expect(world.reads.length).toBe(before + 1);
  });
});
