import type { RegisteredAgent, Registry } from '../../functions/application/ports.ts';
import { roundTrip } from './memory-state.ts';

/** In-memory twin of the registry: a tenant's own agents take the place of global ones with the same id. */
export const makeMemoryRegistry = (agents: readonly RegisteredAgent[]): Registry => ({
  agents: async (tenant, signal) => {
    await roundTrip(signal);
    const own = agents.filter(({ owner }) => owner === tenant);
    const ownIds = new Set(own.map(({ definition }) => definition.agentId));
    const global = agents.filter(({ owner, definition }) => owner === 'global' && !ownIds.has(definition.agentId));
    return structuredClone([...own, ...global]);
  },
});
