import type { ProbeReply } from '../../domain/contract/agent-status.ts';
import type { AgentStore } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import type { Log, Principal } from '../ports.ts';
import { audit } from '../registry/audit.ts';
import { type AgentName, makeFindLive } from '../registry/find-agent.ts';
import { makeProbeAgent, type ProbeAgentDependencies } from './probe-agent.ts';

export interface ProbeRegisteredAgentDependencies extends ProbeAgentDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'recordState'>;
  readonly log: Log;
}

/**
 * Checks a registered agent now; it counts like one of the monitor's checks, unless the agent is changed meanwhile, and
 * routers hear of it by its next run.
 * @throws Failure AGENT_NOT_FOUND, FORBIDDEN, STORE_UNAVAILABLE
 */
export const makeProbeRegisteredAgent = (deps: ProbeRegisteredAgentDependencies) => {
  const find = makeFindLive(deps);
  const probe = makeProbeAgent(deps);
  return async (principal: Principal, name: AgentName): Promise<ProbeReply> => {
    const { owner, definition, version, state: known } = await find(principal, name);
    const { agentId } = definition;
    const { state, seen, reason } = await probe({ owner, definition }, known);
    await deps.agents.recordState(owner, agentId, version, state, storeSignal());
    audit(deps.log, principal, 'probe', { owner, agentId, version });
    return {
      agentId,
      seen,
      health: state.health,
      reason,
      responseTimeMs: state.responseTimeMs,
      lastCheck: new Date(state.lastCheckMs ?? deps.clock()).toISOString(),
    };
  };
};
