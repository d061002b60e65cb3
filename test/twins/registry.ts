import type { Registry, RoutableAgent } from '../../functions/application/agent-ports.ts';
import type { TenantRules } from '../../functions/application/ports.ts';
import type { CompiledRules } from '../../functions/domain/routing/rules/compile-rules.ts';
import { roundTrip } from './memory-state.ts';

/** In-memory twin of the registry: a tenant's own agents take the place of global ones with the same id. */
export const makeMemoryRegistry = (
  agents: Iterable<RoutableAgent>,
  rules: CompiledRules = [],
): Registry & TenantRules => ({
  agents: async (tenant, signal) => {
    await roundTrip(signal);
    const all = [...agents];
    const own = all.filter(({ owner }) => owner === tenant);
    const ownIds = new Set(own.map(({ definition }) => definition.agentId));
    const global = all.filter(({ owner, definition }) => owner === 'global' && !ownIds.has(definition.agentId));
    return structuredClone([...own, ...global]);
  },
  rules: async (_tenant, signal) => {
    await roundTrip(signal);
    return rules;
  },
});
