import * as z from 'zod';
import { Attachment, JsonObject } from '../../../domain/contract/agent-protocol.ts';
import { Decision } from '../../../domain/contract/decision.ts';
import { AgentId, AttemptId, STORED_TURN_NAMES } from '../../../domain/contract/ids.ts';
import { Answer, Attempt, WindowReceipt } from '../../../domain/contract/message.ts';
import type { DeliveryFailure, Outcome, Turn, TurnRequest } from '../../../domain/turn/turn.ts';
import { fromItem, type Item } from '../attributes.ts';
import { StoredText } from './large-text.ts';

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const Reason = z.enum([
  'NO_AGENT_AVAILABLE',
  'AGENT_FAILED',
  'DEADLINE_EXCEEDED',
  'STORE_UNAVAILABLE',
  'INTERRUPTED',
] as const satisfies readonly DeliveryFailure[]);

/** The turn's item: small facts as attributes of their own, texts as JSON, inline or in parts. */
const TurnItem = z.object({
  pk: z.string(),
  ...STORED_TURN_NAMES,
  status: z.enum(['pending', 'answered', 'undeliverable', 'cancelled']),
  created_at: z.number(),
  delivery_count: z.number(),
  lease_id: AttemptId.optional(),
  lease_until: z.number().optional(),
  next_attempt_at: z.number(),
  request: json(StoredText),
  outcome: json(StoredText).optional(),
  text_bytes: z.number(),
  agent_id: z.string().optional(),
  attempts: json(z.array(Attempt)),
  reason: Reason.optional(),
  answered_by: AttemptId.optional(),
  ended_at: z.number().optional(),
});
export type TurnItem = z.output<typeof TurnItem>;

/** @throws ZodError for an item that is not a turn */
export const parseTurnItem = (item: Item): TurnItem => TurnItem.parse(fromItem(item));

const RequestText = json(
  z.object({
    message: z.string(),
    attachments: z.array(Attachment),
    context_data: JsonObject,
    user_preferences: JsonObject,
    pinned_agent: AgentId.optional(),
  }),
);

export const requestText = (request: TurnRequest): string =>
  JSON.stringify({
    message: request.message,
    attachments: request.attachments.map((attachment) => z.encode(Attachment, attachment)),
    context_data: request.contextData,
    user_preferences: request.userPreferences,
    pinned_agent: request.pinnedAgent,
  });

const OutcomeText = json(z.object({ answer: Answer, decision: Decision, receipt: WindowReceipt }));

export const outcomeText = ({ answer, decision, receipt }: Outcome): string =>
  JSON.stringify({
    answer: z.encode(Answer, answer),
    decision: z.encode(Decision, decision),
    receipt: z.encode(WindowReceipt, receipt),
  });

export const attemptsText = (attempts: readonly Attempt[]): string =>
  JSON.stringify(attempts.map((attempt) => z.encode(Attempt, attempt)));

/** Puts a turn together from its item and its texts. @throws ZodError */
export const toTurn = (item: TurnItem, texts: { request: string; outcome: string | undefined }): Turn => {
  const request = RequestText.parse(texts.request);
  const base = {
    key: {
      tenant: item.tenant,
      userId: item.user_id,
      conversationId: item.conversation_id,
      turnId: item.turn_id,
    },
    request: {
      message: request.message,
      attachments: request.attachments,
      contextData: request.context_data,
      userPreferences: request.user_preferences,
      pinnedAgent: request.pinned_agent,
    },
    createdAtMs: item.created_at,
    deliveryCount: item.delivery_count,
    attempts: item.attempts,
  };
  switch (item.status) {
    case 'pending': {
      const { lease_id, lease_until } = item;
      const leased = lease_id !== undefined && lease_until !== undefined;
      return {
        ...base,
        status: 'pending',
        ...(leased ? { lease: { attemptId: lease_id, untilMs: lease_until } } : {}),
        nextAttemptAtMs: item.next_attempt_at,
        reason: item.reason,
      };
    }
    case 'answered': {
      const answeredBy = AttemptId.parse(item.answered_by);
      const outcome = OutcomeText.parse(texts.outcome);
      return { ...base, ...outcome, status: 'answered', answeredBy, endedAtMs: z.number().parse(item.ended_at) };
    }
    case 'undeliverable':
    case 'cancelled':
      return {
        ...base,
        status: item.status,
        reason: Reason.parse(item.reason),
        endedAtMs: z.number().parse(item.ended_at),
      };
    default:
      return item.status satisfies never;
  }
};
