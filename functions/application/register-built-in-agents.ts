import { isDeepStrictEqual } from 'node:util';
import type { AgentDefinition } from '../domain/contract/agent.ts';
import { storeSignal } from './deadlines.ts';
import type { MonitorAgentsDependencies } from './monitor-agents.ts';
import { makeRegisterAgent } from './register-agent.ts';

/**
 * Brings the registry's global agents to the deployment's definitions: new ones are registered, changed ones updated,
 * equal ones left alone. A failed health check is recorded, never an error: it must not roll a deployment back.
 *
 * @returns ids of the agents that were written
 */
export const makeRegisterBuiltInAgents = (deps: Omit<MonitorAgentsDependencies, 'measure'>) => {
  const register = makeRegisterAgent(deps);
  return async (definitions: readonly AgentDefinition[]): Promise<readonly string[]> => {
    const written = await Promise.all(
      definitions.map(async (definition) => {
        const present = await deps.agents.get('global', definition.agentId, storeSignal());
        if (present !== undefined && isDeepStrictEqual(present.definition, definition)) return [];
        const agent = await register('global', definition, present?.version ?? 0);
        deps.log.info('agent registered', {
          agent_id: definition.agentId,
          version: agent.version,
          health: agent.health,
        });
        return [definition.agentId];
      }),
    );
    return written.flat();
  };
};
