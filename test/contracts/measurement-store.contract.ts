import { describe, expect, it } from 'vitest';
import type { CallMeasurement, MeasurementStore } from '../../functions/application/agent-ports.ts';
import { freshName, freshTenant, NOON_MS, patience } from '../twins/samples.ts';

let minutes = 0;
/** A minute that no other test writes to, ms since the epoch. */
const freshMinuteMs = (): number => NOON_MS + 60_000 * minutes++;

const byAgent = (batch: readonly CallMeasurement[]) =>
  [...batch].sort((left, right) => (left.agentId < right.agentId ? -1 : 1));

const measured = (agentId: string, changes: Partial<CallMeasurement> = {}): CallMeasurement => ({
  owner: 'global',
  agentId,
  calls: 3,
  failures: 1,
  totalMs: 1234.567,
  latency: [1, 0, 0, 2],
  ...changes,
});

/** What every measurement store keeps. */
export const describeMeasurementStore = (name: string, store: () => MeasurementStore): void => {
  const read = async (atMs: number) => byAgent(await store().read(Math.floor(atMs / 60_000), patience()));

  describe(`${name}: measurements`, () => {
    it('are read as they were written, those of all routers together, each minute apart', async () => {
      const atMs = freshMinuteMs();
      const [first, second] = [freshName('router'), freshName('router')];
      const a = measured('a', { owner: freshTenant(), latency: [] });
      const [b, c] = [measured('b'), measured('c', { latency: Array.from({ length: 64 }, (_, index) => index + 1) })];
      await store().write(first, [b, a], atMs, patience());
      await store().write(first, [b], atMs + 15_000, patience());
      await store().write(second, [c], atMs + 59_999, patience());
      await store().write(second, [measured('next')], freshMinuteMs(), patience());
      expect(await read(atMs)).toEqual([a, b, b, c]);
    });

    it('count once when the same flush is written twice', async () => {
      const atMs = freshMinuteMs();
      for (let time = 0; time < 2; time += 1) await store().write('router', [measured('a')], atMs, patience());
      expect(await read(atMs)).toEqual([measured('a')]);
    });

    it('of nobody are none', async () => {
      const atMs = freshMinuteMs();
      await store().write('router', [], atMs, patience());
      expect(await read(atMs)).toEqual([]);
    });

    it('survive any number of agents with the longest names and every bucket filled', async () => {
      const atMs = freshMinuteMs();
      const owner = '\u0001'.repeat(256) as CallMeasurement['owner'];
      const latency = Array.from({ length: 64 }, () => Math.floor(Math.random() * 1e9) + 1);
      const many = Array.from({ length: 500 }, (_, index) =>
        measured(`${String(index).padStart(4, '0')}-${freshName('a').padEnd(120, 'x')}`, { owner, latency }),
      );
      await store().write('router', many, atMs, patience());
      expect(await read(atMs)).toEqual(many);
    });

    it('reject when the store cannot be reached', async () => {
      const [gone, atMs] = [AbortSignal.abort(), freshMinuteMs()];
      const unavailable = { code: 'STORE_UNAVAILABLE' };
      await expect(store().write('router', [measured('a')], atMs, gone)).rejects.toMatchObject(unavailable);
      await expect(store().read(1, gone)).rejects.toMatchObject(unavailable);
    });
  });
};
