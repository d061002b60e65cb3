import * as z from 'zod';
import { Timestamp } from './agent-protocol.ts';
import { AgentId } from './ids.ts';
import { mayHave, Role } from './roles.ts';
import { tolerantWire, wire } from './wire.ts';

const name = z.string().min(1).max(128);

/** A Lambda function's ARN, with or without version or alias, or an HTTP(S) URL. */
export const Endpoint = z
  .string()
  .max(2048)
  .regex(
    /^(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_$-]{1,128})?|https?:\/\/\S+)$/,
    'must be the ARN of a Lambda function or an HTTPS URL',
  );

const DEFINITION = {
  agent_id: AgentId,
  agent_type: Role,
  name,
  description: z.string().max(2000),
  capabilities: z.array(z.string().min(1).max(64)).max(64),
  specializations: z.array(z.string().min(1).max(64)).max(64),
  endpoint_url: Endpoint,
  /** Where a health check goes; the endpoint itself if absent. */
  health_check_url: Endpoint.optional(),
  max_concurrent_requests: z.int().min(1).max(1000).default(5),
  timeout_seconds: z.int().min(1).max(900).default(30),
};

/** A definition as it was stored, perhaps by a newer version: what this one does not know is left out. */
export const StoredAgentDefinition = tolerantWire(DEFINITION);

/** The seed's AgentDefinition. */
export const AgentDefinition = wire(DEFINITION)
  .superRefine((agent, context) => {
    agent.capabilities.forEach((capability, index) => {
      if (!mayHave(agent.agentType, capability))
        context.addIssue({
          code: 'custom',
          path: ['capabilities', index],
          message: `${capability} is not a capability of ${agent.agentType}`,
        });
    });
  })
  .meta({ id: 'AgentDefinition' });
export type AgentDefinition = z.output<typeof AgentDefinition>;

export const Health = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);
export type Health = z.output<typeof Health>;

/** An agent as `GET /v1/agents` and `GET /v1/agents/{agent_id}` show it. */
export const AgentView = wire({
  agent_id: z.string(),
  agent_type: Role,
  name: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  specializations: z.array(z.string()),
  max_concurrent_requests: z.int(),
  timeout_seconds: z.int(),
  health: Health,
  version: z.int(),
}).meta({ id: 'Agent' });
export type AgentView = z.output<typeof AgentView>;

export const AgentList = wire({ agents: z.array(AgentView) }).meta({ id: 'AgentList' });

/** One agent in `GET /v1/agents/status`. */
export const AgentStatus = wire({
  agent_id: z.string(),
  name: z.string(),
  type: Role,
  capabilities: z.array(z.string()),
  health: Health,
  /** Round trip of the last health check; null before the first. */
  response_time_ms: z.number().nullable(),
  last_check: Timestamp.nullable(),
  last_healthy: Timestamp.nullable(),
}).meta({ id: 'AgentStatus' });

export const StatusReply = wire({
  registered_agents: z.int(),
  /** The tenant's conversations with an open turn; approximate. */
  active_conversations: z.int(),
  agents: z.array(AgentStatus),
}).meta({ id: 'Status' });
export type StatusReply = z.output<typeof StatusReply>;
