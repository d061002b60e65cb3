import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import type { SimulatedAgent } from './fleet.ts';
import type { World } from './world.ts';

/** Agents that are registered at some time, as routers see them. */
export interface Listing {
  of(tenant: string): readonly RoutableAgent[];
  /** Those of one role, in the order in which they were registered. */
  ofRole(tenant: string, role: string): readonly RoutableAgent[];
}

const NOBODY: readonly RoutableAgent[] = [];

/** @returns who is registered at a time; asked about times that never go back */
export const makeRegistry = (
  { fleet, conditions }: Pick<World, 'fleet' | 'conditions'>,
  viewOf: (agent: SimulatedAgent) => RoutableAgent,
): ((nowMs: number) => Listing) => {
  const views = new Map(fleet.map((agent) => [agent.id, viewOf(agent)]));
  const list = (agents: readonly SimulatedAgent[] = []) => agents.flatMap(({ id }) => views.get(id) ?? []);

  const listingAt = (nowMs: number): Listing => {
    const born = fleet.filter((agent) => conditions.bornAtMs(agent) <= nowMs);
    const group = (keyOf: (agent: SimulatedAgent) => string) =>
      new Map([...Map.groupBy(born, keyOf)].map(([key, agents]) => [key, list(agents)]));
    const byTenant = group(({ tenant }) => tenant);
    const byRole = group(({ tenant, card }) => `${tenant} ${card.agentType}`);
    return {
      of: (tenant) => byTenant.get(tenant) ?? NOBODY,
      ofRole: (tenant, role) => byRole.get(`${tenant} ${role}`) ?? NOBODY,
    };
  };

  const births = [...new Set(fleet.map(conditions.bornAtMs))].sort((left, right) => left - right);
  let listing = listingAt(0);
  return (nowMs) => {
    const isStale = births.some((bornAtMs) => bornAtMs > 0 && bornAtMs <= nowMs);
    while ((births[0] ?? Number.POSITIVE_INFINITY) <= nowMs) births.shift();
    if (isStale) listing = listingAt(nowMs);
    return listing;
  };
};
