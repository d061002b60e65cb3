import { chanceFrom } from '../training/seeded-chance.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { makeFleet, roleNames, type SimulatedAgent } from './fleet.ts';
import { type Phases, phasesOf, type Scenario } from './scenarios.ts';
import { makeTraffic, type SimulatedTurn } from './traffic.ts';

/** All that is the same whichever policy routes. */
export interface World {
  readonly scenario: Scenario;
  readonly phases: Phases;
  readonly conditions: Conditions;
  readonly roles: readonly string[];
  readonly fleet: readonly SimulatedAgent[];
  readonly traffic: readonly SimulatedTurn[];
}

export interface Extent {
  readonly hours: number;
  readonly agents: number;
  readonly seed: number;
}

/** The same for the same scenario and extent. Scenarios with as many roles have the same agents. */
export const makeWorld = (scenario: Scenario, { hours, agents, seed }: Extent): World => {
  const phases = phasesOf(hours);
  const roles = roleNames(scenario.roles);
  return {
    scenario,
    phases,
    conditions: conditionsOf(scenario, phases),
    roles,
    fleet: makeFleet(agents, roles, chanceFrom(2 * seed)),
    traffic: makeTraffic(scenario, phases, { agents, roles }, chanceFrom(2 * seed + 1)),
  };
};
