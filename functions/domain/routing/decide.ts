import type { Health, RoutingCard } from '../contract/agent.ts';
import type { Candidate, Decision } from '../contract/decision.ts';
import type { AgentId } from '../contract/ids.ts';
import { type Classification, classify, type Subject } from './classify.ts';
import type { KeywordPolicy } from './keyword-policy.ts';
import { clearlyAnotherRole } from './pinned-role.ts';
import { termOf, termsIn } from './words.ts';

/** An agent as routing sees it. */
export interface RoutableAgent {
  /** Whose it is: a tenant, or `global` for everybody's. */
  readonly owner: string;
  readonly definition: RoutingCard;
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
  /** Agents whose circuit breaker lets no call through. */
  readonly refused?: ReadonlySet<string> | undefined;
}

/** A decision before its duration is known: the domain has no clock. */
export type UntimedDecision = Omit<Decision, 'tookMs'>;

/** Candidates beyond these are left out of a decision: it is stored with its turn. */
const MAX_CANDIDATES = 10;

/** Characters at the start of a message in which it is looked for what agents are specialised in. */
const NAMING_CHARACTERS = 2_000;

const HEALTH_SCORE: Readonly<Record<Health, number>> = { healthy: 0.2, unknown: 0.1, degraded: 0, unhealthy: 0 };

/** To three decimals: decisions are read by people and stored with every turn. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** What every agent is judged by. */
interface Wanted {
  readonly input: RoutingInput;
  readonly intent: Classification;
  /** Roles whose agents may have the message. */
  readonly roles: ReadonlySet<string>;
  /** What the message and its files name, as specializations may. */
  readonly terms: ReadonlySet<string>;
}

const rejection = ({ definition, health }: RoutableAgent, { input, roles }: Wanted): Candidate['rejected'] => {
  if (input.tried?.has(definition.agentId)) return 'already_tried';
  if (input.pinnedAgent !== undefined && definition.agentId !== input.pinnedAgent) return 'not_pinned';
  if (!roles.has(definition.agentType)) return 'wrong_role';
  if (health === 'unhealthy') return 'unhealthy';
  if (input.refused?.has(definition.agentId)) return 'circuit_open';
  return undefined;
};

/** More for who is specialised in little else: in [0.2, 0.3] if anything fits, else 0. */
const specializationScore = ({ specializations }: RoutingCard, terms: ReadonlySet<string>): number => {
  const fitting = specializations.filter((name) => terms.has(termOf(name))).length;
  return fitting === 0 ? 0 : rounded(0.2 + (0.1 * fitting) / specializations.length);
};

const scoreOf = (agent: RoutableAgent, wanted: Wanted): Candidate => {
  const { definition } = agent;
  const { input, intent, terms } = wanted;
  const specialization = specializationScore(definition, terms);
  const signals = {
    role: definition.agentType === intent.role ? 0.4 : 0,
    specialization,
    // A team registers a specialist of its own to get what it is for, and nothing else.
    own: specialization > 0 && agent.owner !== 'global' ? 0.05 : 0,
    health: HEALTH_SCORE[agent.health],
    sticky: definition.agentId === input.previousAgent ? 0.1 : 0,
  };
  const score = rounded(Object.values(signals).reduce((sum, value) => sum + value, 0));
  const rejected = rejection(agent, wanted);
  return { agentId: definition.agentId, score, signals, ...(rejected === undefined ? {} : { rejected }) };
};

interface Ranked {
  readonly candidate: Candidate;
  readonly isGlobal: boolean;
}

/** Agents that may answer, then those that a gate took out, then those that a pin left out. */
const rank = ({ rejected }: Candidate): number => {
  if (rejected === undefined) return 0;
  return rejected === 'not_pinned' ? 2 : 1;
};

/** Of equals the one that is everybody's comes first: others are there for something that the message does not name. */
const byFitness = (left: Ranked, right: Ranked): number =>
  rank(left.candidate) - rank(right.candidate) ||
  right.candidate.score - left.candidate.score ||
  Number(right.isGlobal) - Number(left.isGlobal) ||
  (left.candidate.agentId < right.candidate.agentId ? -1 : 1);

const roleOf = (input: RoutingInput, agentId: string | undefined): string | undefined =>
  input.agents.find(({ definition }) => definition.agentId === agentId)?.definition.agentType;

const NO_ROLES: ReadonlySet<string> = new Set();

/** Roles whose agents may have the message. An agent that another handed it over to is taken at the other's word. */
const rolesFor = (input: RoutingInput, intent: Classification, policy: KeywordPolicy): ReadonlySet<string> => {
  if (input.pinnedAgent === undefined) return policy.roles.has(intent.role) ? new Set([intent.role]) : NO_ROLES;
  const pinnedRole = roleOf(input, input.pinnedAgent);
  const isHandedOver = input.tried !== undefined;
  if (pinnedRole === undefined || isHandedOver) return policy.roles;
  return clearlyAnotherRole(intent, pinnedRole, policy) === undefined ? policy.roles : NO_ROLES;
};

/** What the decision says of its own grounds. */
const groundsOf = (input: RoutingInput, intent: Classification, isRefused: boolean) => {
  const said = { confidence: rounded(intent.confidence), reasons: [...intent.reasons] };
  if (input.pinnedAgent === undefined)
    return { ...said, tier: intent.sure ? ('rule' as const) : ('fallback' as const) };
  if (isRefused) return { ...said, tier: 'pinned' as const };
  return { tier: 'pinned' as const, confidence: 1, reasons: ['the caller named the agent'] };
};

/**
 * Chooses the agent that should answer. Gates (pin, role, health) are never overridden by a score.
 * `targetAgent` is null when the message is out of scope (`role: "none"`) or every agent is rejected.
 */
export const decide = (input: RoutingInput, policy: KeywordPolicy): UntimedDecision => {
  const isPinned = input.pinnedAgent !== undefined;
  // What a pin allows depends on the message alone: a later try has another history and must be judged alike.
  const previousRole = isPinned ? undefined : roleOf(input, input.previousAgent);
  const said = classify({ ...input, previousRole }, policy);
  const intent = { ...said, role: input.handedTo ?? said.role };
  const roles = rolesFor(input, intent, policy);
  const terms = new Set([...termsIn(input.message.slice(0, NAMING_CHARACTERS)), ...intent.domains.map(termOf)]);
  const outOfScope = intent.role === 'none' && !isPinned;
  const ranked = outOfScope
    ? []
    : input.agents
        .map((agent) => ({
          candidate: scoreOf(agent, { input, intent, roles, terms }),
          isGlobal: agent.owner === 'global',
        }))
        .sort(byFitness)
        .map(({ candidate }) => candidate);
  const best = ranked[0];
  const target = best !== undefined && best.rejected === undefined ? best.agentId : null;
  return {
    ...groundsOf(input, intent, roles === NO_ROLES),
    targetAgent: target,
    role: (isPinned && target !== null ? roleOf(input, target) : undefined) ?? intent.role,
    candidates: ranked.slice(0, MAX_CANDIDATES),
    intent: { role: intent.role, taskType: intent.taskType, complexity: null, domains: [...intent.domains] },
    policyVersion: policy.version,
  };
};
