import type { RoutableAgent } from '../../functions/domain/routing/routing-input.ts';
import { DEADLINE_MS } from './agent-pool.ts';
import type { Choose, Sight } from './policies.ts';
import type { Listing } from './registry.ts';
import type { Pass, RouterInstance } from './router-instance.ts';
import type { SimulatedTurn } from './traffic.ts';

export interface Seen {
  readonly number: number;
  readonly instance: RouterInstance;
  readonly listing: Listing;
  readonly roles: ReadonlySet<string>;
  /** Agents that answered in the conversation, newest first. */
  readonly previousAgents: readonly string[];
}

/**
 * Whom a policy sends a turn to. It chooses again where the agent's circuit lets one call through, and another instance
 * makes it.
 */
export const chooseForTurn = (
  { tenant, role, message, chances, conversation, atMs }: SimulatedTurn,
  { number, instance, listing, roles, previousAgents }: Seen,
  choose: Choose,
): Pass | undefined => {
  const refused = instance.refused(tenant);
  const sight: Sight = {
    ...{ instance: number, message, role, roles, chances, previousAgents, refused },
    agents: listing.of(tenant),
    peers: listing.ofRole(tenant, role),
    inFlight: instance.inFlight,
  };
  for (;;) {
    const agent: RoutableAgent | undefined = choose(sight);
    if (agent === undefined) return undefined;
    const pass = instance.admit(agent, `${conversation}:${atMs}`, atMs + DEADLINE_MS);
    if (pass !== undefined) return pass;
    // A policy that does not look at circuits is not stopped by them.
    if (refused.has(agent.definition.agentId)) return { agent, probed: undefined, callId: '' };
    refused.add(agent.definition.agentId);
  }
};
