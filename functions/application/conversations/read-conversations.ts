import type { ConversationSummary, ConversationView, TurnView } from '../../domain/contract/conversation.ts';
import { Failure } from '../../domain/contract/failures.ts';
import type { ConversationId, TurnId } from '../../domain/contract/ids.ts';
import type { Turn } from '../../domain/turn/turn.ts';
import { storeSignal } from '../deadlines.ts';
import type { ConversationHead, ConversationStore, Principal, TurnStore } from '../ports.ts';

export interface ReadConversationsDependencies {
  readonly turns: TurnStore;
  readonly conversations: ConversationStore;
}

/** A page as the caller asked for it. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const summaryOf = (head: ConversationHead): ConversationSummary => ({
  conversationId: head.conversationId,
  title: head.title,
  createdAt: isoTime(head.createdAtMs),
  lastActivityAt: isoTime(head.lastActivityAtMs),
});

const outcomeOf = (turn: Turn): Partial<TurnView> => {
  switch (turn.status) {
    case 'answered':
      return {
        endedAt: isoTime(turn.endedAtMs),
        targetAgent: turn.answer.agentId,
        response: turn.answer,
        routing: turn.decision,
        history: turn.receipt,
      };
    case 'pending':
      return {
        ...(turn.reason === undefined ? {} : { reason: turn.reason }),
        ...(turn.lease === undefined ? { nextAttemptAt: isoTime(turn.nextAttemptAtMs) } : {}),
      };
    case 'undeliverable':
    case 'cancelled':
      return { endedAt: isoTime(turn.endedAtMs), reason: turn.reason };
    default:
      return turn satisfies never;
  }
};

const viewOf = (turn: Turn): TurnView => ({
  turnId: turn.key.turnId,
  conversationId: turn.key.conversationId,
  status: turn.status,
  message: turn.request.message,
  ...(turn.request.attachments.length === 0 ? {} : { attachments: [...turn.request.attachments] }),
  createdAt: isoTime(turn.createdAtMs),
  attempts: [...turn.attempts],
  ...outcomeOf(turn),
});

/** The caller's own conversations. Another user's, and another tenant's, do not exist for them. */
export const makeReadConversations = ({ turns, conversations }: ReadConversationsDependencies) => ({
  list: async ({ tenant, userId }: Principal, page: PageRequest) => {
    const found = await conversations.list({ tenant, userId }, page.limit, storeSignal(), page.cursor);
    return { conversations: found.items.map(summaryOf), ...(found.next === undefined ? {} : { next: found.next }) };
  },

  /** One page of its turns, newest first. @throws Failure CONVERSATION_NOT_FOUND */
  get: async (
    { tenant, userId }: Principal,
    conversationId: ConversationId,
    page: PageRequest,
  ): Promise<ConversationView> => {
    const key = { tenant, userId, conversationId };
    const [head, found] = await Promise.all([
      conversations.head(key, storeSignal()),
      turns.list(key, page.limit, storeSignal(), page.cursor),
    ]);
    if (head === undefined) throw new Failure('CONVERSATION_NOT_FOUND', 'There is no such conversation.');
    return {
      ...summaryOf(head),
      turns: found.items.map(viewOf),
      ...(found.next === undefined ? {} : { next: found.next }),
    };
  },

  /** @throws Failure TURN_NOT_FOUND */
  turn: async ({ tenant, userId }: Principal, conversationId: ConversationId, turnId: TurnId): Promise<TurnView> => {
    const turn = await turns.get({ tenant, userId, conversationId, turnId }, storeSignal());
    if (turn === undefined) throw new Failure('TURN_NOT_FOUND', 'There is no such turn.');
    return viewOf(turn);
  },
});
