import type { Candidate, Decision } from '../../functions/domain/contract/decision.ts';
import { SIGNAL_NAMES } from '../../functions/domain/routing/scoring/policy.ts';
import { equalsOf } from '../../functions/domain/routing/scoring/rank.ts';
import { rounded, type Signals, scoreOf } from '../../functions/domain/routing/scoring/signals.ts';
import type { Policies } from './ground-again.ts';

/** A candidate as the policy sees it. */
export interface Ranked {
  readonly agentId: string;
  /** As stored: by the policy of its day. */
  readonly before: { readonly score: number; readonly signals: Signals };
  readonly now: { readonly score: number; readonly signals: Signals };
}

/** Candidates that no gate took out, scored anew. */
export interface Ranking {
  /** The agent that was chosen. */
  readonly chosen: Ranked;
  /** Whether a rule must have named it: by its score it would not have been chosen, or not alone. */
  readonly isNamed: boolean;
  /** Those that it was drawn among; it alone if it was the best, or named. */
  readonly equalsBefore: readonly Ranked[];
  /** Those about as good as the best by the policy, the best first. */
  readonly equalsNow: readonly Ranked[];
  /** How far the chosen agent's score is ahead of the best other's; undefined if there was no other. */
  readonly lead: { readonly was: number; readonly now: number } | undefined;
}

const isPresent = (value: number | undefined): boolean => value !== undefined && value > 0;

/** The one signal that is measured by a threshold of the policy: whether a tenant's own agent is for the message. */
const ownBy = (signals: Signals, { now, was }: Policies): number => {
  const { own = 0, specialization, similarity = 0 } = signals;
  if (own === 0.5 || now.claimFrom === was?.claimFrom) return own;
  return isPresent(specialization) || similarity >= now.claimFrom ? 1 : 0;
};

/** A candidate, scored anew from its signals as stored. */
export const ranked = ({ agentId, score, signals }: Candidate, policies: Policies): Ranked => {
  const before: Signals = signals;
  const now: Signals = { ...before, own: ownBy(before, policies) };
  return { agentId, before: { score, signals: before }, now: { score: scoreOf(now, policies.now), signals: now } };
};

/** The better one first. */
export const byScoreNow = (left: Ranked, right: Ranked): number =>
  right.now.score - left.now.score || (left.agentId < right.agentId ? -1 : 1);

const EQUALS = /^one of (\d+) equal agents$/;

const countOfEquals = (reasons: readonly string[]): number =>
  Math.max(1, ...reasons.map((reason) => Number(EQUALS.exec(reason)?.[1] ?? 1)));

const leadOf = (chosen: Ranked, others: readonly Ranked[], when: 'before' | 'now'): number =>
  rounded(chosen[when].score - Math.max(...others.map((other) => other[when].score)));

/** @returns undefined if the decision chose nobody, or the chosen agent is not among its candidates */
export const rankAgain = (
  { targetAgent, tier, reasons, candidates }: Decision,
  policies: Policies,
): Ranking | undefined => {
  const open = candidates.filter(({ rejected }) => rejected === undefined).map((one) => ranked(one, policies));
  const chosen = open.find(({ agentId }) => agentId === targetAgent);
  if (chosen === undefined) return undefined;
  const drawn = countOfEquals(reasons);
  const before = open.map((one) => ({ one, score: one.before.score }));
  const couldBeDrawn = equalsOf(before, policies.was?.equalWithin ?? 0);
  const isNamed = tier === 'rule' && drawn === 1 && couldBeDrawn.some(({ one }) => one !== chosen);
  const byScoreBefore = open.toSorted((left, right) => right.before.score - left.before.score);
  const asNow = open.map((one) => ({ one, score: one.now.score }));
  const others = open.filter((other) => other !== chosen);
  return {
    ...{ chosen, isNamed },
    equalsBefore: drawn === 1 ? [chosen] : byScoreBefore.slice(0, drawn),
    equalsNow: equalsOf(asNow, policies.now.equalWithin)
      .map(({ one }) => one)
      .sort(byScoreNow),
    lead:
      others.length === 0 ? undefined : { was: leadOf(chosen, others, 'before'), now: leadOf(chosen, others, 'now') },
  };
};

/** Whether the stored scores are the policy's: a version alone may have been given to several. */
export const isMadeBy = ({ candidates }: Decision, policy: Policies['now']): boolean =>
  candidates.every(({ score, signals }) => scoreOf(signals, policy) === score);

/** Signals of a decision that no weight is for: those of another version. */
export const unknownSignals = ({ candidates }: Decision): readonly string[] => {
  const known: ReadonlySet<string> = new Set(SIGNAL_NAMES);
  return [...new Set(candidates.flatMap(({ signals }) => Object.keys(signals)))].filter((name) => !known.has(name));
};
