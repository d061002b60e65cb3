import { describe, expect, it } from 'vitest';
import type { RegisteredAgent, Registry } from '../../functions/application/agent-ports.ts';
import { agentDefinition, freshTenant, patience, registeredAgent } from '../twins/samples.ts';

/** What every registry shows a tenant. @param make a registry of (at least) these agents */
export const describeRegistry = (
  name: string,
  make: (agents: readonly RegisteredAgent[]) => Promise<Registry>,
): void => {
  describe(`${name}: the agents that a tenant may use`, () => {
    it('are its own and the global ones, its own in place of a global one with the same id', async () => {
      const [mine, other, suffix] = [freshTenant(), freshTenant(), freshTenant()];
      const [shared, shadowed, own] = [`shared-${suffix}`, `shadowed-${suffix}`, `own-${suffix}`];
      const registry = await make([
        registeredAgent(agentDefinition(shared, 'debugger')),
        registeredAgent(agentDefinition(shadowed, 'debugger', { specializations: ['global'] })),
        registeredAgent(agentDefinition(shadowed, 'debugger', { specializations: ['mine'] }), { owner: mine }),
        registeredAgent(agentDefinition(own, 'debugger'), { owner: mine }),
        registeredAgent(agentDefinition(`others-${suffix}`, 'debugger'), { owner: other }),
      ]);
      const agents = (await registry.agents(mine, patience())).filter(({ definition }) =>
        definition.agentId.endsWith(suffix),
      );
      expect(agents.map(({ definition }) => definition.agentId).sort()).toEqual([own, shadowed, shared].sort());
      const names = agents.filter(({ definition }) => definition.agentId === shadowed);
      expect(names).toMatchObject([{ owner: mine, definition: { specializations: ['mine'] } }]);
    });

    it('of a tenant that has none are the global ones', async () => {
      const id = `global-${freshTenant()}`;
      const registry = await make([registeredAgent(agentDefinition(id, 'debugger'))]);
      const agents = await registry.agents(freshTenant(), patience());
      expect(agents.every(({ owner }) => owner === 'global')).toBe(true);
      expect(agents.map(({ definition }) => definition.agentId)).toContain(id);
    });

    it('reject when the store cannot tell', async () => {
      const registry = await make([]);
      const agents = registry.agents(freshTenant(), AbortSignal.abort());
      await expect(agents).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });
};
