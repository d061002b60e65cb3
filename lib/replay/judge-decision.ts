import type { Decision } from '../../functions/domain/contract/decision.ts';
import { MAX_CANDIDATES } from '../../functions/domain/routing/decide.ts';
import type { RoutingPolicy } from '../../functions/domain/routing/scoring/policy.ts';
import { type Cause, rankingCauses, thresholdCauses } from './causes.ts';
import { type GroundAgain, groundAgain, mayBeClaimed, type Policies } from './ground-again.ts';
import { byScoreNow, isMadeBy, type Ranking, rankAgain, ranked, unknownSignals } from './rank-again.ts';

/** What a policy makes of a decision; from `unsure` on, it changes something. */
export const VERDICTS = ['same', 'margin', 'unknown', 'unsure', 'pin', 'role', 'agent'] as const;

/** Why it can't be said what a policy makes of a decision. */
export type UnknownReason =
  | 'drawn_among_equals'
  | 'rule_may_name_agent'
  | 'no_probabilities'
  | 'claims_not_stored'
  | 'signal_unknown'
  | 'target_not_stored';

export interface Judgement {
  /**
   * `margin`: the same agent, by more or less; `unsure`: the same agent, but a supervisor would be asked, or not; `pin`: the
   * pin would be refused, or not; `role`: the message would be for another role; `agent`: another agent gets it.
   */
  readonly verdict: (typeof VERDICTS)[number];
  readonly from: string | null;
  /** Of `role` and `pin`, who would probably get it: of an agent that was out for its role not everything is stored. */
  readonly to: string | null;
  readonly why?: UnknownReason;
  /** The role that the message would be for, if that is another one. */
  readonly role?: string;
  /** Ids of the agents, the best first, among whom one would be drawn, if there are several. */
  readonly equals?: readonly string[];
  readonly because: readonly Cause[];
  /** How far the agent's score is ahead of the best other candidate's. */
  readonly lead?: NonNullable<Ranking['lead']>;
  /** Whether a supervisor should be asked; absent if nothing of it changes. */
  readonly unsure?: { readonly was: boolean; readonly now: boolean };
  /** Agents that are not stored could change it. */
  readonly partial: boolean;
}

export const isChange = ({ verdict }: Pick<Judgement, 'verdict'>): boolean =>
  VERDICTS.indexOf(verdict) >= VERDICTS.indexOf('unsure');

const moved = (decision: Decision, role: string, policies: Policies): Partial<Judgement> => {
  const [best] = decision.candidates
    .filter(({ role: its, rejected }) => its === role && rejected === 'wrong_role')
    .map((candidate) => ranked(candidate, policies))
    .sort(byScoreNow);
  const because = thresholdCauses(['claimFrom'], policies);
  return { verdict: 'role', role, to: best?.agentId ?? null, because };
};

const sameAgents = (left: Ranking['equalsNow'], right: Ranking['equalsNow']): boolean =>
  left.length === right.length && left.every((one) => right.includes(one));

/** Another agent, the same one, or nobody knows. */
const rankedAnew = ({ tier }: Decision, ranking: Ranking, policies: Policies): Partial<Judgement> => {
  const { chosen, isNamed, equalsBefore, equalsNow, lead } = ranking;
  const [best = chosen] = equalsNow;
  const among = equalsNow.length > 1 ? { equals: equalsNow.map(({ agentId }) => agentId) } : {};
  const same: Partial<Judgement> = {
    verdict: lead !== undefined && lead.was !== lead.now ? 'margin' : 'same',
    ...(lead === undefined ? {} : { lead }),
  };
  if (isNamed) return same;
  const mayBeNamed = tier === 'rule' && equalsBefore.length === 1;
  const because = rankingCauses(chosen, best, policies);
  if (!equalsNow.includes(chosen)) {
    const changed = { to: best.agentId, ...among, because, ...(lead === undefined ? {} : { lead }) };
    if (mayBeNamed) return { ...changed, verdict: 'unknown', why: 'rule_may_name_agent' };
    return { ...changed, verdict: 'agent' };
  }
  // The same chance draws the same one of the same.
  if (equalsNow.length === 1 || sameAgents(equalsBefore, equalsNow)) return same;
  if (mayBeNamed) return { ...same, ...among, verdict: 'unknown', why: 'rule_may_name_agent' };
  return { ...same, ...among, verdict: 'unknown', why: 'drawn_among_equals', because };
};

const agentAgain = (decision: Decision, policies: Policies): Partial<Judgement> => {
  if (decision.targetAgent === null) return { verdict: 'same' };
  const ranking = rankAgain(decision, policies);
  if (ranking === undefined) return { verdict: 'unknown', why: 'target_not_stored' };
  return rankedAnew(decision, ranking, policies);
};

const withGround = (decision: Decision, ground: GroundAgain, policies: Policies): Partial<Judgement> => {
  switch (ground.kind) {
    case 'unknown':
      return { verdict: 'unknown', why: ground.why };
    case 'moved':
      return moved(decision, ground.role, policies);
    case 'pin':
      return {
        verdict: 'pin',
        to: ground.refused ? null : ground.agentId,
        because: thresholdCauses(['refusePinFrom', 'refusePinBelow'], policies),
      };
    case 'kept': {
      const again = agentAgain(decision, policies);
      if (ground.unsure === undefined || ground.unsure.was === ground.unsure.now) return again;
      const isOtherwiseSame = again.verdict === 'same' || again.verdict === 'margin';
      if (!isOtherwiseSame) return { ...again, unsure: ground.unsure };
      const because = thresholdCauses(['claimFrom', 'unsureBelow', 'unsureMargin'], policies);
      return { ...again, verdict: 'unsure', unsure: ground.unsure, because };
    }
    default:
      return ground satisfies never;
  }
};

/** Says what a policy would make of a decision, from what is stored with it. @param known policies that it may be made by */
export const judgeDecision = (decision: Decision, now: RoutingPolicy, known: readonly RoutingPolicy[]): Judgement => {
  const { targetAgent, candidates, policyVersion } = decision;
  const was = known.find((policy) => policy.version === policyVersion && isMadeBy(decision, policy));
  const policies: Policies = { now, was };
  const again: Partial<Judgement> =
    unknownSignals(decision).length > 0
      ? { verdict: 'unknown', why: 'signal_unknown' }
      : withGround(decision, groundAgain(decision, policies), policies);
  const areAllOpen = candidates.length >= MAX_CANDIDATES && candidates.every(({ rejected }) => rejected === undefined);
  return {
    ...{ verdict: 'same', from: targetAgent, to: targetAgent, because: [] },
    ...again,
    partial: areAllOpen || mayBeClaimed(decision, policies),
  };
};
