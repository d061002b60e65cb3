import * as z from 'zod';
import { Attachment, JsonObject } from './agent-protocol.ts';
import { Decision } from './decision.ts';
import { AgentId, ConversationId, TurnId } from './ids.ts';
import { tolerantWire, wire } from './wire.ts';

/** Bytes (UTF-8) of message and attachments together. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
export const MAX_CONTEXT_BYTES = 64 * 1024;
export const DEFAULT_DEADLINE_MS = 60_000;

export const MessageRequest = wire({
  message: z.string().regex(/\S/, 'must not be empty'),
  conversation_id: ConversationId.optional(),
  /** Pins the agent: nobody else answers. */
  agent_id: AgentId.optional(),
  context_data: JsonObject.optional(),
  attachments: z.array(Attachment).max(32).optional(),
  user_preferences: JsonObject.optional(),
  /** How long the caller waits for the answer, ms. */
  deadline_ms: z.int().min(100).max(240_000).optional(),
  /** What becomes of the turn when no agent could answer in time: try again later (202), or give up (5xx). */
  if_unavailable: z.enum(['queue', 'fail']).optional(),
}).meta({ id: 'MessageRequest' });
export type MessageRequest = z.output<typeof MessageRequest>;

/** What of a message is routed on; `POST /v1/agents/route` stores and sends nothing. */
export const RouteRequest = wire({
  message: z.string().regex(/\S/, 'must not be empty'),
  conversation_id: ConversationId.optional(),
  agent_id: AgentId.optional(),
  context_data: JsonObject.optional(),
  attachments: z.array(Attachment).max(32).optional(),
  user_preferences: JsonObject.optional(),
}).meta({ id: 'RouteRequest' });
export type RouteRequest = z.output<typeof RouteRequest>;

/** One call of one agent, and what became of it. */
export const Attempt = tolerantWire({
  agent_id: z.string(),
  /** Ordinal of the delivery it belongs to: 1 is the caller's own request, later ones are retries. */
  delivery: z.int().min(1),
  /**
   * `handed_over`: the agent said that another should answer, and that one was asked next.
   * `busy`: the agent said that it has too much to do; `rejected`: it could not be reached or called.
   */
  outcome: z.enum(['answered', 'handed_over', 'busy', 'failed', 'timed_out', 'rejected']),
  /** Present unless answered; never the agent's own error text. */
  reason: z.string().optional(),
  took_ms: z.number().min(0),
}).meta({ id: 'Attempt' });
export type Attempt = z.output<typeof Attempt>;

/** What of the conversation the agent was given. */
export const WindowReceipt = tolerantWire({
  kept_messages: z.int(),
  dropped_messages: z.int(),
  kept_bytes: z.int(),
  /** False when the conversation may have older turns than were looked at. */
  complete: z.boolean(),
}).meta({ id: 'WindowReceipt' });
export type WindowReceipt = z.output<typeof WindowReceipt>;

export const Answer = tolerantWire({
  content: z.string(),
  /** Null when Switchboard answered itself (out of scope). */
  agent_id: z.string().nullable(),
  status: z.string(),
  metadata: JsonObject,
}).meta({ id: 'Answer' });
export type Answer = z.output<typeof Answer>;

const Links = z.object({ turn: z.string() });

/** 200: the answer, as it is stored. */
export const AnsweredReply = wire({
  conversation_id: ConversationId,
  turn_id: TurnId,
  status: z.literal('answered'),
  target_agent: z.string().nullable(),
  response: Answer,
  routing: Decision,
  attempts: z.array(Attempt),
  history: WindowReceipt,
}).meta({ id: 'AnsweredReply' });
export type AnsweredReply = z.output<typeof AnsweredReply>;

/** 202: the turn is kept and will be tried again. */
export const PendingReply = wire({
  conversation_id: ConversationId,
  turn_id: TurnId,
  status: z.literal('pending'),
  reason: z.string(),
  links: Links,
}).meta({ id: 'PendingReply' });
export type PendingReply = z.output<typeof PendingReply>;
