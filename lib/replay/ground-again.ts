import type { Candidate, Decision } from '../../functions/domain/contract/decision.ts';
import { MAX_CANDIDATES } from '../../functions/domain/routing/decide.ts';
import { GUESS_BELOW } from '../../functions/domain/routing/intent/intent-model.ts';
import type { IntentReading } from '../../functions/domain/routing/intent/intent-reading.ts';
import { clearlyAnotherRole } from '../../functions/domain/routing/pinned-role.ts';
import { ANSWERING_ROLES } from '../../functions/domain/routing/scoring/gates.ts';
import { type Claim, modelGround } from '../../functions/domain/routing/scoring/ground.ts';
import type { RoutingPolicy } from '../../functions/domain/routing/scoring/policy.ts';

/** The policy that a decision is held against, and the one that it was made by, if that is known. */
export interface Policies {
  readonly now: RoutingPolicy;
  readonly was: RoutingPolicy | undefined;
}

/** Whom a message would be for, by what is stored with its decision. */
export type GroundAgain =
  /** As before, or nothing of it depends on the policy. `unsure`: whether a supervisor should be asked, if it can be said. */
  | { readonly kind: 'kept'; readonly unsure?: { readonly was: boolean; readonly now: boolean } }
  /** For another role. */
  | { readonly kind: 'moved'; readonly role: string }
  /** A pin would be refused, or no longer. */
  | { readonly kind: 'pin'; readonly refused: boolean; readonly agentId: string | null }
  /** Too little is stored. */
  | { readonly kind: 'unknown'; readonly why: 'no_probabilities' | 'claims_not_stored' };

const KEPT = { kind: 'kept' } as const;

const readingOf = ({ intent, tier, role, modelVersion = '' }: Decision): IntentReading | undefined => {
  if (intent.probabilities === undefined) return undefined;
  const probabilities = new Map(Object.entries(intent.probabilities));
  const confidence = probabilities.get(intent.role) ?? 0;
  const saysSo = tier === 'fallback' || (tier === 'model' && role === intent.role);
  const sure = saysSo ? tier === 'model' : confidence >= GUESS_BELOW;
  const { taskType, complexity, domains } = intent;
  return {
    model: modelVersion,
    role: intent.role,
    confidence,
    sure,
    probabilities,
    taskType,
    complexity,
    domains,
    reasons: [],
  };
};

/** What agents of roles that the model does not know could claim the message with; a supervisor claims none. */
const claimsIn = ({ tier, role, confidence, candidates }: Decision, reading: IntentReading): readonly Claim[] => {
  const isClaimed = tier === 'model' && !reading.probabilities.has(role);
  // The greatest one: its agent need not be among the candidates.
  if (isClaimed) return [{ agentId: '', role, similarity: confidence }];
  return candidates.flatMap(({ agentId, role: its, signals: { similarity = 0 } }) =>
    its === undefined || its === 'supervisor' || reading.probabilities.has(its)
      ? []
      : [{ agentId, role: its, similarity }],
  );
};

const greatest = (claims: readonly Claim[], { claimFrom }: RoutingPolicy): Claim | undefined =>
  claims
    .filter(({ similarity }) => similarity >= claimFrom)
    .sort((left, right) => right.similarity - left.similarity || (left.agentId < right.agentId ? -1 : 1))[0];

/** Whether agents that are not stored may claim the message by the policy, which did not before. */
export const mayBeClaimed = ({ tier, role, intent, candidates }: Decision, { now, was }: Policies): boolean => {
  if (tier !== 'model' && tier !== 'fallback') return false;
  if (was !== undefined && now.claimFrom >= was.claimFrom) return false;
  const isClaimed = role !== intent.role;
  const isWhole = candidates.length > 0 && candidates.length < MAX_CANDIDATES;
  return !isClaimed && (!isWhole || candidates.some((candidate) => candidate.role === undefined));
};

const modelAgain = (decision: Decision, reading: IntentReading, { now, was }: Policies): GroundAgain => {
  const claims = claimsIn(decision, reading);
  const by = (policy: RoutingPolicy) =>
    modelGround({ reading, policy, answering: ANSWERING_ROLES }, greatest(claims, policy));
  const after = by(now);
  if (was === undefined) return after.role === decision.role ? KEPT : { kind: 'moved', role: after.role };
  const before = by(was);
  // Both from what is stored: a number that was rounded across a threshold moves nothing by itself.
  if (after.role !== before.role) return { kind: 'moved', role: after.role };
  return { kind: 'kept', unsure: { was: before.unsure, now: after.unsure } };
};

/** A supervisor's word does not depend on the policy; whether it is asked does. */
const supervisorAgain = (decision: Decision, reading: IntentReading, policies: Policies): GroundAgain => {
  if (policies.was === undefined) return KEPT;
  const again = modelAgain(decision, reading, policies);
  // Asked where the model was sure: it is asked always.
  return again.kind === 'kept' && again.unsure?.was === true ? again : KEPT;
};

const refusedPin = ({ candidates }: Decision): Candidate | undefined =>
  candidates.find(({ rejected }) => rejected === 'wrong_role');

const pinAgain = (decision: Decision, reading: IntentReading, { now, was }: Policies): GroundAgain => {
  const [first = ''] = decision.reasons;
  if (first.startsWith('an agent handed')) return KEPT;
  const wasRefused = first !== 'the caller named the agent';
  const pinned = wasRefused
    ? refusedPin(decision)
    : decision.candidates.find(({ rejected }) => rejected !== 'not_pinned');
  const role = wasRefused ? pinned?.role : decision.role;
  if (role === undefined) return KEPT;
  const refuses = (policy: RoutingPolicy) => clearlyAnotherRole(reading, role, policy) !== undefined;
  const refused = refuses(now);
  const before = was === undefined ? wasRefused : refuses(was);
  return refused === before ? KEPT : { kind: 'pin', refused, agentId: pinned?.agentId ?? null };
};

const samePinThresholds = ({ now, was }: Policies): boolean =>
  now.refusePinFrom === was?.refusePinFrom && now.refusePinBelow === was.refusePinBelow;

const sameModelThresholds = ({ now, was }: Policies): boolean =>
  now.claimFrom === was?.claimFrom && now.unsureBelow === was.unsureBelow && now.unsureMargin === was.unsureMargin;

/** Judges anew what of a decision's ground depends on the policy; rules and handoffs do not. */
export const groundAgain = (decision: Decision, policies: Policies): GroundAgain => {
  const { tier, role } = decision;
  if (tier === 'rule') return KEPT;
  const reading = readingOf(decision);
  const isSame = tier === 'pinned' ? samePinThresholds(policies) : sameModelThresholds(policies);
  if (reading === undefined)
    return isSame || tier === 'supervisor' ? KEPT : { kind: 'unknown', why: 'no_probabilities' };
  if (tier === 'pinned') return pinAgain(decision, reading, policies);
  if (tier === 'supervisor') return supervisorAgain(decision, reading, policies);
  if (role === 'none' && mayBeClaimed(decision, policies)) return { kind: 'unknown', why: 'claims_not_stored' };
  return modelAgain(decision, reading, policies);
};
