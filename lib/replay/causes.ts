import { type RoutingPolicy, SIGNAL_NAMES } from '../../functions/domain/routing/scoring/policy.ts';
import { rounded } from '../../functions/domain/routing/scoring/signals.ts';
import type { Policies } from './ground-again.ts';
import type { Ranked } from './rank-again.ts';

/** One field of the policy that speaks for a change. */
export interface Cause {
  /** As in the policy's JSON form: `weights.speed`. */
  readonly field: string;
  /** Its value before; undefined if the policy of the decision is not known. */
  readonly was?: number | undefined;
  readonly now: number;
  /**
   * By how much it moves the scores towards the agent that is chosen now; if the policy of the decision is not known, by
   * how much it speaks for that agent.
   */
  readonly moves?: number;
}

const THRESHOLDS = {
  claimFrom: 'claim_from',
  unsureBelow: 'unsure_below',
  unsureMargin: 'unsure_margin',
  refusePinFrom: 'refuse_pin_from',
  refusePinBelow: 'refuse_pin_below',
  equalWithin: 'equal_within',
} as const satisfies Partial<Record<keyof RoutingPolicy, string>>;

/** Of the thresholds those that the policy changes. */
export const thresholdCauses = (
  names: readonly (keyof typeof THRESHOLDS)[],
  { now, was }: Policies,
): readonly Cause[] =>
  names
    .filter((name) => now[name] !== was?.[name])
    .map((name) => ({ field: THRESHOLDS[name], was: was?.[name], now: now[name] }));

/** What moves a message from one agent to another, the strongest first. */
export const rankingCauses = (from: Ranked, to: Ranked, policies: Policies): readonly Cause[] => {
  const { now, was } = policies;
  const weights = SIGNAL_NAMES.map((name): Cause & { readonly moves: number } => {
    const ahead = (when: 'before' | 'now') =>
      rounded(to[when].signals[name] ?? 0) - rounded(from[when].signals[name] ?? 0);
    const before = was === undefined ? 0 : was.weights[name] * ahead('before');
    const moves = rounded(now.weights[name] * ahead('now') - before);
    return { field: `weights.${name}`, was: was?.weights[name], now: now.weights[name], moves };
  });
  const moving = weights
    .filter(({ moves }) => moves !== 0)
    .sort((left, right) => Math.abs(right.moves) - Math.abs(left.moves));
  const isOwnMeasuredAnew = [from, to].some((one) => (one.before.signals.own ?? 0) !== one.now.signals.own);
  return [
    ...moving,
    ...thresholdCauses([...(isOwnMeasuredAnew ? (['claimFrom'] as const) : []), 'equalWithin'], policies).filter(
      ({ was: before }) => before !== undefined,
    ),
  ];
};
