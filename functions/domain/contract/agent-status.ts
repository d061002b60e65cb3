import * as z from 'zod';
import { Health } from './agent.ts';
import { Timestamp } from './agent-protocol.ts';
import { StoredRole } from './roles.ts';
import { wire } from './wire.ts';

/** What a health check saw just now. */
export const ProbeReply = wire({
  agent_id: z.string(),
  /** Of this check alone. */
  seen: Health,
  /** Of the agent, this check included. */
  health: Health,
  /** Why the check failed. */
  reason: z.string().nullable(),
  response_time_ms: z.number().nullable(),
  last_check: Timestamp,
}).meta({ id: 'ProbeReply' });
export type ProbeReply = z.output<typeof ProbeReply>;

const ratio = z.number().min(0).max(1);

/** Of measured figures, as the API's document says it. */
const WINDOW = "Of the last 15 minutes' calls, up to 3 minutes behind; null without any.";
const OF_ALL_TENANTS = 'null for a global agent without the scope platform.';

/**
 * One agent in `GET /v1/agents/status`. Calls of a global agent are all tenants': how many there are is for the platform
 * alone, since to others it would tell of each other's traffic.
 */
export const AgentStatus = wire({
  agent_id: z.string(),
  name: z.string(),
  type: StoredRole,
  capabilities: z.array(z.string()),
  health: Health,
  health_reason: z.string().nullable().describe('Why the newest health check failed; null if it did not.'),
  uptime: ratio
    .nullable()
    .describe(
      'Share of health checks that found the agent healthy or degraded, over the last one to two days; null before the first.',
    ),
  response_time_ms: z
    .number()
    .nullable()
    .describe('Round trip of the last health check; null if it failed, or before the first.'),
  last_check: Timestamp.nullable(),
  last_healthy: Timestamp.nullable(),
  calls: z.int().nullable().describe(`Calls of the last 15 minutes, up to 3 minutes behind; ${OF_ALL_TENANTS}`),
  error_rate: ratio.nullable().describe(`Share of calls that failed; busy is no failure. ${WINDOW}`),
  avg_ms: z.number().nullable().describe(WINDOW),
  p50_ms: z.number().nullable().describe(`In whole ms, at most a quarter too much. ${WINDOW}`),
  p95_ms: z.number().nullable().describe(`In whole ms, at most a quarter too much. ${WINDOW}`),
  in_flight: z
    .number()
    .nullable()
    .describe(`Calls at work at the same time: the mean over the newest full minute; ${OF_ALL_TENANTS}`),
  circuit: z
    .enum(['closed', 'open', 'half_open'])
    .describe('Circuit breaker. open: the agent gets no turn; half_open: it gets one, to see.'),
  draining_until: Timestamp.optional(),
}).meta({ id: 'AgentStatus' });
export type AgentStatus = z.output<typeof AgentStatus>;

export const StatusReply = wire({
  registered_agents: z.int(),
  active_conversations: z.int().describe("The tenant's conversations with an open turn; approximate."),
  agents: z.array(AgentStatus),
}).meta({ id: 'Status' });
export type StatusReply = z.output<typeof StatusReply>;
