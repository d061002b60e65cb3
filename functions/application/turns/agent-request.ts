import type { AgentRequest, HistoryMessage } from '../../domain/contract/agent-protocol.ts';
import type { Role } from '../../domain/contract/roles.ts';
import { messageText } from '../../domain/history/message-text.ts';
import type { AnsweredTurn, PendingTurn, Turn } from '../../domain/turn/turn.ts';

const isoTime = (ms: number): string => new Date(ms).toISOString();

const historyOf = (turn: AnsweredTurn): HistoryMessage[] => [
  { role: 'user', content: messageText(turn.request), timestamp: isoTime(turn.createdAtMs), agentId: null },
  {
    role: 'assistant',
    content: turn.answer.content,
    timestamp: isoTime(turn.endedAtMs),
    agentId: turn.answer.agentId,
  },
];

/** What of a turn its agent gets. */
export type Asking = Pick<PendingTurn, 'key' | 'request' | 'deliveryCount' | 'createdAtMs'>;

interface AttemptOfTurn {
  /** `user`, or the agent that handed the turn over. */
  readonly sender: string;
  readonly role: Role;
  /** What the agent has. */
  readonly deadlineMs: number;
  /** @default `handoff` if another agent is the sender, else `user_query` */
  readonly messageType?: 'route_request';
}

/**
 * What one attempt sends to its agent.
 * @param window earlier turns, oldest first; those without an answer are left out
 */
export const agentRequest = (turn: Asking, window: readonly Turn[], attempt: AttemptOfTurn): AgentRequest => ({
  message: turn.request.message,
  conversationId: turn.key.conversationId,
  conversationHistory: window.filter((past) => past.status === 'answered').flatMap(historyOf),
  contextData: turn.request.contextData,
  userPreferences: turn.request.userPreferences,
  ...(turn.request.attachments.length === 0 ? {} : { attachments: [...turn.request.attachments] }),
  agentMetadata: {
    turnId: turn.key.turnId,
    attempt: turn.deliveryCount,
    deadlineMs: attempt.deadlineMs,
    senderAgent: attempt.sender,
    messageType: attempt.messageType ?? (attempt.sender === 'user' ? 'user_query' : 'handoff'),
    role: attempt.role,
    timestamp: isoTime(turn.createdAtMs),
  },
});
