import type { AgentDefinition, Health } from '../contract/agent.ts';
import type { Candidate, Decision } from '../contract/decision.ts';
import type { AgentId } from '../contract/ids.ts';
import { type Classification, classify, type Subject } from './classify.ts';
import type { KeywordPolicy } from './keyword-policy.ts';

/** An agent as routing sees it. */
export interface RoutableAgent {
  readonly definition: AgentDefinition;
  readonly health: Health;
}

export interface RoutingInput extends Omit<Subject, 'previousRole'> {
  readonly pinnedAgent?: AgentId | undefined;
  /** Agent that gave the conversation's last answer. */
  readonly previousAgent?: string | undefined;
  readonly agents: readonly RoutableAgent[];
  /** Role that an agent named when it handed the turn over; it takes the place of the message's own. */
  readonly handedTo?: string | undefined;
  /** Agents that had the turn before: it does not come back to them. */
  readonly tried?: ReadonlySet<string> | undefined;
}

/** A decision before its duration is known: the domain has no clock. */
export type UntimedDecision = Omit<Decision, 'tookMs'>;

/** Candidates beyond these are left out of a decision: it is stored with its turn. */
const MAX_CANDIDATES = 10;

const HEALTH_SCORE: Readonly<Record<Health, number>> = { healthy: 0.2, unknown: 0.1, degraded: 0, unhealthy: 0 };

/** To three decimals: decisions are read by people and stored with every turn. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const rejection = (agent: RoutableAgent, role: string, input: RoutingInput): Candidate['rejected'] => {
  if (input.tried?.has(agent.definition.agentId)) return 'already_tried';
  if (input.pinnedAgent !== undefined && agent.definition.agentId !== input.pinnedAgent) return 'not_pinned';
  // A supervisor chooses; it never answers a user itself.
  if (agent.definition.agentType === 'supervisor') return 'wrong_role';
  if (input.pinnedAgent === undefined && agent.definition.agentType !== role) return 'wrong_role';
  if (agent.health === 'unhealthy') return 'unhealthy';
  return undefined;
};

const scoreOf = (agent: RoutableAgent, intent: Classification, input: RoutingInput): Candidate => {
  const { definition } = agent;
  const text = input.message.slice(0, 2_000).toLowerCase();
  const specialized = definition.specializations.some((name) => {
    const word = name.toLowerCase();
    return intent.domains.includes(word) || text.includes(word);
  });
  const signals = {
    role: definition.agentType === intent.role ? 0.4 : 0,
    specialization: specialized ? 0.3 : 0,
    health: HEALTH_SCORE[agent.health],
    sticky: definition.agentId === input.previousAgent ? 0.1 : 0,
  };
  const score = rounded(Object.values(signals).reduce((sum, value) => sum + value, 0));
  const rejected = rejection(agent, intent.role, input);
  return { agentId: definition.agentId, score, signals, ...(rejected === undefined ? {} : { rejected }) };
};

const byFitness = (left: Candidate, right: Candidate): number =>
  Number(left.rejected !== undefined) - Number(right.rejected !== undefined) ||
  right.score - left.score ||
  (left.agentId < right.agentId ? -1 : 1);

const tierOf = (input: RoutingInput, intent: Classification): Decision['tier'] => {
  if (input.pinnedAgent !== undefined) return 'pinned';
  return intent.sure ? 'rule' : 'fallback';
};

/**
 * Chooses the agent that should answer. Gates (pin, role, health) are never overridden by a score.
 * `targetAgent` is null when the message is out of scope (`role: "none"`) or every agent is rejected.
 */
export const decide = (input: RoutingInput, policy: KeywordPolicy): UntimedDecision => {
  const previousRole = input.agents.find(({ definition }) => definition.agentId === input.previousAgent)?.definition
    .agentType;
  const said = classify({ ...input, previousRole }, policy);
  const intent = { ...said, role: input.handedTo ?? said.role };
  const tier = tierOf(input, intent);
  const outOfScope = intent.role === 'none' && tier !== 'pinned';
  const ranked = outOfScope ? [] : input.agents.map((agent) => scoreOf(agent, intent, input)).sort(byFitness);
  const best = ranked[0];
  const target = best !== undefined && best.rejected === undefined ? best.agentId : null;
  const chosen = input.agents.find(({ definition }) => definition.agentId === target);
  return {
    targetAgent: target,
    role: tier === 'pinned' ? (chosen?.definition.agentType ?? intent.role) : intent.role,
    confidence: tier === 'pinned' ? 1 : rounded(intent.confidence),
    tier,
    reasons: tier === 'pinned' ? ['the caller named the agent'] : [...intent.reasons],
    candidates: ranked.slice(0, MAX_CANDIDATES),
    intent: { role: intent.role, taskType: intent.taskType, complexity: null, domains: [...intent.domains] },
    policyVersion: policy.version,
  };
};
