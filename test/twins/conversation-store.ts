import type { ConversationStore } from '../../functions/application/ports.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { type MemoryState, nameOf, roundTrip } from './memory-state.ts';

/** In-memory twin of the conversation store; its cursor is the place in the list. */
export const makeMemoryConversationStore = (state: MemoryState): ConversationStore => ({
  list: async ({ tenant, userId }, limit, signal, cursor = '0') => {
    if (!/^\d+$/.test(cursor)) throw new Failure('INVALID_REQUEST', 'cursor is not one that a page of this list gave.');
    await roundTrip(signal);
    const heads = [...state.conversations.values()]
      .filter(({ key }) => key.tenant === tenant && key.userId === userId)
      .map(({ head }) => structuredClone(head))
      .sort((left, right) => right.lastActivityAtMs - left.lastActivityAtMs);
    const end = Number(cursor) + limit;
    return { items: heads.slice(Number(cursor), end), next: end < heads.length ? String(end) : undefined };
  },

  head: async (conversation, signal) => {
    await roundTrip(signal);
    return structuredClone(state.conversations.get(nameOf(conversation))?.head);
  },
});
