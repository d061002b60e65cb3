import * as z from 'zod';
import { AgentId, ConversationId, TurnId } from './ids.ts';
import { Role, StoredRole } from './roles.ts';
import { tolerantWire, wire } from './wire.ts';

/** ISO 8601, UTC. */
export const Timestamp = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });

/** Free JSON that travels with a conversation; keys are the caller's own. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.output<typeof JsonObject>;

export const HistoryMessage = wire({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  timestamp: Timestamp,
  /** Which agent answered; null for the user's own messages. */
  agent_id: z.string().nullable(),
}).meta({ id: 'HistoryMessage' });
export type HistoryMessage = z.output<typeof HistoryMessage>;

/** Text that came with a message, such as a file. */
export const Attachment = wire({
  name: z.string().min(1).max(512),
  content: z.string(),
  media_type: z.string().min(1).max(128).optional(),
}).meta({ id: 'Attachment' });
export type Attachment = z.output<typeof Attachment>;

/** What an agent gets for one attempt of one turn. The same `turn_id` can come more than once. */
export const AgentRequest = tolerantWire({
  message: z.string(),
  conversation_id: ConversationId,
  conversation_history: z.array(HistoryMessage),
  context_data: JsonObject,
  user_preferences: JsonObject,
  attachments: z.array(Attachment).optional(),
  agent_metadata: tolerantWire({
    turn_id: TurnId,
    /** Ordinal of the delivery: above 1, the agent may have had this turn before. */
    attempt: z.int().min(1),
    /** Milliseconds left for the answer when the request was sent. */
    deadline_ms: z.int().min(0),
    /** `user`, or the id of the agent that handed the turn over. */
    sender_agent: z.string(),
    message_type: z.enum(['user_query', 'handoff']),
    /** Also one that the agent's own copy of the role table lacks. */
    role: StoredRole,
    timestamp: Timestamp,
  }),
}).meta({ id: 'AgentRequest' });
export type AgentRequest = z.output<typeof AgentRequest>;

/** "Not mine": who should answer instead, and why. */
export const Handoff = tolerantWire({
  agent_type: Role.optional(),
  agent_id: AgentId.optional(),
  reason: z.string().min(1).max(1000),
})
  .refine((handoff) => (handoff.agentType === undefined) !== (handoff.agentId === undefined), {
    message: 'a handoff names either agent_type or agent_id',
  })
  .meta({ id: 'Handoff' });
export type Handoff = z.output<typeof Handoff>;

/** What an agent answers. */
export const AgentAnswer = tolerantWire({
  content: z.string(),
  status: z.string().min(1).max(64).optional(),
  metadata: JsonObject.optional(),
  /** Not kept yet: a request's own `context_data` is all that an agent gets. */
  context_data: JsonObject.optional(),
  handoff: Handoff.optional(),
}).meta({ id: 'AgentAnswer' });
export type AgentAnswer = z.output<typeof AgentAnswer>;

/** A health check: a request of its own kind that must never cost a model call. */
export const HealthRequest = tolerantWire({ message_type: z.literal('health_check') }).meta({ id: 'HealthRequest' });

export const HealthReply = tolerantWire({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  detail: z.string().max(1000).optional(),
}).meta({ id: 'HealthReply' });
export type HealthReply = z.output<typeof HealthReply>;
