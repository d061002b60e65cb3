import type { Decision } from '../../contract/decision.ts';
import type { IntentReading } from '../intent/intent-reading.ts';
import { clearlyAnotherRole } from '../pinned-role.ts';
import type { Named, RoutableAgent, RoutingInput } from '../routing-input.ts';
import { firstHit, type RuleHit } from '../rules/first-hit.ts';
import type { RoutingPolicy } from './policy.ts';

/** Whom a message is for, before anybody is scored. */
export interface Ground {
  readonly tier: Decision['tier'];
  /** The role that it is for, or `none`. */
  readonly role: string;
  /** Roles whose agents may have it. */
  readonly roles: ReadonlySet<string>;
  /** Nobody but this agent may have it. */
  readonly only?: string;
  /** Nobody but these may have it. */
  readonly among?: ReadonlySet<string>;
  /** This agent gets it if no gate takes it out. */
  readonly first?: string;
  /** Nobody without this capability may have it. */
  readonly capability?: string;
  /** In [0, 1]. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  /** Whether a supervisor should be asked. */
  readonly unsure: boolean;
}

/** What a ground is found from. */
export interface Grounds {
  readonly input: RoutingInput;
  readonly reading: IntentReading;
  readonly policy: RoutingPolicy;
  /** Roles whose agents may answer a user. */
  readonly answering: ReadonlySet<string>;
  readonly similarity: (agentId: string) => number | undefined;
}

const NO_ROLES: ReadonlySet<string> = new Set();

const find = ({ agents }: RoutingInput, agentId: string | undefined): RoutableAgent | undefined =>
  agentId === undefined ? undefined : agents.find(({ definition }) => definition.agentId === agentId);

/** What is certain, because somebody said so. */
const certain = (tier: Ground['tier'], reason: string) =>
  ({ tier, confidence: 1, reasons: [reason], unsure: false }) as const;

const pinnedGround = ({ input, reading, policy, answering }: Grounds, agentId: string): Ground => {
  const role = find(input, agentId)?.definition.agentType;
  const { confidence, reasons } = reading;
  if (role !== undefined && clearlyAnotherRole(reading, role, policy) !== undefined)
    return { tier: 'pinned', role: reading.role, roles: NO_ROLES, only: agentId, confidence, reasons, unsure: false };
  const said = certain('pinned', 'the caller named the agent');
  return { ...said, role: role ?? reading.role, roles: answering, only: agentId };
};

/** Whoever chose has read the message: what it asks for is not judged again. */
const namedGround = ({ input, reading, answering }: Grounds, { by, agentId, role, among }: Named): Ground => {
  const tier = by === 'supervisor' ? by : 'pinned';
  const who = by === 'supervisor' ? 'the supervisor chose' : 'an agent handed the turn over to';
  const within = among === undefined ? {} : { among };
  if (agentId !== undefined) {
    const itsRole = find(input, agentId)?.definition.agentType;
    const said = { ...certain(tier, `${who} ${agentId}`), ...within };
    return { ...said, role: itsRole ?? reading.role, roles: answering, only: agentId };
  }
  const named = role ?? 'none';
  return {
    ...certain(tier, `${who} the role ${named}`),
    ...within,
    role: named,
    roles: answering.has(named) ? new Set([named]) : NO_ROLES,
  };
};

/** Roles of agents that have a capability, the most probable first. */
const rolesWith = ({ input, reading, answering }: Grounds, capability: string): readonly string[] => {
  const able = input.agents.filter(({ definition }) => definition.capabilities.includes(capability));
  const roles = [...new Set(able.map(({ definition }) => definition.agentType as string))];
  const probability = (role: string) => reading.probabilities.get(role) ?? 0;
  return roles
    .filter((role) => answering.has(role))
    .sort((left, right) => probability(right) - probability(left) || (left < right ? -1 : 1));
};

/** @returns undefined if the rule leads to nobody that could ever answer */
const ruleGround = (grounds: Grounds, { rule, agentId, capability, role: named }: RuleHit): Ground | undefined => {
  const { input, answering } = grounds;
  const said = certain('rule', `rule ${rule}`);
  if (capability !== undefined) {
    const roles = rolesWith(grounds, capability);
    const [role] = roles;
    return role === undefined ? undefined : { ...said, role, roles: new Set(roles), capability };
  }
  const role = agentId === undefined ? named : find(input, agentId)?.definition.agentType;
  if (role === undefined || !answering.has(role)) return undefined;
  return { ...said, role, roles: new Set([role]), ...(agentId === undefined ? {} : { first: agentId }) };
};

/** That a message resembles what an agent is for whose role the model can't judge. */
export interface Claim {
  readonly agentId: string;
  readonly role: string;
  /** In [0, 1]. */
  readonly similarity: number;
}

/** The agent that a message resembles most among those whose role the model can't judge. */
const claimOf = ({ input, reading, policy, answering, similarity }: Grounds): Claim | undefined => {
  let best: Claim | undefined;
  for (const { definition } of input.agents) {
    const { agentId, agentType: role } = definition;
    if (!answering.has(role) || reading.probabilities.has(role)) continue;
    const claim = { agentId, role, similarity: similarity(agentId) ?? 0 };
    if (claim.similarity < policy.claimFrom) continue;
    const isBetter =
      best === undefined ||
      claim.similarity > best.similarity ||
      (claim.similarity === best.similarity && agentId < best.agentId);
    if (isBetter) best = claim;
  }
  return best;
};

/** Probability of the model's second role. */
const runnerUpOf = ({ role, probabilities }: IntentReading): number =>
  Math.max(0, ...[...probabilities].flatMap(([other, probability]) => (other === role ? [] : [probability])));

/** @param claim the greatest one that is at least `policy.claimFrom` */
export const modelGround = (
  { reading, policy, answering }: Pick<Grounds, 'reading' | 'policy' | 'answering'>,
  claim: Claim | undefined,
): Ground => {
  const isUnsure = (confidence: number, next: number) =>
    confidence < policy.unsureBelow || confidence - next < policy.unsureMargin;
  // The model knows no other roles: what is for one of them may look to it as surely like one of its own.
  if (claim !== undefined)
    return {
      tier: 'model',
      role: claim.role,
      roles: new Set([claim.role]),
      confidence: claim.similarity,
      reasons: [`resembles what ${claim.agentId} is for`],
      unsure: isUnsure(claim.similarity, reading.role === 'none' ? 0 : reading.confidence),
    };
  const next = runnerUpOf(reading);
  return {
    tier: reading.sure ? 'model' : 'fallback',
    role: reading.role,
    roles: answering.has(reading.role) ? new Set([reading.role]) : NO_ROLES,
    confidence: reading.confidence,
    reasons: reading.reasons,
    unsure: !reading.sure || isUnsure(reading.confidence, next),
  };
};

/** Finds whom a message is for: whom somebody named, else what a rule says, else what the model reads. */
export const groundOf = (grounds: Grounds): Ground => {
  const { pinnedAgent, named, rules = [], tenant = '' } = grounds.input;
  if (pinnedAgent !== undefined) return pinnedGround(grounds, pinnedAgent);
  if (named !== undefined) return namedGround(grounds, named);
  const hit = firstHit(rules, grounds.input, tenant);
  const ruled = hit === undefined ? undefined : ruleGround(grounds, hit);
  if (ruled !== undefined) return ruled;
  const model = modelGround(grounds, claimOf(grounds));
  if (hit === undefined) return model;
  return { ...model, reasons: [`rule ${hit.rule} names nobody who could answer`, ...model.reasons] };
};
