import {
  bucketAt,
  CIRCUIT_POLICY,
  type Circuit,
  CLOSED,
  type FailureSample,
  observe,
} from '../../functions/domain/delivery/circuit.ts';

/** Circuits that were written, by agent; others are closed. A map is never changed, so that a copy is the thing itself. */
export type Circuits = ReadonlyMap<string, Circuit>;

/** What all router instances share of circuits: the table that they write and read. */
export interface SharedCircuits {
  read(tenant: string): Circuits;
  /** Counts a failed call, and opens the circuit if that is due. */
  countFailure(tenant: string, agentId: string, successesBefore: number, nowMs: number): void;
  /** @returns false, and nothing is changed, if the circuit is no longer what it was */
  change(tenant: string, agentId: string, from: Circuit, to: Circuit): boolean;
}

const POLICY = CIRCUIT_POLICY;
const NONE: Circuits = new Map();

const withFailure = (samples: readonly FailureSample[], successes: number, nowMs: number): readonly FailureSample[] => {
  const atMs = bucketAt(nowMs, POLICY);
  const last = samples.at(-1);
  const isSame = last?.atMs === atMs;
  if (isSame && last.failures >= POLICY.maxFailuresOfBucket) return samples;
  const before = isSame ? last : { failures: 0, successes: 0 };
  const kept = samples.filter((sample) => sample.atMs > nowMs - POLICY.windowMs && sample.atMs !== atMs);
  return [...kept, { atMs, failures: before.failures + 1, successes: before.successes + successes }];
};

export const makeSharedCircuits = (): SharedCircuits => {
  const byTenant = new Map<string, Circuits>();
  const samples = new Map<string, readonly FailureSample[]>();
  const read = (tenant: string): Circuits => byTenant.get(tenant) ?? NONE;

  const change = (tenant: string, agentId: string, from: Circuit, to: Circuit): boolean => {
    const known = read(tenant);
    if ((known.get(agentId) ?? CLOSED) !== from) return false;
    byTenant.set(tenant, new Map(known).set(agentId, to));
    return true;
  };

  return {
    read,
    change,
    countFailure: (tenant, agentId, successesBefore, nowMs) => {
      const counted = withFailure(samples.get(agentId) ?? [], successesBefore, nowMs);
      samples.set(agentId, counted);
      const stored = read(tenant).get(agentId) ?? CLOSED;
      if (stored.kind !== 'closed') return;
      const seen: Circuit = { ...stored, samples: counted };
      const next = observe(seen, { kind: 'call_failed' }, nowMs, POLICY);
      if (next !== seen) change(tenant, agentId, stored, next);
    },
  };
};
