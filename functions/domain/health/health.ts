import type { Health } from '../contract/agent.ts';

/** What is known of an agent's health. */
export interface HealthState {
  readonly health: Health;
  /** Results in a row that contradict `health`. */
  readonly contrary: number;
}

/** Results in a row that it takes to change a known health: one slow answer does not take an agent out. */
const RESULTS_TO_CHANGE = 2;

/** The health after one more check; from `unknown`, a first result counts at once unless it is bad. */
export const observeHealth = (state: HealthState, seen: Exclude<Health, 'unknown'>): HealthState => {
  if (state.health === seen) return { health: seen, contrary: 0 };
  const countsAtOnce = state.health === 'unknown' && seen !== 'unhealthy';
  if (countsAtOnce || state.contrary + 1 >= RESULTS_TO_CHANGE) return { health: seen, contrary: 0 };
  return { health: state.health, contrary: state.contrary + 1 };
};
