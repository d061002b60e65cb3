import * as z from 'zod';
import type { AgentState, RegisteredAgent, RoutableAgent } from '../../functions/application/agent-ports.ts';
import type { Principal } from '../../functions/application/ports.ts';
import { AgentDefinition, cardOf } from '../../functions/domain/contract/agent.ts';
import { AttemptId, ConversationId, TenantId, type TurnId, UserId } from '../../functions/domain/contract/ids.ts';
import type { Attempt } from '../../functions/domain/contract/message.ts';
import { ROLES, role } from '../../functions/domain/contract/roles.ts';
import type { ConversationKey, Outcome, PendingTurn, TurnRequest } from '../../functions/domain/turn/turn.ts';
import { type Chance, mintTurnId } from '../../functions/domain/turn/turn-id.ts';

/** A moment that all samples are near to, ms since the epoch. */
export const NOON_MS = Date.UTC(2026, 10, 24, 12);

/** Chance that repeats itself for the same seed: mulberry32. */
export const seededChance = (seed: number): Chance => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

let serial = 0;
const chance = seededChance(7);

/** Parts of a key that no other sample has. */
export const freshName = (kind: string): string => `${kind}-${process.pid}-${Date.now().toString(36)}-${serial++}`;

export const freshTenant = (): TenantId => TenantId.parse(freshName('tenant'));

export const conversationKey = (parts: Partial<Record<keyof ConversationKey, string>> = {}): ConversationKey => ({
  tenant: TenantId.parse(parts.tenant ?? freshName('tenant')),
  userId: UserId.parse(parts.userId ?? 'alice'),
  conversationId: ConversationId.parse(parts.conversationId ?? freshName('conv')),
});

export const attemptId = (name = freshName('attempt')): AttemptId => AttemptId.parse(name);

export const turnIdAt = (ms: number): TurnId => mintTurnId(ms, chance);

export interface TurnParts {
  readonly conversation?: ConversationKey;
  readonly request?: Partial<TurnRequest>;
  readonly createdAtMs?: number;
  readonly leaseMs?: number;
  readonly attempt?: AttemptId;
}

/** A turn as the router accepts it, and the attempt that holds it. */
export const leasedTurn = (parts: TurnParts = {}): { turn: PendingTurn; mine: AttemptId } => {
  const createdAtMs = parts.createdAtMs ?? NOON_MS;
  const mine = parts.attempt ?? attemptId();
  const turn: PendingTurn = {
    status: 'pending',
    key: { ...(parts.conversation ?? conversationKey()), turnId: turnIdAt(createdAtMs) },
    request: { message: 'Why?', attachments: [], contextData: {}, userPreferences: {}, ...parts.request },
    createdAtMs,
    deliveryCount: 1,
    attempts: [],
    lease: { attemptId: mine, untilMs: createdAtMs + (parts.leaseMs ?? 60_000) },
    nextAttemptAtMs: createdAtMs,
  };
  return { turn, mine };
};

export const attemptOf = (agentId: string, outcome: Attempt['outcome'] = 'answered'): Attempt => ({
  agentId,
  delivery: 1,
  outcome,
  ...(outcome === 'answered' ? {} : { reason: 'the agent failed' }),
  tookMs: 12.5,
});

export const outcomeOf = (content: string, agentId: string | null = 'context-analyzer'): Outcome => ({
  answer: { content, agentId, status: 'success', metadata: { engine: 'offline' } },
  decision: {
    targetAgent: agentId,
    role: 'context_analyzer',
    confidence: 0.75,
    tier: 'rule',
    reasons: ['asks to explain'],
    candidates: [{ agentId: agentId ?? 'nobody', score: 0.6, signals: { role: 0.4, health: 0.2 } }],
    intent: { role: 'context_analyzer', taskType: 'explain', complexity: null, domains: ['ts'] },
    tookMs: 0.25,
    policyVersion: 'keywords-1',
  },
  receipt: { keptMessages: 2, droppedMessages: 0, keptBytes: 40, complete: true },
});

/** A definition of the given role, in its TypeScript form. */
export const agentDefinition = (agentId: string, ofRole: string, changes: Record<string, unknown> = {}) =>
  z.decode(AgentDefinition, {
    agent_id: agentId,
    agent_type: role(ofRole),
    name: agentId,
    description: `An agent of role ${ofRole}.`,
    capabilities: ROLES[ofRole]?.capabilities ?? [],
    specializations: [],
    endpoint_url: `arn:aws:lambda:eu-central-1:123456789012:function:${agentId}:live`,
    ...changes,
  } as never);

/** What is known of an agent that was checked once and found healthy. */
export const agentState = (changes: Partial<AgentState> = {}): AgentState => ({
  health: 'healthy',
  contrary: 0,
  reason: null,
  responseTimeMs: 10,
  lastCheckMs: NOON_MS,
  lastHealthyMs: NOON_MS,
  checks: 1,
  passed: 1,
  minutes: [],
  ...changes,
});

/** The whole record of a healthy global agent. */
export const registeredAgent = (
  definition: AgentDefinition,
  changes: Partial<RegisteredAgent> = {},
): RegisteredAgent => ({
  owner: 'global',
  definition,
  version: 1,
  createdAtMs: NOON_MS,
  state: agentState(),
  drainingUntilMs: null,
  ...changes,
});

/** A healthy global agent as routing sees it. */
export const routableAgent = (definition: AgentDefinition, changes: Partial<RoutableAgent> = {}): RoutableAgent => ({
  owner: 'global',
  definition: cardOf(definition),
  version: 1,
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
  ...changes,
});

/** One healthy agent of each role that answers users; its id is its role's name. */
export const fiveAgents = (): readonly RoutableAgent[] =>
  ['context_analyzer', 'code_generator', 'debugger', 'documentation', 'code_reviewer'].map((name) =>
    routableAgent(agentDefinition(name, name)),
  );

export const principalOf = ({ tenant, userId }: Pick<ConversationKey, 'tenant' | 'userId'>): Principal => ({
  tenant,
  userId,
  scopes: new Set(['messages:write']),
});

/** A signal that never fires. */
export const patience = (): AbortSignal => new AbortController().signal;
