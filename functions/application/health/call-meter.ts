import { merged, NO_CALLS, withCall } from '../../domain/health/latency.ts';
import { minuteOf } from '../../domain/health/minutes.ts';
import type { CallMeasurement, CallMeter, CallResult, MeasurementStore } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Clock, Log } from '../ports.ts';

export interface CallMeterDependencies {
  readonly store: Pick<MeasurementStore, 'write'>;
  /** Names this instance: no other has it. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time between two writes, ms. */
const FLUSH_MS = 15_000;

/** Agents counted between two writes; further ones are not. */
const MAX_AGENTS = 2_000;

const isFailure = (outcome: CallResult['kind']): boolean => outcome !== 'answered' && outcome !== 'busy';

const add = (counts: Map<string, CallMeasurement>, more: CallMeasurement): void => {
  const name = JSON.stringify([more.owner, more.agentId]);
  const known = counts.get(name);
  if (known === undefined && counts.size >= MAX_AGENTS) return;
  counts.set(name, {
    owner: more.owner,
    agentId: more.agentId,
    calls: (known?.calls ?? 0) + more.calls,
    failures: (known?.failures ?? 0) + more.failures,
    totalMs: (known?.totalMs ?? 0) + more.totalMs,
    latency: merged(known?.latency ?? NO_CALLS, more.latency),
  });
};

/**
 * Counts in memory and writes at most every 15 s, beside a later turn. An instance that is never called again loses
 * what it counted since its last write; what one counted that slept belongs to the minute in which it woke up.
 */
export const makeCallMeter = ({ store, instance, clock, log }: CallMeterDependencies): CallMeter => {
  let counts = new Map<string, CallMeasurement>();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  /** When the batch was tried that could not be written and is in `counts` again. */
  let failedAtMs: number | undefined;

  /** A second try within the minute takes the first one's place, in case that was written and only its reply lost. */
  const batchTime = (nowMs: number): number =>
    failedAtMs !== undefined && minuteOf(failedAtMs) === minuteOf(nowMs) ? failedAtMs : nowMs;

  const write = async (nowMs: number): Promise<void> => {
    const batch = counts;
    const atMs = batchTime(nowMs);
    counts = new Map();
    failedAtMs = undefined;
    try {
      await store.write(instance, [...batch.values()], atMs, storeSignal());
    } catch (cause) {
      for (const measurement of batch.values()) add(counts, measurement);
      failedAtMs = atMs;
      log.warn('calls not written; written later', { agents: batch.size, cause });
    }
  };

  return {
    count: ({ owner, agentId }, outcome, tookMs) => {
      const failures = isFailure(outcome) ? 1 : 0;
      add(counts, { owner, agentId, calls: 1, failures, totalMs: tookMs, latency: withCall(NO_CALLS, tookMs) });
    },

    flush: async () => {
      const nowMs = clock();
      if (counts.size === 0 || nowMs - writtenAtMs < FLUSH_MS) return;
      writtenAtMs = nowMs;
      await write(nowMs);
    },
  };
};
