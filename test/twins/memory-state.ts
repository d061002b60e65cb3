import type { ConversationHead } from '../../functions/application/ports.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import type { TurnId } from '../../functions/domain/contract/ids.ts';
import type { ConversationKey, Turn, TurnKey } from '../../functions/domain/turn/turn.ts';

/** A turn, and when the index of open turns shows it: absent for one that has ended. */
export interface TurnRecord {
  turn: Turn;
  openAtMs?: number | undefined;
}

export interface StoredConversation {
  readonly key: ConversationKey;
  head: ConversationHead;
  readonly turns: Map<TurnId, TurnRecord>;
}

/** What the in-memory twins of the three conversation ports share. Everything in it was copied on its way in. */
export interface MemoryState {
  readonly conversations: Map<string, StoredConversation>;
}

export const makeMemoryState = (): MemoryState => ({ conversations: new Map() });

/** Three parts together name a conversation. */
export const nameOf = ({ tenant, userId, conversationId }: ConversationKey): string =>
  JSON.stringify([tenant, userId, conversationId]);

export const recordOf = (state: MemoryState, key: TurnKey): TurnRecord | undefined =>
  state.conversations.get(nameOf(key))?.turns.get(key.turnId);

/** Every turn that the index of open turns shows. */
export const openRecords = (state: MemoryState): readonly TurnRecord[] =>
  [...state.conversations.values()]
    .flatMap(({ turns }) => [...turns.values()])
    .filter(({ openAtMs }) => openAtMs !== undefined);

/** One round trip to the store: others get their turn, and an aborted call does nothing. */
export const roundTrip = async (signal: AbortSignal): Promise<void> => {
  await Promise.resolve();
  if (signal.aborted) throw new Failure('STORE_UNAVAILABLE', 'The store did not answer in time.');
};
