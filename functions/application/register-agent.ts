import type { AgentDefinition } from '../domain/contract/agent.ts';
import { Failure } from '../domain/contract/failures.ts';
import { storeSignal } from './deadlines.ts';
import { type MonitorAgentsDependencies, makeProbeAgent } from './monitor-agents.ts';
import type { AgentHealth, RegisteredAgent } from './ports.ts';

const UNCHECKED: AgentHealth = {
  health: 'unknown',
  contrary: 0,
  responseTimeMs: null,
  lastCheckMs: null,
  lastHealthyMs: null,
};

/**
 * Registers an agent or replaces its definition, and checks its health once.
 *
 * @param expectedVersion version that is replaced; 0 for a new agent
 * @returns the agent as registered
 * @throws Failure AGENT_EXISTS or VERSION_STALE when another definition is there than the caller expects
 */
export const makeRegisterAgent = (deps: Omit<MonitorAgentsDependencies, 'measure'>) => {
  const probe = makeProbeAgent(deps);
  return async (
    owner: RegisteredAgent['owner'],
    definition: AgentDefinition,
    expectedVersion: number,
  ): Promise<RegisteredAgent> => {
    const version = await deps.agents.put(owner, definition, expectedVersion, storeSignal());
    if (version === undefined)
      throw expectedVersion === 0
        ? new Failure('AGENT_EXISTS', `There is an agent ${definition.agentId} already.`)
        : new Failure('VERSION_STALE', `Agent ${definition.agentId} has changed since you read it.`);
    const known = await deps.agents.get(owner, definition.agentId, storeSignal());
    const health = await probe({ ...(known ?? UNCHECKED), owner, definition, version });
    await deps.agents.recordHealth(owner, definition.agentId, health, storeSignal());
    return { owner, definition, version, ...health };
  };
};
