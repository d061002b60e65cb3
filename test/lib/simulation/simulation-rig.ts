import type { RoutableAgent } from '../../../functions/domain/routing/routing-input.ts';
import { makeFleet, type SimulatedAgent } from '../../../lib/simulation/fleet.ts';
import { POLICIES, type Sight } from '../../../lib/simulation/policies.ts';
import type { SimulatedTurn } from '../../../lib/simulation/traffic.ts';
import { seededChance } from '../../twins/samples.ts';

const [sample] = makeFleet(100, ['debugger'], seededChance(1));

/** A debugger of the tenant t0 that takes ten seconds for a call, but for `changes`. */
export const agentWith = (id: string, changes: Partial<SimulatedAgent> = {}): SimulatedAgent => {
  if (sample === undefined) throw new Error('the fleet is empty');
  const capacity = changes.capacity ?? 1;
  const card = { ...sample.card, agentId: id as never, maxConcurrentRequests: capacity };
  return { id, tenant: 't0', card, capacity, typicalMs: 10_000, place: 0.5, ...changes };
};

/** As routers see it. */
export const seenAs = (
  id: string,
  changes: Partial<RoutableAgent> & { readonly capacity?: number } = {},
): RoutableAgent => {
  const { capacity = 1, ...seen } = changes;
  const { tenant, card } = agentWith(id, { capacity });
  return { owner: tenant, definition: card, health: 'healthy', p50Ms: 1_000, errorRate: 0, ...seen };
};

export const turnAt = (atMs: number, changes: Partial<SimulatedTurn> = {}): SimulatedTurn => ({
  atMs,
  conversation: atMs,
  tenant: 't0',
  role: 'debugger',
  message: 'x'.repeat(240),
  effort: 1,
  misfortune: 0.9,
  instance: 0,
  chances: [0, 0],
  ...changes,
});

const sightOf = (agents: readonly RoutableAgent[], changes: Partial<Sight>): Sight => ({
  instance: 0,
  message: 'x'.repeat(240),
  role: 'debugger',
  agents,
  peers: agents,
  roles: new Set(['debugger']),
  previousAgents: [],
  refused: new Set(),
  inFlight: () => 0,
  chances: [0, 0],
  ...changes,
});

/** Who is chosen by a policy, one time after another. */
export const choosing = (name: string) => {
  const choose = POLICIES.find((policy) => policy.name === name)?.make();
  if (choose === undefined) throw new Error(`there is no policy ${name}`);
  return (agents: readonly RoutableAgent[], changes: Partial<Sight> = {}): string | undefined =>
    choose(sightOf(agents, changes))?.definition.agentId;
};
