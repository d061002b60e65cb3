import * as z from 'zod';
import { Timestamp } from './agent-protocol.ts';
import { Problem } from './failures.ts';
import { AgentId } from './ids.ts';
import { capabilityProblem, Role, StoredRole } from './roles.ts';
import { tolerantWire, wire } from './wire.ts';

const name = z.string().min(1).max(128);
const word = z.string().min(1).max(64);

/** A Lambda function's ARN, with or without version or alias, or an HTTP(S) URL; which URLs may be called is not said here. */
export const Endpoint = z
  .string()
  .max(2048)
  .regex(
    /^(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_$-]{1,128})?|https?:\/\/\S+)$/,
    'must be the ARN of a Lambda function or an HTTPS URL',
  );

const HISTORY = { kind: z.enum(['all', 'own_turns_only', 'summarise']) };
const LAST_TURNS = { kind: z.literal('last_n'), n: z.int().min(0).max(1000) };

/** How much of a conversation an agent wants to see. */
export const HistoryPolicy = z.discriminatedUnion('kind', [z.strictObject(HISTORY), z.strictObject(LAST_TURNS)]);
export type HistoryPolicy = z.output<typeof HistoryPolicy>;

const RANGE = { min: z.number().min(0).max(1), max: z.number().min(0).max(1) };

const isRange = ({ min, max }: { min: number; max: number }): boolean => min <= max;

/** Complexity of the tasks that an agent is for, each in [0, 1]. */
const ComplexityRange = z.strictObject(RANGE).refine(isRange, 'min must not be above max');

const CREDENTIALS = {
  /** Name of a Secrets Manager secret under the tenant's prefix; its name binds it to one host. */
  secret: z.string().min(1).max(512),
};

/** What authenticates Switchboard to an HTTPS agent. The secret's own text is read at each call's time, never stored. */
const Credentials = z.strictObject(CREDENTIALS);

/** What routing, calls and health checks need of an agent: small, since every router holds the cards of all. */
const CARD = {
  agent_id: AgentId,
  agent_type: Role,
  capabilities: z.array(word).max(64),
  specializations: z.array(word).max(64),
  endpoint_url: Endpoint,
  /** Where a health check goes; the endpoint itself if absent. */
  health_check_url: Endpoint.optional(),
  max_concurrent_requests: z.int().min(1).max(1000).default(5),
  timeout_seconds: z.int().min(1).max(900).default(30),
  /** Who is asked when this agent cannot answer, in this order. */
  backup_agents: z.array(AgentId).max(10).default([]),
  /** Of a supervisor: ids or roles among which it chooses; all if absent. */
  sub_agents: z.array(z.string().min(1).max(128)).max(100).optional(),
  complexity_range: ComplexityRange.optional(),
  /** Tokens of conversation that the agent can take. */
  max_context_tokens: z.int().min(256).max(10_000_000).optional(),
  history_policy: HistoryPolicy.optional(),
  credentials: Credentials.optional(),
};

const DEFINITION = {
  ...CARD,
  name,
  description: z.string().max(2000),
  /** Messages that this agent should get. */
  examples: z.array(z.string().min(1).max(1000)).max(50).default([]),
  tags: z.array(word).max(20).default([]),
};

/**
 * What another version may have written in another way. A wish that cannot be read is left out; credentials are not: an
 * agent that is called without them is worse than one that is not called.
 */
const STORED = {
  agent_type: StoredRole,
  complexity_range: z.object(RANGE).refine(isRange).optional().catch(undefined),
  history_policy: z
    .discriminatedUnion('kind', [z.object(HISTORY), z.object(LAST_TURNS)])
    .optional()
    .catch(undefined),
  credentials: z.object(CREDENTIALS).optional(),
};

/** A definition as it was stored, perhaps by a newer version: what this one does not know is left out. */
export const StoredAgentDefinition = tolerantWire({ ...DEFINITION, ...STORED });

/** A card as it was stored, perhaps by a newer version. */
export const StoredRoutingCard = tolerantWire({
  ...CARD,
  ...STORED,
  /** Names what messages are compared with (see `profileName`); absent if that was never made. */
  profile: z.string().optional().catch(undefined),
});
export type RoutingCard = z.output<typeof StoredRoutingCard>;

type Shape = z.output<typeof StoredAgentDefinition>;

/** Bytes (UTF-8) of a definition as JSON. The store keeps its card beside it, in one item of at most 400 KB. */
export const MAX_DEFINITION_BYTES = 256 * 1024;

/** JSON holds no half surrogate pairs: this never throws for it. */
const utf8Bytes = (json: string): number => encodeURIComponent(json).replace(/%[0-9A-F]{2}/g, '.').length;

const checkSize = (agent: Shape, context: z.core.$RefinementCtx): void => {
  if (utf8Bytes(JSON.stringify(z.encode(StoredAgentDefinition, agent))) <= MAX_DEFINITION_BYTES) return;
  const message = `the definition is larger than ${MAX_DEFINITION_BYTES} bytes as JSON: shorten its examples`;
  context.addIssue({ code: 'custom', path: [], message, input: agent });
};

/** What of a definition depends on its role. */
const checkRole = (agent: Shape, context: z.core.$RefinementCtx): void => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message, input: agent });
  agent.capabilities.forEach((capability, index) => {
    const problem = capabilityProblem(agent.agentType, capability);
    if (problem !== undefined) complain(['capabilities', index], problem);
  });
  if (agent.subAgents !== undefined && agent.agentType !== 'supervisor')
    complain(['sub_agents'], 'only a supervisor has sub-agents');
  if (agent.agentType === 'supervisor' && agent.backupAgents.length > 0)
    complain(['backup_agents'], 'a supervisor has no backups: the built-in routing takes its place');
};

/** The seed's AgentDefinition, and what an agent may say of itself beyond it. */
export const AgentDefinition = wire(DEFINITION)
  .superRefine(checkRole)
  .superRefine(checkSize)
  .meta({ id: 'AgentDefinition' });
export type AgentDefinition = z.output<typeof AgentDefinition>;

/** What of a definition routers hold. */
export const cardOf = ({
  name: _name,
  description: _text,
  examples: _examples,
  tags: _tags,
  ...card
}: Shape): RoutingCard => card;

/** Who may use an agent: its tenant, or everyone. */
export const Visibility = z.enum(['tenant', 'global']);
export type Visibility = z.output<typeof Visibility>;

const REGISTRATION = { ...DEFINITION, visibility: Visibility.optional() };

/** A definition as it is sent. */
export const AgentRegistration = wire(REGISTRATION).superRefine(checkRole).superRefine(checkSize).meta({
  id: 'AgentRegistration',
  description: 'A definition. visibility: global, and the ARN of a Lambda function, need the scope platform.',
});
export type AgentRegistration = z.output<typeof AgentRegistration>;

const ignored = z.unknown().optional().meta({ readOnly: true, description: 'As GET shows it; ignored.' });

/** A definition as it is sent in place of another one: what GET shows can be edited and sent back. */
export const AgentReplacement = wire({ ...REGISTRATION, health: ignored, version: ignored, draining_until: ignored })
  .superRefine(checkRole)
  .superRefine(checkSize)
  .transform(
    ({ health: _health, version: _version, drainingUntil: _until, ...registration }): AgentRegistration => registration,
  )
  .meta({
    id: 'AgentReplacement',
    description:
      'An AgentRegistration, or an Agent as GET shows it. visibility must be what it is; a new ARN of a Lambda function ' +
      'needs the scope platform.',
  });

/** Agents that one request may register. */
export const MAX_BULK = 100;

/** Agents that one owner may have: what routing is made for. */
export const MAX_AGENTS = 1_000;

/** One agent, or a list of which each gets a result of its own. */
export const AgentRegistrations = z
  .union([AgentRegistration, z.array(AgentRegistration).min(1).max(MAX_BULK)])
  .meta({ id: 'AgentRegistrations' });

/** A JSON merge patch (RFC 7396) of a definition: null removes a field. */
export const AgentPatch = z.record(z.string(), z.json()).meta({
  id: 'AgentPatch',
  description:
    'A JSON merge patch (RFC 7396) of an AgentRegistration: null removes a field. visibility must be what it is; a new ' +
    'ARN of a Lambda function needs the scope platform.',
});
export type AgentPatch = z.output<typeof AgentPatch>;

export const Health = z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']);
export type Health = z.output<typeof Health>;

/** An agent as the API shows it. What only those need who may change it (`endpoint_url`, …) is shown to them alone. */
export const AgentView = wire({
  agent_id: z.string(),
  agent_type: StoredRole,
  name: z.string(),
  description: z.string(),
  capabilities: z.array(z.string()),
  specializations: z.array(z.string()),
  examples: z.array(z.string()),
  tags: z.array(z.string()),
  max_concurrent_requests: z.int(),
  timeout_seconds: z.int(),
  backup_agents: z.array(z.string()),
  sub_agents: z.array(z.string()).optional(),
  complexity_range: ComplexityRange.optional(),
  max_context_tokens: z.int().optional(),
  history_policy: HistoryPolicy.optional(),
  visibility: Visibility,
  health: Health,
  version: z.int(),
  /** When a deregistered agent's last turn is over; it gets no new ones. */
  draining_until: Timestamp.optional(),
  endpoint_url: z.string().optional(),
  health_check_url: z.string().optional(),
  credentials: Credentials.optional(),
}).meta({ id: 'Agent' });
export type AgentView = z.output<typeof AgentView>;

export const AgentList = wire({
  agents: z.array(AgentView),
  /** `cursor` of the next page; absent on the last. */
  next: z.string().optional(),
}).meta({ id: 'AgentList' });
export type AgentList = z.output<typeof AgentList>;

/** How each agent of a list fared: as if it had been registered alone. */
export const BulkReply = wire({
  results: z.array(
    wire({
      /** As it was sent; null if it was no text. */
      agent_id: z.string().nullable(),
      status: z.int(),
      agent: AgentView.optional(),
      problem: Problem.optional(),
    }),
  ),
}).meta({ id: 'BulkReply' });
export type BulkReply = z.output<typeof BulkReply>;

/** A deregistered agent, and who still names it. */
export const DeregisterReply = wire({
  agent_id: z.string(),
  draining_until: Timestamp,
  references: z.array(wire({ agent_id: z.string(), field: z.enum(['backup_agents', 'sub_agents']) })),
}).meta({ id: 'Deregistered' });
export type DeregisterReply = z.output<typeof DeregisterReply>;
