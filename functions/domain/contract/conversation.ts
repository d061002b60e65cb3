import * as z from 'zod';
import { Attachment, Timestamp } from './agent-protocol.ts';
import { Decision } from './decision.ts';
import { ConversationId, TurnId } from './ids.ts';
import { Answer, Attempt, WindowReceipt } from './message.ts';
import { wire } from './wire.ts';

export const TurnStatus = z.enum(['pending', 'answered', 'undeliverable', 'cancelled']);
export type TurnStatus = z.output<typeof TurnStatus>;

/** One turn as its owner sees it. */
export const TurnView = wire({
  turn_id: TurnId,
  conversation_id: ConversationId,
  status: TurnStatus,
  message: z.string(),
  attachments: z.array(Attachment).optional(),
  created_at: Timestamp,
  ended_at: Timestamp.optional(),
  target_agent: z.string().nullable().optional(),
  response: Answer.optional(),
  routing: Decision.optional(),
  attempts: z.array(Attempt),
  history: WindowReceipt.optional(),
  /** Why a turn that is not answered is where it is. */
  reason: z.string().optional(),
  next_attempt_at: Timestamp.optional(),
}).meta({ id: 'Turn' });
export type TurnView = z.output<typeof TurnView>;

export const ConversationSummary = wire({
  conversation_id: ConversationId,
  title: z.string(),
  created_at: Timestamp,
  last_activity_at: Timestamp,
}).meta({ id: 'ConversationSummary' });
export type ConversationSummary = z.output<typeof ConversationSummary>;

/** `next` is the `cursor` of the next page; absent on the last one. */
export const ConversationList = wire({
  conversations: z.array(ConversationSummary),
  next: z.string().optional(),
}).meta({ id: 'ConversationList' });

/** A conversation with one page of its turns, newest first. */
export const ConversationView = wire({
  conversation_id: ConversationId,
  title: z.string(),
  created_at: Timestamp,
  last_activity_at: Timestamp,
  turns: z.array(TurnView),
  next: z.string().optional(),
}).meta({ id: 'Conversation' });
export type ConversationView = z.output<typeof ConversationView>;
