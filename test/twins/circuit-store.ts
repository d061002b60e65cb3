import type { CircuitStore, StoredCircuit } from '../../functions/application/agent-ports.ts';
import { bucketAt, CIRCUIT_POLICY, CLOSED } from '../../functions/domain/delivery/circuit.ts';
import { roundTrip } from './memory-state.ts';

interface AgentRecord {
  stored: StoredCircuit;
  /** Failed calls by bucket: successes before each, by call. */
  readonly buckets: Map<number, Map<string, number>>;
}

export interface MemoryCircuitStore extends CircuitStore {
  /** Writes that were sent so far. */
  readonly writes: readonly ('recordFailure' | 'change')[];
}

/** In-memory twin of the circuit store. */
export const makeMemoryCircuitStore = (): MemoryCircuitStore => {
  const owners = new Map<string, Map<string, AgentRecord>>();
  const writes: ('recordFailure' | 'change')[] = [];

  const recordOf = (owner: string, agentId: string): AgentRecord => {
    const agents = owners.get(owner) ?? new Map<string, AgentRecord>();
    owners.set(owner, agents);
    const record = agents.get(agentId) ?? { stored: { circuit: CLOSED, mark: null }, buckets: new Map() };
    agents.set(agentId, record);
    return record;
  };

  const asRead = ({ stored: { circuit, mark }, buckets }: AgentRecord, nowMs: number): StoredCircuit => {
    if (circuit.kind !== 'closed') return { circuit, mark };
    const oldestMs = bucketAt(nowMs - CIRCUIT_POLICY.windowMs, CIRCUIT_POLICY);
    const samples = [...buckets]
      .filter(([atMs]) => atMs >= oldestMs)
      .map(([atMs, calls]) => ({
        atMs,
        failures: calls.size,
        successes: [...calls.values()].reduce((sum, successes) => sum + successes, 0),
      }))
      .sort((left, right) => left.atMs - right.atMs);
    return { circuit: { ...circuit, samples }, mark };
  };

  return {
    writes,
    read: async (owner, nowMs, _consistency, signal) => {
      await roundTrip(signal);
      return new Map([...(owners.get(owner) ?? [])].map(([agentId, record]) => [agentId, asRead(record, nowMs)]));
    },
    recordFailure: async (owner, agentId, { id, successesBefore, atMs }, signal) => {
      await roundTrip(signal);
      writes.push('recordFailure');
      const { buckets } = recordOf(owner, agentId);
      const bucketMs = bucketAt(atMs, CIRCUIT_POLICY);
      const calls = buckets.get(bucketMs) ?? new Map<string, number>();
      if (calls.size < CIRCUIT_POLICY.maxFailuresOfBucket) buckets.set(bucketMs, calls.set(id, successesBefore));
    },
    change: async (owner, agentId, expected, { circuit, mark }, signal) => {
      await roundTrip(signal);
      writes.push('change');
      const record = recordOf(owner, agentId);
      if (record.stored.mark !== expected) return false;
      record.stored = { circuit: structuredClone(circuit), mark };
      return true;
    },
  };
};
