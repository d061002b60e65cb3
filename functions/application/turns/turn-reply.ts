import { Failure, type FailureCode } from '../../domain/contract/failures.ts';
import type { AnsweredReply, PendingReply } from '../../domain/contract/message.ts';
import type { DeliveryFailure, Turn } from '../../domain/turn/turn.ts';

const FAILURES: Readonly<Record<DeliveryFailure, readonly [FailureCode, string]>> = {
  NO_AGENT_AVAILABLE: ['NO_AGENT_AVAILABLE', 'No agent could take the message. Send it again later.'],
  AGENT_FAILED: ['AGENT_FAILED', 'The agent failed to answer the message.'],
  DEADLINE_EXCEEDED: ['DEADLINE_EXCEEDED', 'The agent did not answer within the deadline.'],
  STORE_UNAVAILABLE: ['STORE_UNAVAILABLE', 'Conversations cannot be reached right now. Send the message again later.'],
  INTERRUPTED: ['AGENT_FAILED', 'The delivery was interrupted.'],
};

const RETRY_AFTER_SECONDS = 5;

export const turnPath = (conversationId: string, turnId: string): string =>
  `/v1/conversations/${encodeURIComponent(conversationId)}/turns/${turnId}`;

/**
 * What the caller is told of a turn: exactly what is stored.
 * @throws Failure, carrying the turn's id, when the turn ended without an answer
 */
export const turnReply = (turn: Turn): AnsweredReply | PendingReply => {
  const { conversationId, turnId } = turn.key;
  switch (turn.status) {
    case 'answered':
      return {
        conversationId,
        turnId,
        status: 'answered',
        targetAgent: turn.answer.agentId,
        response: turn.answer,
        routing: turn.decision,
        attempts: [...turn.attempts],
        history: turn.receipt,
      };
    case 'pending':
      return {
        conversationId,
        turnId,
        status: 'pending',
        reason: turn.reason ?? 'INTERRUPTED',
        links: { turn: turnPath(conversationId, turnId) },
      };
    case 'undeliverable':
    case 'cancelled': {
      const [code, detail] = FAILURES[turn.reason];
      throw new Failure(code, detail, { turnId, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    default:
      return turn satisfies never;
  }
};
