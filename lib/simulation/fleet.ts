import * as z from 'zod';
import { type RoutingCard, StoredRoutingCard } from '../../functions/domain/contract/agent.ts';
import { ROLES } from '../../functions/domain/contract/roles.ts';
import { normalFrom } from './normal-chance.ts';

/** An agent as it is, whatever routers know of it. */
export interface SimulatedAgent {
  readonly id: string;
  readonly tenant: string;
  readonly card: RoutingCard;
  /** Calls that it works at at the same time; further ones wait. */
  readonly capacity: number;
  /** Median duration of its calls, ms. */
  readonly typicalMs: number;
  /** Its place among the agents of its role and tenant, in [0, 1): whom trouble hits. */
  readonly place: number;
}

export const TENANTS = 20;

/** Calls at the same time, as agents are run. */
const CAPACITIES = [1, 1, 1, 2];
const TYPICAL_MS = 8_000;
/** Of the logarithm: one agent in six is at least 1.65 times as slow as the median, one as fast. */
const SPEED_SPREAD = 0.5;

/** Built-in roles, then some of a team's own. */
export const roleNames = (count: number): readonly string[] => {
  const builtIn = Object.keys(ROLES).filter((role) => role !== 'supervisor');
  return Array.from({ length: count }, (_, index) => builtIn[index] ?? `own_role_${index}`);
};

const cardOf = (id: string, role: string, capacity: number): RoutingCard =>
  z.decode(StoredRoutingCard, {
    agent_id: id,
    agent_type: role,
    capabilities: [],
    specializations: [],
    endpoint_url: `https://${id}.example/`,
    max_concurrent_requests: capacity,
    timeout_seconds: 60,
  } as z.input<typeof StoredRoutingCard>);

/** The agents of all tenants, those of a tenant and role together in the order in which they were registered. */
export const makeFleet = (count: number, roles: readonly string[], chance: () => number): readonly SimulatedAgent[] => {
  const normal = normalFrom(chance);
  const perRole = Math.max(1, Math.round(count / TENANTS / roles.length));
  const agent = (tenant: number, role: string, roleIndex: number, index: number): SimulatedAgent => {
    const id = `t${tenant}-${role}-${index}`;
    const capacity = CAPACITIES[Math.floor(chance() * CAPACITIES.length)] ?? 1;
    return {
      id,
      tenant: `t${tenant}`,
      card: cardOf(id, role, capacity),
      capacity,
      typicalMs: TYPICAL_MS * Math.exp(SPEED_SPREAD * normal()),
      // In each group others: the first of it is hit no more often than the last.
      place: ((index + tenant * roles.length + roleIndex) % perRole) / perRole,
    };
  };
  return Array.from({ length: TENANTS }, (_, tenant) =>
    roles.map((role, roleIndex) =>
      Array.from({ length: perRole }, (_zero, index) => agent(tenant, role, roleIndex, index)),
    ),
  ).flat(2);
};
