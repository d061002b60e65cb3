import type { SimulatedAgent } from './fleet.ts';
import type { Phases, Scenario, Trouble } from './scenarios.ts';

/** Whom something ails at some time of a run, and who is new. */
export interface Conditions {
  /** What ails an agent now. */
  of(agent: SimulatedAgent, nowMs: number): Trouble | undefined;
  /** Whether anything ails it at any time. */
  isTroubled(agent: SimulatedAgent): boolean;
  /** When it is registered; 0: it was before. */
  bornAtMs(agent: SimulatedAgent): number;
}

export const conditionsOf = (
  { troubles, newcomers }: Pick<Scenario, 'troubles' | 'newcomers'>,
  { troubleFromMs, troubleUntilMs }: Phases,
): Conditions => {
  const troubleOf = ({ place }: SimulatedAgent): Trouble | undefined =>
    troubles.find(({ agents: [from, until] }) => place >= from && place < until);
  return {
    of: (agent, nowMs) => (nowMs >= troubleFromMs && nowMs < troubleUntilMs ? troubleOf(agent) : undefined),
    isTroubled: (agent) => troubleOf(agent) !== undefined,
    bornAtMs: ({ place }) => (place < newcomers ? troubleFromMs : 0),
  };
};
