import * as z from 'zod';
import { Intent } from './decision.ts';
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

/** An agent that a supervisor may choose. */
export const RouteCandidate = tolerantWire({
  agent_id: z.string().brand<'AgentId'>(),
  role: z.string(),
  capabilities: z.array(z.string()),
  specializations: z.array(z.string()),
  /** As the built-in routing sees it; the signals that it is made of are in [0, 1], absent: 0. */
  score: z.number(),
  signals: z.record(z.string(), z.number()),
  /** What speaks for it, for a human or a model. */
  reasons: z.array(z.string()),
}).meta({ id: 'RouteCandidate' });
export type RouteCandidate = z.output<typeof RouteCandidate>;

/** What an agent gets for one attempt of one turn. The same `turn_id` can come more than once. */
export const AgentRequest = tolerantWire({
  message: z.string(),
  conversation_id: ConversationId,
  conversation_history: z.array(HistoryMessage),
  context_data: JsonObject,
  user_preferences: JsonObject,
  attachments: z.array(Attachment).optional(),
  /** Of a `route_request`: among whom a supervisor chooses, at most 10, the best first. */
  candidates: z.array(RouteCandidate).optional(),
  /** Of a `route_request`: what the built-in routing takes the message for. */
  intent: Intent.optional(),
  agent_metadata: tolerantWire({
    turn_id: TurnId,
    /** Ordinal of the delivery: above 1, the agent may have had this turn before. */
    attempt: z.int().min(1),
    /** Milliseconds left for the answer when the request was sent. */
    deadline_ms: z.int().min(0),
    /** `user`, or the id of the agent that handed the turn over. */
    sender_agent: z.string(),
    /** Also one that newer versions send. */
    message_type: z.enum(['user_query', 'handoff', 'route_request']).or(z.string()),
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

/** Whom a supervisor chooses. With both, the agent counts. */
export const Route = tolerantWire({
  agent_id: AgentId.optional(),
  /** Of this role, the built-in routing takes the best agent. `none`: the message is out of scope. */
  role: z.string().min(1).max(64).optional(),
  reason: z.string().optional(),
})
  .refine((route) => route.agentId !== undefined || route.role !== undefined, {
    message: 'a route names agent_id or role',
  })
  .meta({ id: 'Route' });
export type Route = z.output<typeof Route>;

/** What an agent answers. */
export const AgentAnswer = tolerantWire({
  /** A supervisor may leave it out. */
  content: z.string(),
  status: z.string().min(1).max(64).optional(),
  metadata: JsonObject.optional(),
  /** Not kept yet: a request's own `context_data` is all that an agent gets. */
  context_data: JsonObject.optional(),
  handoff: Handoff.optional(),
  /** A supervisor's choice; other agents' fields of that name, and choices that are none, are left out. */
  route: Route.optional().catch(undefined),
}).meta({ id: 'AgentAnswer' });
export type AgentAnswer = z.output<typeof AgentAnswer>;

/** A health check: a request of its own kind that must never cost a model call. */
export const HealthRequest = tolerantWire({ message_type: z.literal('health_check') }).meta({ id: 'HealthRequest' });

export const HealthReply = tolerantWire({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  detail: z.string().max(1000).optional(),
}).meta({ id: 'HealthReply' });
export type HealthReply = z.output<typeof HealthReply>;
