import { describe, expect, it } from 'vitest';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { leasedTurn, patience } from '../../twins/samples.ts';
import { makeWorld, unreachable, type World } from '../world.ts';

const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');

/** Turns whose router vanished. */
const abandoned = async (world: World, count: number) => {
  for (let index = 0; index < count; index += 1)
    await world.turns.accept(leasedTurn({ conversation: world.conversation, leaseMs: 30_000 }).turn, patience());
};

describe('the sweeper', () => {
  it('hands over what nobody works on, and leaves alone what somebody does', async () => {
    const world = makeWorld();
    await abandoned(world, 3);
    expect(await world.sweep()).toBe(0);
    world.advance(30_001);
    expect(await world.sweep()).toBe(3);
    expect(new Set(world.queue.waiting.map(({ key }) => key.turnId)).size).toBe(3);
    expect(world.metrics.get('TurnsReclaimed')).toBe(3);
    expect(world.metrics.get('SweeperRuns')).toBe(2);
  });

  it('hands each turn over once when two run at the same time', async () => {
    const world = makeWorld();
    await abandoned(world, 40);
    world.advance(60_000);
    const counts = await Promise.all([world.sweep(), world.sweep()]);
    expect(counts[0] + counts[1]).toBe(40);
    expect(world.queue.waiting).toHaveLength(40);
  });

  it('does not hand a turn over again while the worker may have it, and does when nobody came', async () => {
    const world = makeWorld();
    await abandoned(world, 1);
    world.advance(60_000);
    expect(await world.sweep()).toBe(1);
    world.advance(2 * 60_000);
    expect(await world.sweep()).toBe(0);
    world.advance(1);
    expect(await world.sweep()).toBe(1);
  });

  it('survives a turn that cannot be released, and a queue that fails', async () => {
    const world = makeWorld();
    await abandoned(world, 3);
    world.advance(60_000);
    let calls = 0;
    const flaky = async (...args: Parameters<typeof world.open.release>) => {
      calls += 1;
      if (calls === 2) throw DOWN;
      return world.open.release(...args);
    };
    expect(await world.sweep({ open: { release: flaky } })).toBe(2);
    expect(await world.sweep({ queue: { send: unreachable(DOWN) } })).toBe(0);
    await world.recover();
    expect((await world.stored()).map(({ status }) => status)).toEqual(['answered', 'answered', 'answered']);
  });

  it('rejects when the index cannot be read, and counts no run', async () => {
    const world = makeWorld();
    // biome-ignore lint/correctness/useYield: it fails before the first key
    const overdue = async function* () {
      await Promise.resolve();
      throw DOWN;
    };
    await expect(world.sweep({ open: { overdue } })).rejects.toBe(DOWN);
    expect(world.metrics.get('SweeperRuns')).toBeUndefined();
  });

  it('stops at its time and leaves the rest to the next run', async () => {
    const world = makeWorld();
    await abandoned(world, 100);
    world.advance(60_000);
    const slow = async (...args: Parameters<typeof world.open.release>) => {
      world.advance(5_000);
      return world.open.release(...args);
    };
    const handedOver = await world.sweep({ open: { release: slow } });
    expect(handedOver).toBeGreaterThan(0);
    expect(handedOver).toBeLessThan(100);
    expect(handedOver + (await world.sweep())).toBe(100);
  });
});
