import type { Claim, PastTurn, TurnStore } from '../../functions/application/ports.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { type AttemptId, TurnId } from '../../functions/domain/contract/ids.ts';
import type { ConversationKey, PendingTurn, Turn } from '../../functions/domain/turn/turn.ts';
import { type MemoryState, nameOf, recordOf, roundTrip, type TurnRecord } from './memory-state.ts';

const PAGE_BYTES = 2 * 1024 * 1024;

const bytesOf = (turn: Turn): number =>
  Buffer.byteLength(JSON.stringify(turn.request)) +
  (turn.status === 'answered' ? Buffer.byteLength(JSON.stringify([turn.answer, turn.decision, turn.receipt])) : 0);

const leaseOf = (turn: PendingTurn) => {
  if (turn.lease === undefined) throw new TypeError('only a leased turn can be accepted or withdrawn');
  return turn.lease;
};

const titleOf = (message: string): string =>
  [...(message.trim().split('\n', 1)[0] ?? '')].slice(0, 80).join('').toWellFormed();

/** What past turns show of one. A turn whose first delivery may still be under way has not been told of. */
const pastOf = (turn: Turn, read: PastTurn['read']): PastTurn => ({
  turnId: turn.key.turnId,
  status: turn.status,
  bytes: bytesOf(turn),
  agentId: turn.status === 'answered' ? turn.answer.agentId : null,
  read,
});

/** In-memory twin of the turn store. */
export const makeMemoryTurnStore = (state: MemoryState): TurnStore => {
  const newestFirst = (conversation: ConversationKey): TurnRecord[] =>
    [...(state.conversations.get(nameOf(conversation))?.turns.values() ?? [])].sort((left, right) =>
      left.turn.key.turnId < right.turn.key.turnId ? 1 : -1,
    );

  /** Replaces a held turn; the turn as stored afterwards. */
  const settle = async (held: PendingTurn, attemptId: AttemptId, signal: AbortSignal, ends: (turn: Turn) => Turn) => {
    await roundTrip(signal);
    const record = recordOf(state, held.key);
    if (record === undefined) throw new Failure('STORE_UNAVAILABLE', `${held.key.turnId} is gone`);
    const { turn } = record;
    if (turn.status === 'pending' && turn.lease?.attemptId === attemptId) {
      record.turn = structuredClone(ends(turn));
      record.openAtMs = record.turn.status === 'pending' ? record.turn.nextAttemptAtMs : undefined;
    }
    return structuredClone(record.turn);
  };

  return {
    accept: async (turn, signal) => {
      const { untilMs } = leaseOf(turn);
      await roundTrip(signal);
      const name = nameOf(turn.key);
      const { conversationId } = turn.key;
      const head = { conversationId, title: titleOf(turn.request.message), createdAtMs: turn.createdAtMs };
      const conversation = state.conversations.get(name) ?? {
        key: { tenant: turn.key.tenant, userId: turn.key.userId, conversationId },
        head: { ...head, lastActivityAtMs: turn.createdAtMs },
        turns: new Map<TurnId, TurnRecord>(),
      };
      state.conversations.set(name, conversation);
      conversation.head = { ...conversation.head, lastActivityAtMs: turn.createdAtMs };
      if (!conversation.turns.has(turn.key.turnId))
        conversation.turns.set(turn.key.turnId, { turn: structuredClone(turn), openAtMs: untilMs });
    },

    withdraw: async (turn, signal) => {
      const { attemptId } = leaseOf(turn);
      await roundTrip(signal);
      const stored = recordOf(state, turn.key)?.turn;
      if (stored === undefined) return;
      if (stored.status !== 'pending' || stored.lease?.attemptId !== attemptId)
        throw new Failure('STORE_UNAVAILABLE', `${turn.key.turnId} is no longer held`);
      state.conversations.get(nameOf(turn.key))?.turns.delete(turn.key.turnId);
    },

    newest: async (conversation, limit, signal, upTo) => {
      await roundTrip(signal);
      return newestFirst(conversation)
        .filter(({ turn }) => upTo === undefined || turn.key.turnId <= upTo)
        .slice(0, limit)
        .map((record) =>
          pastOf(record.turn, async (readSignal) => {
            await roundTrip(readSignal);
            return structuredClone(record.turn);
          }),
        );
    },

    get: async (key, signal) => {
      await roundTrip(signal);
      return structuredClone(recordOf(state, key)?.turn);
    },

    list: async (conversation, limit, signal, cursor) => {
      if (cursor !== undefined && !TurnId.safeParse(cursor).success)
        throw new Failure('INVALID_REQUEST', 'cursor is not one that a page of this list gave.');
      await roundTrip(signal);
      const rest = newestFirst(conversation).filter(({ turn }) => cursor === undefined || turn.key.turnId < cursor);
      let bytes = 0;
      const page = rest.slice(0, limit).filter(({ turn }, index) => {
        bytes += bytesOf(turn);
        return index === 0 || bytes <= PAGE_BYTES;
      });
      const items = page.map(({ turn }) => structuredClone(turn));
      return { items, next: page.length < rest.length ? items.at(-1)?.key.turnId : undefined };
    },

    claim: async (key, lease, nowMs, signal): Promise<Claim> => {
      await roundTrip(signal);
      const record = recordOf(state, key);
      if (record === undefined) return { kind: 'unknown' };
      const { turn } = record;
      if (turn.status !== 'pending') return { kind: 'settled' };
      const leased = turn.lease !== undefined && turn.lease.untilMs >= nowMs;
      if (leased && turn.lease?.attemptId === lease.attemptId) return { kind: 'claimed', turn: structuredClone(turn) };
      if (leased || turn.nextAttemptAtMs > nowMs)
        return { kind: 'not_due', dueAtMs: Math.max(turn.nextAttemptAtMs, (turn.lease?.untilMs ?? 0) + 1, nowMs + 1) };
      const claimed: PendingTurn = { ...turn, lease: { ...lease }, deliveryCount: turn.deliveryCount + 1 };
      record.turn = claimed;
      record.openAtMs = lease.untilMs;
      return { kind: 'claimed', turn: structuredClone(claimed) };
    },

    answer: (held, attemptId, outcome, attempts, nowMs, signal) =>
      settle(held, attemptId, signal, ({ key, request, createdAtMs, deliveryCount }) => ({
        ...{ key, request, createdAtMs, deliveryCount, attempts, ...outcome },
        status: 'answered',
        answeredBy: attemptId,
        endedAtMs: nowMs,
      })),

    postpone: (held, attemptId, { atMs: nextAttemptAtMs, reason, attempts }, signal) =>
      settle(held, attemptId, signal, ({ key, request, createdAtMs, deliveryCount }) => ({
        ...{ key, request, createdAtMs, deliveryCount, attempts, reason, nextAttemptAtMs },
        status: 'pending',
      })),

    abandon: (held, attemptId, { reason, attempts, nowMs: endedAtMs }, signal) =>
      settle(held, attemptId, signal, ({ key, request, createdAtMs, deliveryCount }) => ({
        ...{ key, request, createdAtMs, deliveryCount, attempts, reason, endedAtMs },
        status: 'undeliverable',
      })),
  };
};
