import { describe, expect, it } from 'vitest';
import type { CircuitStore, StoredCircuit } from '../../functions/application/agent-ports.ts';
import { bucketAt, CIRCUIT_POLICY } from '../../functions/domain/delivery/circuit.ts';
import { freshName, freshTenant, NOON_MS, patience } from '../twins/samples.ts';

const AGENT = 'ü#%😀';
const OPEN = { kind: 'open', untilMs: NOON_MS + 15_000, openings: 2 } as const;
const HALF_OPEN = { kind: 'half_open', untilMs: NOON_MS + 40_000, openings: 2, probe: 'turn_1:1' } as const;

/** What every circuit store keeps, and how it settles races. */
export const describeCircuitStore = (name: string, store: () => CircuitStore): void => {
  const circuitOf = async (owner: ReturnType<typeof freshTenant>, nowMs = NOON_MS, agentId = AGENT) =>
    (await store().read(owner, nowMs, 'strong', patience())).get(agentId);
  const fail = (owner: ReturnType<typeof freshTenant>, id: string, atMs = NOON_MS, successesBefore = 0) =>
    store().recordFailure(owner, AGENT, { id, successesBefore, atMs }, patience());
  const change = (
    owner: ReturnType<typeof freshTenant>,
    expected: string | null,
    circuit: StoredCircuit['circuit'],
    mark: string,
  ) => store().change(owner, AGENT, expected, { circuit, mark }, patience());

  describe(`${name}: failures`, () => {
    it('are counted by bucket, with the successes before them, each once', async () => {
      const owner = freshTenant();
      await fail(owner, 'a', NOON_MS, 3);
      await fail(owner, 'a', NOON_MS, 3);
      await fail(owner, 'b', NOON_MS + 1_000, 2);
      await fail(owner, 'c', NOON_MS + 6_000);
      expect(await circuitOf(owner, NOON_MS + 7_000)).toEqual({
        circuit: {
          kind: 'closed',
          sinceMs: 0,
          samples: [
            { atMs: bucketAt(NOON_MS, CIRCUIT_POLICY), failures: 2, successes: 5 },
            { atMs: bucketAt(NOON_MS + 6_000, CIRCUIT_POLICY), failures: 1, successes: 0 },
          ],
        },
        mark: null,
      });
    });

    it('of many at the same time are all counted, up to what a bucket holds', async () => {
      const owner = freshTenant();
      const { maxFailuresOfBucket } = CIRCUIT_POLICY;
      await Promise.all(Array.from({ length: 12 }, (_, index) => fail(owner, `call ${index}`)));
      expect(await circuitOf(owner)).toMatchObject({ circuit: { samples: [{ failures: 12 }] } });
      for (let index = 0; index < maxFailuresOfBucket; index += 1) await fail(owner, `more ${index}`);
      expect(await circuitOf(owner)).toMatchObject({ circuit: { samples: [{ failures: maxFailuresOfBucket }] } });
    });

    it('that are older than the window are not read', async () => {
      const owner = freshTenant();
      await fail(owner, 'old', NOON_MS - CIRCUIT_POLICY.windowMs - CIRCUIT_POLICY.bucketMs);
      const circuits = await store().read(owner, NOON_MS, 'eventual', patience());
      expect(
        [...circuits.values()].every(({ circuit }) => circuit.kind === 'closed' && circuit.samples.length === 0),
      ).toBe(true);
    });

    it("are their owner's and agent's alone", async () => {
      const [owner, other] = [freshTenant(), freshTenant()];
      await fail(owner, 'a');
      expect(await circuitOf(other)).toBeUndefined();
      const agentId = freshName('agent');
      await store().recordFailure('global', agentId, { id: 'a', successesBefore: 0, atMs: NOON_MS }, patience());
      const global = await store().read('global', NOON_MS, 'strong', patience());
      expect(global.get(agentId)).toMatchObject({ circuit: { samples: [{ failures: 1 }] } });
      expect(global.has(AGENT)).toBe(false);
    });
  });

  describe(`${name}: a circuit`, () => {
    it('is kept as it was written, in each of its states', async () => {
      const owner = freshTenant();
      expect(await change(owner, null, OPEN, 'm1')).toBe(true);
      expect(await circuitOf(owner)).toEqual({ circuit: OPEN, mark: 'm1' });
      expect(await change(owner, 'm1', HALF_OPEN, 'm2')).toBe(true);
      expect(await circuitOf(owner)).toEqual({ circuit: HALF_OPEN, mark: 'm2' });
      const closed = { kind: 'closed', sinceMs: NOON_MS, samples: [] } as const;
      expect(await change(owner, 'm2', closed, 'm3')).toBe(true);
      expect(await circuitOf(owner)).toEqual({ circuit: closed, mark: 'm3' });
    });

    it('takes failures in only while it is closed, and those of before are there when it is again', async () => {
      const owner = freshTenant();
      await fail(owner, 'a');
      await change(owner, null, OPEN, 'm1');
      await fail(owner, 'b');
      expect(await circuitOf(owner)).toEqual({ circuit: OPEN, mark: 'm1' });
      await change(owner, 'm1', { kind: 'closed', sinceMs: NOON_MS, samples: [] }, 'm2');
      expect(await circuitOf(owner)).toMatchObject({ circuit: { samples: [{ failures: 2 }] }, mark: 'm2' });
    });

    it('is changed only by who knows its mark', async () => {
      const owner = freshTenant();
      expect(await change(owner, 'm0', OPEN, 'm1')).toBe(false);
      await change(owner, null, OPEN, 'm1');
      expect(await change(owner, null, HALF_OPEN, 'm2')).toBe(false);
      expect(await change(owner, 'm0', HALF_OPEN, 'm2')).toBe(false);
      expect(await circuitOf(owner)).toEqual({ circuit: OPEN, mark: 'm1' });
    });

    it.each([null, 'm1'])('goes to exactly one of the writers that race from mark %s', async (from) => {
      const owner = freshTenant();
      if (from !== null) await change(owner, null, OPEN, from);
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, index) => change(owner, from, { ...HALF_OPEN, probe: `p${index}` }, `w${index}`)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      const winner = results.indexOf(true);
      expect(await circuitOf(owner)).toMatchObject({ circuit: { probe: `p${winner}` }, mark: `w${winner}` });
    });

    it('rejects when the store cannot tell', async () => {
      const owner = freshTenant();
      const aborted = AbortSignal.abort();
      const unavailable = { code: 'STORE_UNAVAILABLE' };
      await expect(store().read(owner, NOON_MS, 'eventual', aborted)).rejects.toMatchObject(unavailable);
      const failure = { id: 'a', successesBefore: 0, atMs: NOON_MS };
      await expect(store().recordFailure(owner, AGENT, failure, aborted)).rejects.toMatchObject(unavailable);
      const next = { circuit: OPEN, mark: 'm1' };
      await expect(store().change(owner, AGENT, null, next, aborted)).rejects.toMatchObject(unavailable);
    });
  });
};
