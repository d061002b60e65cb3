import type { OpenTurns } from '../../functions/application/ports.ts';
import { type MemoryState, nameOf, openRecords, recordOf, roundTrip } from './memory-state.ts';

/** In-memory twin of the index of open turns: one shard. */
export const makeMemoryOpenTurns = (state: MemoryState): OpenTurns => ({
  overdue: async function* (beforeMs, signal) {
    await roundTrip(signal);
    const found = openRecords(state)
      .filter(({ openAtMs = Number.POSITIVE_INFINITY }) => openAtMs < beforeMs)
      .sort((left, right) => (left.openAtMs ?? 0) - (right.openAtMs ?? 0));
    yield* found.map(({ turn }) => structuredClone(turn.key));
  },

  release: async (key, nowMs, hiddenUntilMs, signal) => {
    await roundTrip(signal);
    const record = recordOf(state, key);
    if (record?.openAtMs === undefined || record.openAtMs >= nowMs || record.turn.status !== 'pending') return false;
    const { lease: _lease, ...turn } = record.turn;
    record.turn = { ...turn, nextAttemptAtMs: nowMs };
    record.openAtMs = hiddenUntilMs;
    return true;
  },

  activeConversations: async (tenant, signal) => {
    await roundTrip(signal);
    const mine = openRecords(state).filter(({ turn }) => turn.key.tenant === tenant);
    return new Set(mine.map(({ turn }) => nameOf(turn.key))).size;
  },
});
