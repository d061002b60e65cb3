import type { Health } from '../contract/agent.ts';

/** What is known of an agent's health, and what it is made from. */
export interface HealthState {
  readonly health: Health;
  /** Results in a row that contradict `health`: the second changes it. */
  readonly contrary: number;
  /** Checks that were counted, and those of them that found the agent healthy or degraded. */
  readonly checks: number;
  readonly passed: number;
}

/** What is known of an agent that was never checked nor called. */
export const UNCHECKED = {
  health: 'unknown',
  contrary: 0,
  reason: null,
  responseTimeMs: null,
  lastCheckMs: null,
  lastHealthyMs: null,
  checks: 0,
  passed: 0,
  minutes: [],
} as const;

/** Checks in a row that it takes to fall or to rise: one that fails may be chance. */
const RESULTS_TO_CHANGE = 2;

/** Two days of checks, one a minute. */
const MAX_CHECKS = 2 * 24 * 60;

const passes = (health: Health): boolean => health === 'healthy' || health === 'degraded';

/** One more check counted. Halved when full, against the agent: the ratio is then of the last one to two days. */
const counted = ({ checks, passed }: HealthState, hasPassed: boolean): Pick<HealthState, 'checks' | 'passed'> => {
  const sum = { checks: checks + 1, passed: passed + (hasPassed ? 1 : 0) };
  return sum.checks < MAX_CHECKS ? sum : { checks: Math.floor(sum.checks / 2), passed: Math.floor(sum.passed / 2) };
};

const nextHealth = (
  { health, contrary }: HealthState,
  seen: Exclude<Health, 'unknown'>,
): Pick<HealthState, 'health' | 'contrary'> => {
  const agrees = passes(seen) ? health !== 'unhealthy' : health === 'unhealthy';
  if (agrees || contrary + 1 >= RESULTS_TO_CHANGE) return { health: seen, contrary: 0 };
  return { health, contrary: contrary + 1 };
};

/**
 * What is known after one more check. Only `unhealthy` takes an agent out of routing, so that is the gate where two
 * results in a row are needed; whether an agent that works is `degraded` is its own word, and taken at once.
 *
 * | known             | sees healthy or degraded         | sees unhealthy                  |
 * |-------------------|----------------------------------|---------------------------------|
 * | healthy, degraded | what it saw                      | as it is; unhealthy at the 2nd  |
 * | unhealthy         | as it is; what it saw at the 2nd | unhealthy                       |
 * | unknown           | what it saw                      | unknown; unhealthy at the 2nd   |
 */
export const observeHealth = (state: HealthState, seen: Exclude<Health, 'unknown'>): HealthState => ({
  ...nextHealth(state, seen),
  ...counted(state, passes(seen)),
});

/** Share of checks that found the agent healthy or degraded, in [0, 1]; null before the first. */
export const uptimeOf = ({ checks, passed }: Pick<HealthState, 'checks' | 'passed'>): number | null =>
  checks === 0 ? null : passed / checks;
